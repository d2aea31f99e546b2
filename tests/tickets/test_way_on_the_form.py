"""A ticket on the official form: which arrows it went, and how each step stands, for any procedure."""

from __future__ import annotations

import re
from datetime import timedelta

from helpdesk.sop.form.flow import edges_of, end_of
from helpdesk.sop.models import ProcedureRun, StepRun
from helpdesk.sop.pages import StepLook, form_view
from helpdesk.sop.schema import END
from helpdesk.tickets.views.flow import ways_gone
from tests.factories.flows import decision, procedure_of, slug
from tests.factories.tickets import make_ticket

# 1 opens 2 and 3 side by side, 4 decides: back to 1, or on to 5, which may return to 4.
PROCEDURE = procedure_of(
    [
        {"office": 0, "next": [slug(1), slug(2)]},
        {"office": 1, "next": slug(3)},
        {"office": 2, "next": slug(3)},
        {"office": 0, "decision": decision(("Ya", slug(4)), ("Tidak", slug(0)))},
        {"office": 1, "decision": decision(("Selesai", END), ("Lanjut", slug(3))), "returns_to": slug(3)},
    ],
    3,
)


def passed(*passes: tuple[int, str, str | None]) -> frozenset[tuple[str, str, str]]:
    """The arrows of a run with the passes (row from 0, state, branch)."""
    run = ProcedureRun(
        steps=[StepRun(step_id=slug(row), state=state, branch=branch) for row, state, branch in passes]
    )
    return ways_gone(PROCEDURE, run)


def test_steps_that_open_side_by_side_are_both_reached():
    assert passed((0, "done", None), (1, "current", None), (2, "current", None)) == {
        (slug(0), slug(1), ""),
        (slug(0), slug(2), ""),
    }


def test_only_the_branch_that_was_taken_is_a_way():
    assert passed((3, "done", "way_0")) == {(slug(3), slug(4), "way_0")}
    assert passed((4, "done", "way_0")) == {(slug(4), end_of(PROCEDURE.steps[4]), "way_0")}


def test_of_a_step_done_again_the_newest_pass_says_the_way():
    assert passed((3, "done", "way_1"), (3, "done", "way_0")) == {(slug(3), slug(4), "way_0")}
    assert passed((0, "done", None), (0, "current", None)) == frozenset()


def test_a_return_stays_on_the_form():
    gone = passed((4, "returned", None), (3, "done", "way_0"), (4, "current", None))
    assert (slug(4), slug(3), "") in gone


def test_every_way_gone_is_an_arrow_of_the_form():
    everything = [(row, state, branch) for row in range(5) for state, branch in STATES]
    arrows = {(edge.source, edge.target, edge.branch) for edge in edges_of(PROCEDURE)}
    for one in everything:
        assert passed(one) <= arrows


STATES = [("done", "way_0"), ("done", "way_1"), ("done", None), ("returned", None), ("current", None)]


def test_a_form_knows_how_its_steps_stand(now):
    late = StepLook("done", 2, "Ratna", now, now + timedelta(minutes=5))
    view = form_view(PROCEDURE, "id", {slug(0): late, slug(1): StepLook("current")})
    assert view.states == {"done", "current"}
    assert view.was_late
    assert view.look(slug(3)) is None


def test_an_overdue_step_is_late_in_the_drawing_and_in_words(client, sign_in, session, office, now):
    ticket = make_ticket(session, now=now - timedelta(days=30))
    sign_in(client, office.kabag)
    html = client.get(f"/tickets/{ticket.id}/flow").get_data(as_text=True)
    drawing = re.search(r'<svg class="sopf__sheet".*?</svg>', html, re.S)[0]
    assert drawing.count("sopf__symbol sopf--late") == 1
    assert "exclamation-triangle-fill" in drawing, "a sign beside the colour"
    table = re.search(r'<div class="sopf-table.*?</table>', html, re.S)[0]
    assert "Late" in table


def test_the_ticket_links_to_its_form(client, sign_in, session, office, now):
    ticket = make_ticket(session, now=now)
    sign_in(client, office.kabag)
    assert f'href="/tickets/{ticket.id}/flow"' in client.get(f"/tickets/{ticket.id}").get_data(as_text=True)


def test_a_secret_ticket_shows_its_way_to_nobody_else(client, sign_in, session, office, now):
    ticket = make_ticket(session, now=now)
    ticket.sensitivity = "rahasia"
    sign_in(client, office.pelaksana)
    assert client.get(f"/tickets/{ticket.id}/flow").status_code == 404
