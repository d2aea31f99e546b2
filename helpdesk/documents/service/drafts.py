"""The draft of the report, kept as it was when its step handed it in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.documents.service.keeping import Stationery, keep
from helpdesk.documents.service.reports import draw_report
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office

REPORT_DRAFT = OutputKind.REPORT_DRAFT.value


def keep_drafts(
    session: Session, ticket: Ticket, office: Office, stationery: Stationery, *, step_run: StepRun
) -> list[Document]:
    """Keep the draft of a report that the pass handed in, with the watermark KONSEP.

    Only at that moment: the draft shows how the case stood then, and a later drawing would show another.
    """
    known = set(session.scalars(select(Document.output_id).where(Document.step_run_id == step_run.id)))
    return [
        _keep(session, ticket, office, stationery, output, step_run)
        for output in ticket.run.outputs
        if output.step_run_id == step_run.id and output.kind == REPORT_DRAFT and output.id not in known
    ]


def _keep(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    output: StepOutput,
    step_run: StepRun,
) -> Document:
    data, pdf = draw_report(
        session,
        ticket,
        office,
        stationery,
        sections=output.data["sections"],
        signer=None,
        number="",
        now=output.created_at,
    )
    again = f" ({step_run.attempt})" if step_run.attempt > 1 else ""
    paper = Document(
        ticket_id=ticket.id,
        step_run_id=step_run.id,
        output_id=output.id,
        kind=REPORT_DRAFT,
        title=f"Konsep laporan {ticket.number}{again}",
        data=data,
        created_at=output.created_at,
        created_by_id=output.created_by_id,
    )
    return keep(session, paper, pdf, by=session.get(Person, output.created_by_id))
