"""Whose hands a step is in: held by the person who acts, or taken over by them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.events import record
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.tickets.errors import NotYourStep, OwnWork, StepOfAnotherOffice, TicketClosed
from helpdesk.tickets.holders import open_step, viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import TicketStatus, Viewer, judges_own_work, may_act, may_take_over


def ensure_open(ticket: Ticket) -> None:
    """Raise unless the ticket still takes work."""
    if ticket.status != TicketStatus.OPEN.value:
        raise TicketClosed(number=ticket.number)


def ensure_holds_step(
    session: Session,
    ticket: Ticket,
    viewer: Viewer,
    *,
    step_run_id: int,
    version: int,
    office: Office,
    now: datetime,
) -> StepRun:
    """Return the open step if it is the one meant, unchanged since, and the person may do it."""
    ensure_open(ticket)
    current = sop_queries.find_current(ticket.run, step_run_id=step_run_id)
    if current is None or current.version != version:
        raise EditConflict
    ensure_may_act(session, ticket, viewer, current, office=office, now=now)
    return current


def ensure_may_act(
    session: Session, ticket: Ticket, viewer: Viewer, step_run: StepRun, *, office: Office, now: datetime
) -> None:
    """Raise unless the person may do the step: its office, its assignee, and not their own work to judge."""
    step = open_step(session, ticket, step_run, office, now)
    if may_act(step, viewer):
        return
    held = viewer.office_for(step)
    if held is not None and judges_own_work(step, viewer, held):
        raise OwnWork
    if step.assignee_id is None or step_run.assignee is None:
        raise StepOfAnotherOffice
    raise NotYourStep(holder=step_run.assignee.name)


def ensure_held_by(
    session: Session,
    ticket: Ticket,
    step_run: StepRun,
    *,
    version: int,
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Raise unless the step is open, unchanged since that version, and the person's to do at this moment.

    This is what every act on a step asks, whoever calls: page, API, e-mail, bulk action or command line.
    From here to the end of the transaction nobody else moves the ticket on.
    """
    ensure_open(ticket)
    sop_queries.read_again(session, ticket.run)
    ensure_holds_step(
        session,
        ticket,
        viewer_of_person(session, by, office, now),
        step_run_id=step_run.id,
        version=version,
        office=office,
        now=now,
    )


def take_over(
    session: Session,
    ticket: Ticket,
    viewer: Viewer,
    *,
    step_run_id: int | None = None,
    reason: str,
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Take an open step from a colleague of the office, or because it was escalated; why is recorded."""
    ensure_open(ticket)
    sop_queries.read_again(session, ticket.run)
    current = _to_take_over(session, ticket, viewer, step_run_id, office, now)
    if not reason.strip():
        raise InputInvalid(field="reason", reason="Say why you take the step over: the reason is recorded.")
    step = open_step(session, ticket, current, office, now)
    is_escalated = viewer.office_for(step) is None
    current.taken_over_as = step.escalated_to if is_escalated else None
    before = current.assignee.name if current.assignee else ""
    current.assignee, current.assignee_id = by, by.id
    record(
        session,
        "step_taken_over",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=current.taken_over_as or current.role,
        step_run_id=current.id,
        step_number=current.step_number,
        before=before,
        escalated=is_escalated,
        reason=reason.strip(),
    )


def _to_take_over(
    session: Session, ticket: Ticket, viewer: Viewer, step_run_id: int | None, office: Office, now: datetime
) -> StepRun:
    """Return the step meant; without one, the first that the person may take over."""
    for current in sop_queries.list_current(ticket.run):
        is_meant = step_run_id in (None, current.id)
        if is_meant and may_take_over(open_step(session, ticket, current, office, now), viewer):
            return current
    raise StepOfAnotherOffice
