"""Two people edit one step: the second sees both, side by side, chooses field by field, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.tickets.conflicts import CHOICE, MINE, THEIRS, settle
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.steps.kinds import FormData
from tests.factories.people import KABAG, Office, make_person
from tests.tickets.conftest import hidden_of

SignIn = Callable[[FlaskClient, Person], None]
INSTRUCTION = "request_disposition-instruction"


def conflict_of(page: str) -> str:
    """Return the part of the page that puts the two side by side."""
    start = page.index('id="conflict"')
    return page[start : page.index("</section>", page.index("conflict__sides", start))]


def form_of(client: FlaskClient, ticket: Ticket) -> dict[str, str]:
    """Return what the page's own form would send beside what is typed."""
    return hidden_of(client.get(f"/tickets/{ticket.id}").text)


def typed(ticket: Ticket, office: Office, words: str, **more: str) -> dict[str, object]:
    return {
        "work_programme-item_id": 1,
        "request_disposition-sensitivity": "segera",
        "request_disposition-assignee_id": office.kasubbag.id,
        "request_disposition-instructions": ["follow_up"],
        INSTRUCTION: words,
        **more,
    }


@pytest.fixture
def colleague(session: Session) -> Person:
    """Return a second head."""
    return make_person(session, KABAG, name="Siti Rahma")


def test_the_second_sees_both_and_chooses_field_by_field(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office, colleague: Person
) -> None:
    path = f"/tickets/{ticket.id}/step"
    sign_in(client, office.kabag)
    mine = form_of(client, ticket)
    sign_in(client, colleague)
    theirs = form_of(client, ticket)
    saved = typed(ticket, office, "Kata Siti.", **{"request_disposition-sensitivity": "biasa"})
    assert client.post(path, data={**theirs, **saved, "action": "save"}).status_code == 302

    sign_in(client, office.kabag)
    wrote = typed(ticket, office, "Kata Dewi.")
    refused = client.post(path, data={**mine, **wrote, "action": "complete"})
    assert refused.status_code == 409
    shown = conflict_of(refused.text)
    for words in ("Kata Dewi.", "Kata Siti.", "Siti Rahma", "Urgent", "Ordinary"):
        assert words in shown
    assert "Kata Dewi." in refused.text[refused.text.index('id="step-form"') :]
    assert re.search(rf'name="{CHOICE}{INSTRUCTION}" value="theirs"', refused.text)

    chosen = {f"{CHOICE}{INSTRUCTION}": THEIRS, f"{CHOICE}request_disposition-sensitivity": MINE}
    again = {**hidden_of(refused.text), **wrote, **chosen, "action": "complete"}
    assert client.post(path, data=again).status_code == 302
    session.expire_all()
    (output,) = ticket.run.outputs
    assert output.data["instruction"] == "Kata Siti."
    assert output.data["sensitivity"] == "segera"


def test_a_choice_that_was_overtaken_again_is_asked_again(
    client: FlaskClient, sign_in: SignIn, ticket: Ticket, office: Office, colleague: Person
) -> None:
    path = f"/tickets/{ticket.id}/step"
    sign_in(client, office.kabag)
    mine = form_of(client, ticket)
    for words in ("Pertama.", "Kedua."):
        sign_in(client, colleague)
        saved = {**form_of(client, ticket), **typed(ticket, office, words), "action": "save"}
        assert client.post(path, data=saved).status_code == 302
        sign_in(client, office.kabag)
        refused = client.post(path, data={**mine, **typed(ticket, office, "Milik saya."), "action": "save"})
        assert refused.status_code == 409
        assert words in conflict_of(refused.text)
        assert "Milik saya." in conflict_of(refused.text)
        mine = hidden_of(refused.text)
    assert (
        client.post(path, data={**mine, **typed(ticket, office, "Akhirnya."), "action": "save"}).status_code
        == 302
    )


def test_two_tabs_of_one_person_are_told_apart(
    client: FlaskClient, sign_in: SignIn, ticket: Ticket, office: Office
) -> None:
    path = f"/tickets/{ticket.id}/step"
    sign_in(client, office.kabag)
    tab = form_of(client, ticket)
    client.post(path, data={**tab, **typed(ticket, office, "Jendela pertama."), "action": "save"})
    refused = client.post(path, data={**tab, **typed(ticket, office, "Jendela kedua."), "action": "complete"})
    assert refused.status_code == 409
    shown = conflict_of(refused.text)
    assert "You, in another window" in shown
    assert "Jendela pertama." in shown
    assert "Jendela kedua." in shown


def test_beside_a_step_that_was_completed_meanwhile_stands_its_result(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office, colleague: Person
) -> None:
    path = f"/tickets/{ticket.id}/step"
    sign_in(client, office.kabag)
    mine = form_of(client, ticket)
    sign_in(client, colleague)
    done = {**form_of(client, ticket), **typed(ticket, office, "Kata Siti."), "action": "complete"}
    assert client.post(path, data=done).status_code == 302
    sign_in(client, office.kabag)
    refused = client.post(path, data={**mine, **typed(ticket, office, "Kata Dewi."), "action": "complete"})
    assert refused.status_code == 409
    start = refused.text.index('id="conflict"')
    shown = refused.text[start : refused.text.index('id="results"')]
    for words in ("Kata Dewi.", "Kata Siti.", "Siti Rahma", "Instruction in your own words"):
        assert words in shown
    session.expire_all()
    assert [one.data["instruction"] for one in ticket.run.outputs] == ["Kata Siti."]


def test_a_password_is_never_shown_again(
    client: FlaskClient,
    sign_in: SignIn,
    walk: Callable[[int], None],
    ticket: Ticket,
    office: Office,
) -> None:
    walk(7)
    sign_in(client, office.kabag)
    last = form_of(client, ticket)
    fields = {"signed_report-password": "rahasia sekali ini", "signed_report-has_read": "y"}
    refused = client.post(
        f"/tickets/{ticket.id}/step", data={**last, "version": "99", **fields, "action": "complete"}
    )
    assert refused.status_code == 409
    assert "rahasia sekali ini" not in refused.text


names = st.sampled_from(["a", "b-c", "d-0-e"])
values = st.lists(st.text("xyz", min_size=1, max_size=3), min_size=1, max_size=2)


@settings(deadline=None)
@given(st.dictionaries(names, values), st.dictionaries(names, values), st.sets(names))
def test_what_was_chosen_comes_from_the_draft_and_all_else_from_the_form(
    mine: dict[str, list[str]], draft: dict[str, list[str]], taken: set[str]
) -> None:
    sent = FormData(mine)
    for name in taken:
        sent[CHOICE + name] = THEIRS
    found = {name: list(each) for name, each in settle(sent, draft).lists()}
    wanted = {name: each for name, each in mine.items() if name not in taken}
    wanted |= {name: draft[name] for name in taken if name in draft}
    assert found == wanted
