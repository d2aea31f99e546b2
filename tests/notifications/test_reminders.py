"""Reminders go out once a rung, inside working hours, to the holder and, late, to the office above."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.events import Event
from helpdesk.notifications import reminders
from helpdesk.notifications.models import OutboxMessage
from helpdesk.sop.clocks.models import StepReminder
from helpdesk.sop.models import StepRun
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office as TicketOffice
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office

pytestmark = pytest.mark.usefixtures("telling")
Sessions = sessionmaker[Session]
DESK = make_ticket_office()


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the clock of the office; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def office_of(_session: Session) -> TicketOffice:
    return DESK


@pytest.fixture
def ticket(session: Session, office: Office) -> Ticket:
    """Return a ticket of Monday 09.30 that waits for the subhead: due at 11.30, with the head above."""
    office.kabag.email, office.kasubbag.email = "kabag@contoh.go.id", "kasubbag@contoh.go.id"
    made = make_ticket(session)
    step = made.run.steps[0]
    step.role, step.step_id, step.step_number = "subhead", DESK.procedure_of(made.run).steps[1].id, 2
    session.commit()
    return made


def remind(sessions: Sessions, now: datetime) -> int:
    return reminders.remind_due(sessions, office_of, now)


def mails(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "reminder").order_by(OutboxMessage.id)
    )
    return [(row.recipient, row.subject) for row in rows]


def to(session: Session) -> list[str]:
    return [recipient.split("@")[0] for recipient, _ in mails(session)]


def test_the_holder_is_reminded_at_each_share_once(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    for minute in (29, 30, 31, 47, 48, 49):
        remind(session_factory, wib(23, 9, 30) + timedelta(minutes=minute))
    assert to(session) == ["kasubbag", "kasubbag"]
    assert "50 % waktu" in mails(session)[0][1] or "50 % of its time" in mails(session)[0][1]


def test_when_the_time_is_used_up_the_office_above_is_told_too(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    remind(session_factory, wib(23, 10, 31))
    assert to(session) == ["kasubbag", "kabag"]


def test_each_working_day_after_has_one_reminder_and_a_weekend_none(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    remind(session_factory, wib(26, 10))
    for moment in (wib(27, 6), wib(27, 8), wib(27, 15), wib(28, 9), wib(29, 9), wib(30, 7, 30)):
        remind(session_factory, moment)
    rungs = session.scalars(select(StepReminder.rung).order_by(StepReminder.id)).all()
    assert rungs == ["50", "80", "100", *(f"overdue-2026-11-{day}" for day in (26, 27, 30))]
    assert to(session) == ["kasubbag", "kabag"] * 3


def test_several_rungs_that_passed_while_nobody_looked_are_one_message(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    assert remind(session_factory, wib(25, 9)) == 1
    assert to(session) == ["kasubbag", "kabag"]
    assert session.scalars(select(Event.data).where(Event.kind == "step_reminded")).one()["rung"] == (
        "overdue-2026-11-25"
    )


def test_nothing_goes_out_in_the_evening(session_factory: Sessions, ticket: Ticket) -> None:
    assert remind(session_factory, wib(23, 19)) == 0
    assert remind(session_factory, wib(24, 7, 30)) == 1


def test_nothing_goes_out_in_a_pause_and_nothing_after_the_end(
    session: Session, session_factory: Sessions, ticket: Ticket, office: Office
) -> None:
    step = ticket.run.steps[0]
    service.pause_step(
        session,
        ticket,
        step_run=step,
        version=step.version,
        waiting_for="agency",
        reason="Menunggu surat balasan",
        office=DESK,
        by=office.kasubbag,
        now=MORNING + timedelta(minutes=5),
    )
    session.commit()
    assert remind(session_factory, wib(25, 9)) == 0
    ticket.status = "closed"
    step.paused_at = None
    session.commit()
    assert remind(session_factory, wib(25, 9)) == 0


def test_the_one_it_was_given_to_is_reminded_and_not_the_whole_office(
    session: Session, session_factory: Sessions, ticket: Ticket, office: Office
) -> None:
    ticket.run.steps[0].assignee_id = office.kasubbag.id
    session.commit()
    remind(session_factory, wib(23, 10))
    assert to(session) == ["kasubbag"]


def test_where_nobody_stands_in_the_office_the_one_above_is_told_at_once(
    session: Session, session_factory: Sessions, ticket: Ticket, office: Office
) -> None:
    office.kasubbag.appointments[0].ends_on = date(2026, 11, 1)
    session.commit()
    remind(session_factory, wib(23, 10))
    assert to(session) == ["kabag"]


def test_a_secret_ticket_tells_no_subject_in_a_reminder(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    ticket.sensitivity = "rahasia"
    session.commit()
    remind(session_factory, wib(23, 10))
    bodies = session.scalars(select(OutboxMessage.body).where(OutboxMessage.kind == "reminder")).all()
    assert not any(ticket.subject in body for body in bodies)
    assert not any(ticket.subject in subject for _, subject in mails(session))


def test_two_schedulers_that_look_at_the_same_moment_remind_once(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    at_once = threading.Barrier(6)

    def look(_number: int) -> int:
        at_once.wait()
        return remind(session_factory, wib(25, 9))

    with ThreadPoolExecutor(6) as threads:
        reminded = list(threads.map(look, range(6)))
    assert sum(reminded) == 1
    assert to(session) == ["kasubbag", "kabag"]


def test_a_scheduler_killed_between_the_claim_and_the_commit_loses_nothing_and_doubles_nothing(
    session: Session, session_factory: Sessions, ticket: Ticket
) -> None:
    step_id = session.scalars(select(StepRun.id)).one()
    session.commit()
    with session_factory() as killed:
        assert reminders.remind_of_step(killed, step_id, DESK, now=wib(25, 9))
        killed.rollback()
    assert remind(session_factory, wib(25, 9)) == 1
    assert remind(session_factory, wib(25, 9)) == 0
    assert to(session) == ["kasubbag", "kabag"]
