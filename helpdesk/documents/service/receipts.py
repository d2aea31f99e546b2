"""The office's copy of the receipt: what the requester was told, for the file of the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents import facts, wording
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind, ReceiptData
from helpdesk.documents.service.keeping import Stationery, keep, secrecy_of
from helpdesk.documents.service.numbers import agenda_number
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office

RECEIPT = DocumentKind.RECEIPT.value


def keep_receipt(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    at: datetime,
    by: Person | None = None,
) -> Document | None:
    """Keep the office's copy once; None where it is kept already.

    It is made with the first step and not with the request, so that sending a form stays quick. The link of
    the requester is like a key, and is not printed on it.
    """
    known = select(Document.id).where(Document.ticket_id == ticket.id, Document.kind == RECEIPT)
    if session.scalar(known) is not None:
        return None
    data = ReceiptData(
        letterhead=stationery.letterhead,
        created_at=ticket.received_at,
        timezone=office.zone.key,
        classification=secrecy_of(ticket),
        ticket_number=ticket.number,
        agenda_number=agenda_number(session, ticket, office),
        received_at=ticket.received_at,
        requester_name=ticket.requester_name,
        requester_agency=", ".join(part for part in (ticket.requester_agency, ticket.requester_unit) if part),
        request_kind=facts.kind_in_words(ticket, office.procedure_of(ticket.run)),
        subject=ticket.subject,
        channel=wording.CHANNELS.get(ticket.channel, ticket.channel),
        attachment_names=tuple(file.name for file in ticket.files_of_request),
        promised_at=ticket.promised_at,
    ).to_dict()
    paper = Document(
        ticket_id=ticket.id,
        kind=RECEIPT,
        title=f"Tanda terima {ticket.number}",
        data=data,
        created_at=ticket.received_at,
        created_by_id=ticket.recorded_by_id,
    )
    return keep(session, paper, render_document(DocumentKind.RECEIPT, data), by=by, at=at)
