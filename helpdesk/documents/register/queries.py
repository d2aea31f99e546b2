"""Reading the register book: the entries of a year as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.accounts.models import ActingAppointment, Person
from helpdesk.accounts.standing import held_by, list_acting
from helpdesk.documents.models import Document
from helpdesk.documents.register.rules import Officer, RegisterEntry, RegisterNumber
from helpdesk.documents.rules import DocumentKind
from helpdesk.numbering.models import IssuedNumber
from helpdesk.numbering.rules import AGENDA
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import ProcedureRun, StepRun
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Sensitivity, TicketStatus, Viewer

# Sheets of steps have numbers of their own; the book names the paper that ended the case.
ENDING_KINDS = (DocumentKind.REPORT.value, DocumentKind.PAPER.value)


@dataclass(frozen=True)
class Wanted:
    """What of the book is wanted: a year, and words or a procedure that narrow it."""

    year: int
    words: str = ""
    procedure: str = ""


def list_entries(session: Session, viewer: Viewer, office: Office, wanted: Wanted) -> list[RegisterEntry]:
    """Return the entries of the year that the person may see, in the order of their numbers."""
    tickets: Sequence[Ticket] = session.scalars(_select(viewer, wanted)).all()
    ids = [ticket.id for ticket in tickets]
    numbers, agenda = _ending_numbers(session, ids), _agenda_numbers(session, wanted.year)
    acting = list_acting(session)
    return [
        RegisterEntry(
            number=ticket.sequence,
            agenda=agenda.get(ticket.id)
            or office.numbering.write(AGENDA, ticket.sequence, office.day_of(ticket.received_at)),
            ticket_id=ticket.id,
            ticket_number=ticket.number,
            received_at=ticket.received_at,
            sender=ticket.requester_agency,
            subject=ticket.subject,
            officers=_officers(ticket, office, acting),
            closed_at=ticket.closed_at,
            numbers=tuple(numbers[ticket.id]),
            status=ticket.status,
            cancel_reason=ticket.cancel_reason or "",
            late_steps=tuple(sorted({one.step_number for one in ticket.run.steps if _is_late(one)})),
            is_secret=ticket.sensitivity == Sensitivity.SECRET.value,
            procedure=ticket.run.procedure_number,
        )
        for ticket in tickets
    ]


def list_procedures(session: Session, year: int) -> list[str]:
    """Return the numbers of the procedures that the tickets of the year run by."""
    statement = select(ProcedureRun.procedure_number).join(Ticket, Ticket.run_id == ProcedureRun.id)
    return sorted(set(session.scalars(statement.where(Ticket.year == year))))


def _select(viewer: Viewer, wanted: Wanted) -> Select[Any]:
    statement = ticket_queries.select_register(viewer, wanted.year)
    if wanted.procedure:
        runs = select(ProcedureRun.id).where(ProcedureRun.procedure_number == wanted.procedure)
        statement = statement.where(Ticket.run_id.in_(runs))
    if wanted.words.strip():
        escaped = wanted.words.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        columns = (Ticket.number, Ticket.subject, Ticket.requester_agency, Ticket.requester_name)
        papers = select(Document.ticket_id).where(
            Document.kind.in_(ENDING_KINDS), func.lower(Document.number).like(f"%{escaped}%", escape="\\")
        )
        statement = statement.where(
            or_(
                *(func.lower(one).like(f"%{escaped}%", escape="\\") for one in columns),
                Ticket.id.in_(papers),
            )
        )
    return statement.options(
        selectinload(Ticket.run).selectinload(ProcedureRun.steps).selectinload(StepRun.assignee),
        selectinload(Ticket.run).selectinload(ProcedureRun.steps).selectinload(StepRun.finished_by),
    )


def _ending_numbers(session: Session, ids: Sequence[int]) -> Mapping[int, list[RegisterNumber]]:
    found: defaultdict[int, list[RegisterNumber]] = defaultdict(list)
    papers = session.scalars(
        select(Document)
        .where(Document.ticket_id.in_(ids), Document.kind.in_(ENDING_KINDS), Document.number.is_not(None))
        .options(selectinload(Document.issued_number))
        .order_by(Document.id)
    )
    for paper in papers:
        void = paper.issued_number if paper.is_void else None
        found[paper.ticket_id].append(
            RegisterNumber(paper.number or "", void is not None, (void.void_reason if void else "") or "")
        )
    return found


def _agenda_numbers(session: Session, year: int) -> dict[int | None, str]:
    rows = session.execute(
        select(IssuedNumber.ticket_id, IssuedNumber.text).where(
            IssuedNumber.series == AGENDA, IssuedNumber.year == year
        )
    )
    return {row.ticket_id: row.text for row in rows}


def _officers(ticket: Ticket, office: Office, acting: Sequence[ActingAppointment]) -> tuple[Officer, ...]:
    """Return who has the open steps; of a ticket that ended, who did the last one."""
    procedure = office.procedure_of(ticket.run)
    steps = sop_queries.list_current(ticket.run) if ticket.status == TicketStatus.OPEN.value else []
    finished = [one for one in ticket.run.steps if one.finished_by is not None]
    if not steps and finished:
        steps = [max(finished, key=lambda one: (one.finished_at or one.opened_at, one.id))]
    return tuple(
        Officer(
            step=one.step_number,
            office=role.title.id if (role := procedure.find_role(one.role)) else one.role,
            name=person.name if (person := one.finished_by or one.assignee) else "",
            acting=_acting_form(acting, person, one.role, one.finished_at or one.opened_at),
        )
        for one in steps
    )


def _acting_form(acting: Sequence[ActingAppointment], person: Person | None, role: str, at: datetime) -> str:
    for row in acting:
        is_theirs = person is not None and row.person_id == person.id and row.role == role
        is_withdrawn = row.withdrawn_at is not None and row.withdrawn_at <= at
        if is_theirs and row.begins_at <= at < row.ends_before and not is_withdrawn:
            return held_by(row).acting
    return ""


def _is_late(step: StepRun) -> bool:
    return step.finished_at is not None and step.finished_at > step.due_at
