"""The steps of a ticket: drafted, completed, returned, taken over; and its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.errors import EditConflict, Forbidden, InputInvalid
from helpdesk.events import record
from helpdesk.sop import queries as sop_queries
from helpdesk.sop import service as sop_service
from helpdesk.sop.clocks.service import abandon_clock
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import ExternalKind, OutputKind
from helpdesk.sop.service import Yield
from helpdesk.tickets.errors import (
    AssigneeUnfit,
    NotYourStep,
    OwnWork,
    SecrecyKept,
    StepOfAnotherOffice,
    TicketClosed,
    WorkProgrammeMissing,
)
from helpdesk.tickets.holders import open_step
from helpdesk.tickets.models import Ticket, WorkProgrammeItem
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import (
    Sensitivity,
    TicketStatus,
    Viewer,
    judges_own_work,
    may_act,
    may_take_over,
)
from helpdesk.tickets.service.evidence import gather_evidence


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
    current = sop_queries.find_current(ticket.run)
    if current is None or current.id != step_run_id or current.version != version:
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


def save_draft(step_run: StepRun, draft: Mapping[str, Any], *, by: Person, now: datetime) -> None:
    """Keep the unfinished form of the step, with who left it so and when."""
    step_run.draft, step_run.draft_by_id, step_run.draft_at = dict(draft), by.id, now


def choose_work_programme_item(
    session: Session, ticket: Ticket, item_id: int | None, office: Office, *, now: datetime
) -> None:
    """Tie the ticket to an item of the work programme in force."""
    item = session.get(WorkProgrammeItem, item_id) if item_id else None
    if item is None or not item.is_active or item.year != office.year_of(now):
        raise WorkProgrammeMissing
    ticket.work_programme_item = item
    ticket.work_programme_item_id = item.id


def present_externals(ticket: Ticket, office: Office) -> frozenset[str]:
    """Return the codes of what the procedure needs from outside and the ticket has."""
    has = {ExternalKind.WORK_PROGRAMME_ITEM: ticket.work_programme_item_id is not None}
    procedure = office.procedure_of(ticket.run)
    return frozenset(one.code for one in procedure.externals if has[one.kind])


def complete_step(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    yields: Sequence[Yield],
    assignee_id: int | None,
    office: Office,
    by: Person,
    now: datetime,
) -> StepRun | None:
    """Finish the step with what it yields; the next opens, or the ticket is closed."""
    ensure_open(ticket)
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    for role in step.assigns:
        _ensure_fit(session, assignee_id, role, office, now)
    opened = sop_service.complete_step(
        session,
        ticket.run,
        procedure,
        office.calendar,
        step=step,
        yields=yields,
        externals=present_externals(ticket, office),
        assignee_id=assignee_id,
        by=by,
        now=now,
    )
    for one in yields:
        if one.output.kind is OutputKind.DISPOSITION:
            _classify(ticket, one.data.get("sensitivity", ticket.sensitivity), office, step_run.role)
    record(
        session,
        "step_completed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.role,
        step_run_id=step_run.id,
        step_number=step.number,
        step_id=step.id,
        used_minutes=step_run.used_minutes,
        allowed_minutes=step_run.allowed_minutes,
        late=now > step_run.due_at,
        outputs=[one.output.code for one in yields],
    )
    if opened is None:
        _close(session, ticket, by=by, role=step_run.role, now=now)
        return None
    announce_step(session, ticket, opened, office, now=now)
    return opened


def return_step(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    reason: str,
    yields: Sequence[Yield],
    office: Office,
    by: Person,
    now: datetime,
) -> StepRun:
    """Send the work back with the reason."""
    ensure_open(ticket)
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    opened = sop_service.return_step(
        session,
        ticket.run,
        procedure,
        office.calendar,
        step=step,
        reason=reason,
        yields=yields,
        by=by,
        now=now,
    )
    record(
        session,
        "step_returned",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.role,
        step_run_id=step_run.id,
        step_number=step.number,
        to_step=opened.step_number,
        reason=reason,
    )
    announce_step(session, ticket, opened, office, now=now)
    return opened


def announce_step(
    session: Session, ticket: Ticket, opened: StepRun, office: Office, *, now: datetime
) -> None:
    """Record that a step waits; one that yields evidence gets the network's state at once."""
    if opened.assignee_id is not None and opened.assignee_id not in _holder_ids(
        session, opened.role, office, now
    ):
        # Who did the work before has left the office: it waits for whoever holds the office now.
        opened.assignee_id = None
    step = get_step(office.procedure_of(ticket.run), opened.step_id)
    record(
        session,
        "step_opened",
        at=now,
        ticket_id=ticket.id,
        step_run_id=opened.id,
        step_number=opened.step_number,
        step_id=opened.step_id,
        role=opened.role,
        assignee_id=opened.assignee_id,
        due_at=opened.due_at.isoformat(),
    )
    if any(output.kind is OutputKind.EVIDENCE for output in step.yields):
        gather_evidence(session, ticket, now=now)


def take_over(
    session: Session,
    ticket: Ticket,
    viewer: Viewer,
    *,
    reason: str,
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Take the open step from a colleague of the same office; why is recorded."""
    ensure_open(ticket)
    current = sop_queries.find_current(ticket.run)
    if current is None or not may_take_over(open_step(session, ticket, current, office, now), viewer):
        raise StepOfAnotherOffice
    if not reason.strip():
        raise InputInvalid(field="reason", reason="Say why you take the step over: the reason is recorded.")
    before = current.assignee.name if current.assignee else ""
    current.assignee_id = by.id
    record(
        session,
        "step_taken_over",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=current.role,
        step_run_id=current.id,
        step_number=current.step_number,
        before=before,
        reason=reason.strip(),
    )


def cancel_ticket(
    session: Session,
    ticket: Ticket,
    *,
    reason: str,
    viewer_is_head: bool,
    by: Person,
    role: str,
    now: datetime,
) -> None:
    """End a ticket that is no case for the procedure (a double, junk, withdrawn by the requester)."""
    ensure_open(ticket)
    if not viewer_is_head:
        raise Forbidden
    ticket.status, ticket.closed_at, ticket.cancel_reason = TicketStatus.CANCELLED.value, now, reason
    current = sop_queries.find_current(ticket.run)
    if current is not None:
        current.state, current.finished_at, current.finished_by_id = "cancelled", now, by.id
        abandon_clock(current, by=by, now=now)
    ticket.run.finished_at = now
    record(
        session,
        "ticket_cancelled",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        reason=reason,
    )


def _close(session: Session, ticket: Ticket, *, by: Person, role: str, now: datetime) -> None:
    ticket.status, ticket.closed_at = TicketStatus.CLOSED.value, now
    record(
        session,
        "ticket_closed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
    )


def _ensure_fit(session: Session, assignee_id: int | None, role: str, office: Office, now: datetime) -> None:
    if assignee_id not in _holder_ids(session, role, office, now):
        raise AssigneeUnfit


def _holder_ids(session: Session, role: str, office: Office, now: datetime) -> set[int]:
    return {one.person.id for one in standing.list_officials(session, role, now, office.zone)}


def _classify(ticket: Ticket, sensitivity: str, office: Office, role: str) -> None:
    is_lifted = ticket.sensitivity == Sensitivity.SECRET.value != sensitivity
    if is_lifted and not office.is_head(role):
        raise SecrecyKept
    ticket.sensitivity = sensitivity
