"""The report: its first text, the drawn draft, the signed paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import title_of
from helpdesk.calendars.rules import working_minutes_between
from helpdesk.documents import facts
from helpdesk.documents.attachments import Attached, attached_as_data, evidence_attachments
from helpdesk.documents.incidents.annexes import incident_annexes
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.report.sources import sources_of_texts
from helpdesk.documents.rules import DocumentKind, ReportData, ReportState, report_sections
from helpdesk.documents.service.keeping import Stationery, signature_of
from helpdesk.documents.service.numbers import number_paper
from helpdesk.documents.service.signatures import sign_and_keep
from helpdesk.documents.signing import Mark, marked, new_mark
from helpdesk.numbering.rules import REPORT
from helpdesk.signing.service import Wish
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office


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
    mark: Mark | None = None,
    attached: Sequence[Attached] = (),
) -> tuple[dict[str, Any], bytes]:
    """Return the report's data and PDF: a draft without a signer, the final paper with one and its mark."""
    procedure = office.procedure_of(ticket.run)
    current = sop_queries.find_current(ticket.run)
    used = int(working_minutes_between(office.calendar, current.opened_at, now)) if current else 0
    signing = (signer, now, used) if signer else None
    steps = facts.step_facts(ticket, procedure, signing=signing)
    role = procedure.role_of(procedure.last_step)
    block = signature_of(
        role.full_title.id,
        signer,
        now if signer else None,
        held=title_of(session, signer.id, role.code, now) if signer else None,
    )
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
        deviations=facts.deviations(session, ticket, office, now=now, signing=signing),
        signature=marked(block, mark) if mark else block,
        copies_to=(ticket.requester_agency,),
        evidence=facts.evidence_facts(ticket),
        snapshots=facts.snapshot_annexes(session, ticket),
        incidents=incident_annexes(ticket),
        figures=sources_of_texts(session, ticket, sections.values()),
    ).to_dict()
    if attached:
        data["attached"] = attached_as_data(attached)
    return data, render_document(DocumentKind.REPORT, data, [one.to_dict() for one in attached])


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
    wish: Wish = Wish(),  # noqa: B008  # frozen
) -> Document:
    """Draw the final report with its number, the evidence inside and the signer's mark; sign and keep it."""
    issued = number_paper(session, ticket, office, REPORT, at=now, by=signer)
    number = issued.text
    mark = new_mark(session, signer)
    data, pdf = draw_report(
        session,
        ticket,
        office,
        stationery,
        sections=sections,
        signer=signer,
        number=number,
        now=now,
        mark=mark,
        attached=evidence_attachments(session, ticket),
    )
    return sign_and_keep(
        session,
        Document(
            ticket_id=ticket.id,
            step_run_id=step_run.id,
            kind=DocumentKind.REPORT.value,
            number=number,
            issued_number_id=issued.id,
            title=f"Laporan {number}",
            data=data,
            created_at=now,
            created_by_id=signer.id,
        ),
        pdf,
        signer,
        mark,
        office_title=data["signature"]["office"],
        in_role=step_run.role,
        wish=wish,
        now=now,
    )
