"""Steps open at the same time, decisions, loops and escalations, on the ticket and in the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Appointment, Person
from helpdesk.database import transaction
from helpdesk.errors import Forbidden
from helpdesk.events import Event
from helpdesk.notifications.models import OutboxMessage
from helpdesk.sop import queries as sop_queries
from helpdesk.sop import rules
from helpdesk.sop.errors import BranchMissing, BranchUnknown
from helpdesk.sop.models import StepRun
from helpdesk.tickets import service
from helpdesk.tickets.deviations.rules import DeviationKind
from helpdesk.tickets.deviations.service import give_reason
from helpdesk.tickets.errors import NotYourStep
from helpdesk.tickets.holders import viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.presenters import where_it_stands
from tests.factories.disturbance import Disturbance, make_disturbance
from tests.factories.journey_data import yields_of
from tests.factories.moments import LONG_AGO, MORNING

# The moves of the journey: record, plan | inform-units, repair | assess ("no": back to plan) …
RECORD, PLAN, INFORM, REPAIR, ASSESS = range(5)
# Working time alone, and long enough for the budget of the repair.
MUCH_LATER = MORNING + timedelta(days=3)


def open_ids(made: Disturbance) -> list[str]:
    return [one.step_id for one in sop_queries.list_current(made.ticket.run)]


def test_the_database_says_what_the_engine_says_after_every_act(session: Session) -> None:
    made = make_disturbance(session)
    state = rules.begun(made.procedure)
    for number, move in enumerate(made.journey.moves):
        step = rules.get_step(made.procedure, move.step)
        if move.sends_back is not None:
            break
        handed_in = [one.output.code for one in made.yields(number)]
        made.act(number)
        state = rules.completed(made.procedure, state, step, move.branch, handed_in)
        session.expire_all()
        kept = sop_queries.run_state(made.ticket.run)
        assert kept.outputs == state.outputs
        assert kept.standing == state.standing
        assert [(one.step_id, one.attempt, one.state, one.branch) for one in kept.passes] == [
            (one.step_id, one.attempt, one.state, one.branch) for one in state.passes
        ]
    else:
        pytest.fail("the journey sends nothing back any more")
    assert number > ASSESS


def test_what_follows_lines_side_by_side_opens_when_the_last_is_done(session: Session) -> None:
    made = make_disturbance(session, moves=INFORM)
    assert open_ids(made) == ["repair", "inform-units"]
    assert [one.assignee for one in sop_queries.list_current(made.ticket.run)] == [
        made.people["teknisi"],
        made.people["piket"],
    ]
    assert made.act(INFORM) == ()
    assert (open_ids(made), made.ticket.run.arrived) == (["repair"], ["assess"])
    (opened,) = made.act(REPAIR)
    assert (opened.step_id, made.ticket.run.arrived) == ("assess", [])


def test_lines_that_end_in_the_same_moment_open_what_follows_once(engine: Engine, session: Session) -> None:
    made = make_disturbance(session, moves=INFORM)
    acts = {}
    for number in (INFORM, REPAIR):
        desk = made.desk(number)
        acts[number] = (desk.step_run.id, desk.step_run.version, desk.by.id, yields_of(desk))
    ticket_id = made.ticket.id
    session.commit()
    start = Barrier(len(acts))

    def complete(number: int) -> None:
        step_run_id, version, person_id, yields = acts[number]
        with Session(engine) as own, transaction(own):
            ticket = own.get_one(Ticket, ticket_id)
            # Both have read the ticket while the other's step was open.
            step_run = sop_queries.find_current(ticket.run, step_run_id=step_run_id)
            if engine.dialect.name == "postgresql":
                start.wait(timeout=30)
            service.complete_step(
                own,
                ticket,
                step_run=step_run,
                version=version,
                yields=yields,
                office=made.office,
                by=own.get_one(Person, person_id),
                now=MORNING,
            )

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(complete, acts))
    session.expire_all()
    assert open_ids(made) == ["assess"]
    assert made.ticket.run.arrived == []
    opened = session.scalars(select(StepRun).where(StepRun.step_id == "assess")).all()
    assert len(opened) == 1


def test_a_decision_is_completed_with_one_of_its_answers_only(session: Session) -> None:
    made = make_disturbance(session, moves=ASSESS)
    with pytest.raises(BranchMissing):
        made.act(ASSESS, branch=None)
    with pytest.raises(BranchUnknown):
        made.act(ASSESS, branch="perhaps")
    assert open_ids(made) == ["assess"]


def test_a_step_that_decides_nothing_takes_no_answer(session: Session) -> None:
    made = make_disturbance(session)
    with pytest.raises(BranchUnknown):
        made.act(RECORD, branch="yes")


def test_a_way_back_keeps_what_was_yielded_as_invalid_and_counts_the_attempt(session: Session) -> None:
    made = make_disturbance(session, moves=ASSESS + 1)
    run = made.ticket.run
    valid = {one.code for one in run.outputs if one.is_valid}
    assert valid == {"disturbance_report", "incident_record", "first_checks"}
    assert {one.code for one in run.outputs} > valid
    (again,) = sop_queries.list_current(run)
    assert (again.step_id, again.attempt, again.assignee) == ("plan", 2, made.people["koordinator"])
    decided = session.scalars(select(Event).where(Event.kind == "step_completed")).all()[-1]
    assert (decided.data["branch"], decided.data["leads_back"]) == ("no", True)


def test_a_list_shows_the_most_pressing_of_the_open_steps_and_names_the_others(
    session: Session, app: object
) -> None:
    made = make_disturbance(session, moves=INFORM)
    stands = where_it_stands(made.ticket, made.office, now=MORNING)
    assert stands["number"] == 4
    assert [one["number"] for one in stands["beside"]] == [3]


class TestEscalation:
    """Once its time is used up, the repair may be taken over by the coordinator."""

    def take_over(self, made: Disturbance, name: str, now: object) -> None:
        by = made.people[name]
        service.take_over(
            made.session,
            made.ticket,
            viewer_of_person(made.session, by, made.office, now),
            step_run_id=made.step_run("repair").id,
            reason="Teknisi tidak dapat dihubungi.",
            office=made.office,
            by=by,
            now=now,
        )

    def test_before_that_nobody_of_another_office_takes_it(self, session: Session) -> None:
        made = make_disturbance(session, moves=INFORM)
        with pytest.raises(NotYourStep):
            self.take_over(made, "koordinator", MORNING)

    def test_from_then_on_the_named_office_takes_it_and_no_other(self, session: Session) -> None:
        made = make_disturbance(session, moves=INFORM)
        with pytest.raises(NotYourStep):
            self.take_over(made, "piket", MUCH_LATER)
        self.take_over(made, "koordinator", MUCH_LATER)
        taken = made.step_run("repair")
        assert (taken.assignee, taken.taken_over_as) == (made.people["koordinator"], "network_coordinator")
        event = session.scalars(select(Event).where(Event.kind == "step_taken_over")).one()
        assert event.data["escalated"] is True
        assert event.actor_role == "network_coordinator"

    def test_who_took_it_over_does_it_and_who_had_it_does_not(self, session: Session) -> None:
        made = make_disturbance(session, moves=INFORM)
        self.take_over(made, "koordinator", MUCH_LATER)
        with pytest.raises(NotYourStep):
            made.act(REPAIR, now=MUCH_LATER)
        made.act(REPAIR, now=MUCH_LATER, by=made.people["koordinator"])
        assert open_ids(made) == ["inform-units"]

    def test_whatever_is_done_at_it_then_is_recorded_in_the_office_that_took_it(
        self, session: Session
    ) -> None:
        made = make_disturbance(session, moves=INFORM)
        self.take_over(made, "koordinator", MUCH_LATER)
        step_run, by = made.step_run("repair"), made.people["koordinator"]
        given: dict[str, Any] = {"step_run": step_run, "office": made.office, "by": by, "now": MUCH_LATER}
        service.pause_step(
            session,
            made.ticket,
            version=step_run.version,
            waiting_for="requester",
            reason="Menunggu izin masuk.",
            **given,
        )
        session.flush()
        service.resume_step(session, made.ticket, version=step_run.version, **given)
        give_reason(
            session,
            made.ticket,
            step_run,
            DeviationKind.LATE,
            "Izin.",
            office=made.office,
            by=by,
            now=MUCH_LATER,
        )
        kinds = ("clock_paused", "clock_resumed", "deviation_explained")
        acts = session.scalars(select(Event).where(Event.kind.in_(kinds))).all()
        assert [act.actor_role for act in acts] == ["network_coordinator"] * len(kinds)

    def test_the_next_time_the_step_waits_for_its_own_office(self, session: Session) -> None:
        made = make_disturbance(session, moves=INFORM)
        self.take_over(made, "koordinator", MUCH_LATER)
        made.act(REPAIR, now=MUCH_LATER, by=made.people["koordinator"])
        made.act(INFORM, now=MUCH_LATER)
        made.act(ASSESS, now=MUCH_LATER)
        made.act(ASSESS + 1, now=MUCH_LATER)
        again = made.step_run("repair")
        assert (again.assignee, again.taken_over_as) == (made.people["teknisi"], None)


class TestPages:
    """What people see of it."""

    @pytest.fixture(autouse=True)
    def morning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: MORNING)

    def test_everybody_sees_the_own_step_first_and_the_others_beside_it(
        self, session: Session, client: FlaskClient, sign_in: Callable[..., None]
    ) -> None:
        made = make_disturbance(session, moves=INFORM)
        for name, own, other in (("teknisi", 3, 4), ("piket", 4, 3)):
            sign_in(client, made.people[name])
            page = client.get(f"/tickets/{made.ticket.id}").text
            assert f'id="step-title">Step {own}: ' in page
            beside = page[page.index('id="beside"') :]
            assert f">{other}. " in beside[: beside.index("</section>")]

    def test_a_link_leads_to_the_other_step_and_only_its_holder_finds_a_form(
        self, session: Session, client: FlaskClient, sign_in: Callable[..., None]
    ) -> None:
        made = make_disturbance(session, moves=INFORM)
        url = f"/tickets/{made.ticket.id}?step_run={made.step_run('repair').id}"
        for name, has_form in (("teknisi", True), ("piket", False)):
            sign_in(client, made.people[name])
            page = client.get(url).text
            assert 'id="step-title">Step 3: ' in page
            assert ('id="step-form"' in page) is has_form

    def test_the_question_stands_in_the_form_and_each_answer_says_where_it_leads(
        self, session: Session, client: FlaskClient, sign_in: Callable[..., None]
    ) -> None:
        made = make_disturbance(session, moves=ASSESS)
        sign_in(client, made.people["koordinator"])
        page = client.get(f"/tickets/{made.ticket.id}").text
        assert "Is the disturbance overcome?" in page
        assert "Yes – On to step 6: Draw up the record" in page
        assert "No – Back to step 2: Plan the handling; what was done from there on is done again." in page
        assert not any("checked" in line for line in page.splitlines() if 'name="decision-branch"' in line), (
            "nothing is decided beforehand"
        )

    def test_without_an_answer_nothing_is_done_and_nothing_typed_is_lost(
        self, session: Session, client: FlaskClient, sign_in: Callable[..., None]
    ) -> None:
        made = make_disturbance(session, moves=ASSESS)
        sign_in(client, made.people["koordinator"])
        step_run = made.step_run("assess")
        answer = client.post(
            f"/tickets/{made.ticket.id}/step",
            data={
                "step_run": step_run.id,
                "version": step_run.version,
                "action": "complete",
                "service_test-field-conclusion": "Layanan sudah stabil kembali.",
            },
        )
        assert answer.status_code == 422
        assert "Choose one of the answers." in answer.text
        assert "Layanan sudah stabil kembali." in answer.text


def test_a_cancelled_ticket_leaves_no_line_open(session: Session) -> None:
    made = make_disturbance(session, moves=INFORM)
    given = {"reason": "Ganda.", "office": made.office, "role": "head", "now": MORNING}
    with pytest.raises(Forbidden):
        service.cancel_ticket(session, made.ticket, by=made.people["piket"], **given)
    service.cancel_ticket(session, made.ticket, by=made.people["kabag"], **given)
    assert open_ids(made) == []
    assert {one.state for one in made.ticket.run.steps[-2:]} == {"cancelled"}


def test_what_the_requester_writes_is_told_to_everybody_who_holds_an_open_step_once(
    session: Session, app: object
) -> None:
    made = make_disturbance(session, moves=INFORM)
    for name in ("teknisi", "piket"):
        made.people[name].email = f"{name}@kantor.example"
    # Who stands in both offices holds both steps.
    made.step_run("repair").assignee = None
    appoint(made.people["piket"], "network_technician")
    session.flush()
    service.write_as_requester(session, made.ticket, "Sudah ada kabar?", now=MORNING)
    told = select(OutboxMessage.recipient).where(OutboxMessage.kind == "requester_wrote")
    assert sorted(session.scalars(told)) == ["piket@kantor.example", "teknisi@kantor.example"]


def appoint(person: Person, role: str) -> None:
    person.appointments.append(Appointment(role=role, starts_on=LONG_AGO, ends_on=None))
