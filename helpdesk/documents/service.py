"""Use cases of papers: a disposition sheet, a report as draft, the signed report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import working_minutes_between
from helpdesk.documents import facts
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import (
    DispositionData,
    DispositionRecipient,
    DocumentKind,
    LetterheadData,
    ReportData,
    ReportState,
    SignatureData,
    Urgency,
    report_sections,
)
from helpdesk.events import record
from helpdesk.evidence import service as evidence_service
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.sop.rules import get_step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.service.numbers import take_number

PDF = "application/pdf"


@dataclass(frozen=True)
class Stationery:
    """What every paper of the office carries."""

    letterhead: LetterheadData
    city: str


def first_sections(session: Session, ticket: Ticket, office: Office, *, unit: str) -> dict[str, str]:
    """Return the report's sections as generated from all that went before."""
    return report_sections(facts.report_facts(session, ticket, office, unit=unit))


def draw_report(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    sections: Mapping[str, str],
    signer: Person | None,
    number: str,
    now: datetime,
) -> tuple[dict[str, Any], bytes]:
    """Return the report's data and PDF: a draft without a signer, the final paper with one."""
    procedure = office.procedure_of(ticket.run)
    current = sop_queries.find_current(ticket.run)
    used = int(working_minutes_between(office.calendar, current.opened_at, now)) if current else 0
    signing = (signer, now, used) if signer else None
    steps = facts.step_facts(ticket, procedure, signing=signing)
    data = ReportData(
        letterhead=stationery.letterhead,
        created_at=now,
        timezone=office.zone.key,
        state=ReportState.FINAL if signer else ReportState.DRAFT,
        number=number,
        place=stationery.city,
        signed_on=now.astimezone(office.zone).date() if signer else None,
        subject=ticket.subject,
        ticket_number=ticket.number,
        procedure=facts.procedure_facts(procedure),
        sections=sections,
        steps=steps,
        deviations=facts.deviations(ticket, steps, session),
        signature=_signature(
            procedure.role_of(procedure.last_step).full_title.id, signer, now if signer else None
        ),
        copies_to=(ticket.requester_agency,),
        evidence=facts.evidence_facts(ticket),
        snapshots=facts.snapshot_annexes(session, ticket),
    ).to_dict()
    return data, render_document(DocumentKind.REPORT, data)


def sign_report(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    step_run: StepRun,
    sections: Mapping[str, str],
    signer: Person,
    now: datetime,
) -> Document:
    """Draw the final report with its number and the signer's confirmation, and keep it."""
    year = office.year_of(now)
    number = f"LAP-{take_number(session, 'report', year):04d}/{year}"
    data, pdf = draw_report(
        session, ticket, office, stationery, sections=sections, signer=signer, number=number, now=now
    )
    return _keep(
        session,
        Document(
            ticket_id=ticket.id,
            step_run_id=step_run.id,
            kind=DocumentKind.REPORT.value,
            number=number,
            title=f"Laporan {number}",
            data=data,
            created_at=now,
            created_by_id=signer.id,
        ),
        pdf,
        by=signer,
    )


def make_disposition_sheet(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    output: StepOutput,
    *,
    by: Person,
) -> Document:
    """Draw the sheet of a disposition as it was given."""
    procedure = office.procedure_of(ticket.run)
    step_run = next(one for one in ticket.run.steps if one.id == output.step_run_id)
    step = get_step(procedure, step_run.step_id)
    given, request = output.data, facts.request_facts(ticket)
    number = facts.disposition_number(ticket, step.number, step_run.attempt)
    item = ticket.work_programme_item
    data = DispositionData(
        letterhead=stationery.letterhead,
        created_at=output.created_at,
        timezone=office.zone.key,
        ticket_number=ticket.number,
        sheet_number=number,
        agenda_number=f"{ticket.sequence:04d}/{ticket.year}",
        received_at=ticket.received_at,
        sender=f"{ticket.requester_name}, {ticket.requester_agency}",
        letter_number=request.letter_number,
        letter_date=request.letter_date,
        subject=ticket.subject,
        urgency=Urgency(given.get("sensitivity", "biasa")),
        recipients=tuple(
            DispositionRecipient(
                office=role.title.id,
                name=given.get("assignee_name", "") if role.code == given.get("to_role") else "",
                ticked=role.code == given.get("to_role"),
            )
            for role in procedure.roles
            if role.code != step.role
        ),
        standard_instructions=frozenset(given.get("instructions", ())),
        instruction=given.get("instruction", ""),
        due_at=_end_of_day(given.get("due_on"), office),
        work_programme=f"{item.code} {item.title}" if item else "",
        procedure_number=procedure.number,
        step_number=step.number,
        step_activity=step.activity.id,
        signature=_signature(procedure.role_of(step).full_title.id, by, output.created_at),
    ).to_dict()
    paper = Document(
        ticket_id=ticket.id,
        step_run_id=step_run.id,
        kind=DocumentKind.DISPOSITION.value,
        number=number,
        title=f"Lembar disposisi {number}",
        data=data,
        created_at=output.created_at,
        created_by_id=by.id,
    )
    return _keep(session, paper, render_document(DocumentKind.DISPOSITION, data), by=by)


def _keep(session: Session, document: Document, pdf: bytes, *, by: Person) -> Document:
    stored = evidence_service.store_file(session, pdf, PDF, now=document.created_at)
    document.file_id = stored.id
    session.add(document)
    session.flush()
    record(
        session,
        "document_made",
        at=document.created_at,
        ticket_id=document.ticket_id,
        by=by,
        document_id=document.id,
        title=document.title,
        sha256=stored.sha256,
    )
    return document


def _signature(office: str, person: Person | None, confirmed_at: datetime | None) -> SignatureData:
    if person is None:
        return SignatureData(office=office, name="")
    return SignatureData(
        office=office,
        name=person.name,
        rank=person.rank or "",
        nip=person.nip or "",
        confirmed_at=confirmed_at,
    )


def _end_of_day(day: str | None, office: Office) -> datetime | None:
    if not day:
        return None
    limit = date.fromisoformat(day)
    return datetime(limit.year, limit.month, limit.day, 16, 0, tzinfo=office.zone)
