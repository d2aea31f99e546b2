"""Whoever calls, page, mail, bulk or command line: a clock is paused by its holder, with a reason, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.events import Event
from helpdesk.sop.clocks.errors import ClockPaused
from helpdesk.tickets import queries, service
from helpdesk.tickets.errors import StepOfAnotherOffice, TicketClosed
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office as TicketOffice
from helpdesk.tickets.rules import Viewer
from tests.factories.moments import MORNING
from tests.factories.people import Office

LATER = MORNING + timedelta(minutes=20)


def pause(session: Session, case: Ticket, desk: TicketOffice, **more: Any) -> None:
    step = case.run.steps[0]
    values = {
        "step_run": step,
        "version": step.version,
        "waiting_for": "requester",
        "reason": "Menunggu denah lantai 3",
        "office": desk,
        "now": LATER,
    }
    service.pause_step(session, case, **(values | more))


def kinds(session: Session, case: Ticket) -> list[str]:
    return [event.kind for event in queries.list_events(session, case.id)]


def test_the_holder_pauses_and_resumes_and_both_are_on_record(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    pause(session, case, desk, by=office.kabag)
    step = case.run.steps[0]
    service.resume_step(
        session,
        case,
        step_run=step,
        version=step.version,
        office=desk,
        by=office.kabag,
        now=LATER + timedelta(minutes=30),
    )
    assert kinds(session, case)[-2:] == ["clock_paused", "clock_resumed"]
    paused = session.scalars(select(Event).where(Event.kind == "clock_paused")).one()
    assert (paused.actor_id, paused.actor_role) == (office.kabag.id, "head")
    assert paused.data["waiting_for"] == "requester"
    assert step.due_at == MORNING + timedelta(minutes=90)


@pytest.mark.parametrize("name", ["kasubbag", "pelaksana", "admin", "auditor"])
def test_nobody_else_pauses_the_clock(
    session: Session, case: Ticket, desk: TicketOffice, office: Office, name: str
) -> None:
    with pytest.raises(StepOfAnotherOffice):
        pause(session, case, desk, by=getattr(office, name))


@pytest.mark.parametrize("waiting_for", ["", "colleague", "weekend"])
def test_a_clock_waits_for_the_requester_or_the_agency_only(
    session: Session, case: Ticket, desk: TicketOffice, office: Office, waiting_for: str
) -> None:
    with pytest.raises(InputInvalid):
        pause(session, case, desk, by=office.kabag, waiting_for=waiting_for)


def test_a_pause_without_a_reason_is_refused(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    with pytest.raises(InputInvalid):
        pause(session, case, desk, by=office.kabag, reason="  ")


def test_a_pause_of_what_somebody_has_changed_meanwhile_is_a_conflict(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    with pytest.raises(EditConflict):
        pause(session, case, desk, by=office.kabag, version=99)


def test_a_second_pause_is_refused(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    pause(session, case, desk, by=office.kabag)
    with pytest.raises(ClockPaused):
        pause(session, case, desk, by=office.kabag)


def test_the_clock_of_a_cancelled_ticket_is_not_paused(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    case.status = "cancelled"
    with pytest.raises(TicketClosed):
        pause(session, case, desk, by=office.kabag)


def test_the_answer_of_the_requester_ends_the_pause_that_waits_for_them(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    pause(session, case, desk, by=office.kabag)
    service.resume_answered_steps(session, case, desk, now=LATER + timedelta(minutes=10))
    assert case.run.steps[0].paused_at is None
    resumed = session.scalars(select(Event).where(Event.kind == "clock_resumed")).one()
    assert (resumed.actor_id, resumed.data["paused_minutes"]) == (None, 10)


def test_the_answer_of_the_requester_leaves_a_pause_that_waits_for_the_agency(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    pause(session, case, desk, by=office.kabag, waiting_for="agency")
    service.resume_answered_steps(session, case, desk, now=LATER)
    assert case.run.steps[0].paused_at == LATER


def test_a_paused_step_is_not_among_the_late_ones(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    pause(session, case, desk, by=office.kabag)
    session.commit()
    from_head = queries.select_tickets(viewer_of(office), status="late")
    assert session.scalars(from_head).all() == []


def viewer_of(office: Office) -> Viewer:
    return Viewer(office.kabag.id, frozenset({"head"}), sees_all=True)
