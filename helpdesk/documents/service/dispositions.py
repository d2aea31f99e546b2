"""The sheet of a disposition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import title_of
from helpdesk.documents import facts
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import (
    DispositionData,
    DispositionRecipient,
    DocumentKind,
    SignatureData,
    Urgency,
)
from helpdesk.documents.service.keeping import Stationery, keep, signature_of
from helpdesk.documents.service.numbers import agenda_number, number_paper
from helpdesk.numbering.rules import DISPOSITION
from helpdesk.sop.models import StepOutput
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import Procedure, Step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office


def make_disposition_sheet(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    output: StepOutput,
    *,
    by: Person,
    at: datetime | None = None,
    maker: Person | None = None,
) -> Document:
    """Draw the sheet of a disposition as `by` gave it; `at` and `maker` where somebody makes it later."""
    procedure = office.procedure_of(ticket.run)
    step_run = next(one for one in ticket.run.steps if one.id == output.step_run_id)
    step = get_step(procedure, step_run.step_id)
    issued = number_paper(
        session,
        ticket,
        office,
        DISPOSITION,
        at=at or output.created_at,
        by=by,
        step_number=step.number,
        attempt=step_run.attempt,
    )
    signature = signature_of(
        procedure.role_of(step).full_title.id,
        by,
        held=title_of(session, by.id, step.role, output.created_at),
        marked_at=output.created_at,
    )
    agenda = agenda_number(session, ticket, office)
    data = _data(ticket, office, stationery, output, step, issued.text, agenda, signature).to_dict()
    paper = Document(
        ticket_id=ticket.id,
        step_run_id=step_run.id,
        kind=DocumentKind.DISPOSITION.value,
        number=issued.text,
        issued_number_id=issued.id,
        output_id=output.id,
        title=f"Lembar disposisi {issued.text}",
        data=data,
        created_at=output.created_at,
        created_by_id=by.id,
    )
    return keep(session, paper, render_document(DocumentKind.DISPOSITION, data), by=maker or by, at=at)


def _data(
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    output: StepOutput,
    step: Step,
    number: str,
    agenda: str,
    signature: SignatureData,
) -> DispositionData:
    procedure = office.procedure_of(ticket.run)
    given, request = output.data, facts.request_facts(ticket, procedure)
    item = ticket.work_programme_item
    return DispositionData(
        letterhead=stationery.letterhead,
        created_at=output.created_at,
        timezone=office.zone.key,
        ticket_number=ticket.number,
        sheet_number=number,
        agenda_number=agenda,
        received_at=ticket.received_at,
        sender=f"{ticket.requester_name}, {ticket.requester_agency}",
        letter_number=request.letter_number,
        letter_date=request.letter_date,
        subject=ticket.subject,
        urgency=Urgency(given.get("sensitivity", "biasa")),
        recipients=_recipients(procedure, step, given),
        standard_instructions=frozenset(given.get("instructions", ())),
        instruction=given.get("instruction", ""),
        due_on=date.fromisoformat(given["due_on"]) if given.get("due_on") else None,
        work_programme=f"{item.code} {item.title}" if item else "",
        procedure_number=procedure.number,
        step_number=step.number,
        step_activity=step.activity.id,
        signature=signature,
    )


def _recipients(
    procedure: Procedure, step: Step, given: Mapping[str, Any]
) -> tuple[DispositionRecipient, ...]:
    """Return every other office, ticked where the disposition goes to it, as on the printed form."""
    several = given.get("recipients") or [{**given, "role": given.get("to_role")}]
    named = {one["role"]: one.get("assignee_name", "") for one in several}
    return tuple(
        DispositionRecipient(office=role.title.id, name=named.get(role.code, ""), ticked=role.code in named)
        for role in procedure.roles
        if role.code != step.role or role.code in named
    )
