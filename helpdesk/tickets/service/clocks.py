"""The clocks of a ticket's steps: paused and resumed by hand, by an answer, and reckoned anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import InputInvalid
from helpdesk.events import record
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.clocks import service as clock_service
from helpdesk.sop.clocks.rules import WaitingFor
from helpdesk.sop.models import StepRun
from helpdesk.tickets import queries
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.service.holding import ensure_held_by

MINUTE = timedelta(minutes=1)


def pause_step(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    version: int,
    waiting_for: str,
    reason: str,
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Let the clock of the step stand still, because the office waits for the requester or the agency."""
    ensure_held_by(session, ticket, step_run, version=version, office=office, by=by, now=now)
    if waiting_for not in set(WaitingFor):
        raise InputInvalid(field="waiting_for", reason="Choose whom the office waits for.")
    clock = clock_service.pause_clock(
        session,
        step_run,
        office.calendar,
        waiting_for=WaitingFor(waiting_for),
        reason=reason,
        by=by,
        now=now,
    )
    record(
        session,
        "clock_paused",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.office_of_act,
        step_run_id=step_run.id,
        step_number=step_run.step_number,
        waiting_for=waiting_for,
        reason=reason.strip(),
        used_minutes=clock.used_minutes,
    )


def resume_step(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    version: int,
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Let the clock of the step run again."""
    ensure_held_by(session, ticket, step_run, version=version, office=office, by=by, now=now)
    _resume(session, ticket, step_run, office, by=by, now=now)


def resume_answered_steps(session: Session, ticket: Ticket, office: Office, *, now: datetime) -> None:
    """Let every clock run again that waited for the requester, who has answered."""
    for step_run in sop_queries.list_current(ticket.run):
        last = step_run.clock_entries[-1]
        if step_run.paused_at is not None and last.waiting_for == WaitingFor.REQUESTER.value:
            _resume(session, ticket, step_run, office, by=None, now=now)


def reckon_deadlines_anew(
    session: Session, office: Office, *, cause_event_id: int | None, now: datetime
) -> int:
    """Write the deadlines of all open steps as the calendar has them now; return how many moved.

    A step that is finished keeps the time it was judged by.
    """
    open_steps = queries.list_open_steps(session)
    ticket_ids = {step_run.id: ticket_id for ticket_id, step_run in open_steps}
    steps: Sequence[StepRun] = [step_run for _, step_run in open_steps]
    moved = clock_service.reckon_anew(session, steps, office.calendar, now=now)
    for one in moved:
        record(
            session,
            "deadline_moved",
            at=now,
            ticket_id=ticket_ids[one.step_run.id],
            step_run_id=one.step_run.id,
            step_number=one.step_run.step_number,
            before=one.before.isoformat(),
            after=one.after.isoformat(),
            cause_event_id=cause_event_id,
        )
    return len(moved)


def _resume(
    session: Session, ticket: Ticket, step_run: StepRun, office: Office, *, by: Person | None, now: datetime
) -> None:
    clock = clock_service.resume_clock(session, step_run, office.calendar, by=by, now=now)
    record(
        session,
        "clock_resumed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.office_of_act if by else "",
        step_run_id=step_run.id,
        step_number=step_run.step_number,
        paused_minutes=clock.pauses[-1].worked // MINUTE,
        due_at=clock.due_at.isoformat() if clock.due_at else None,
    )
