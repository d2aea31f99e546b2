"""Reading the papers of a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents.models import Document
from helpdesk.errors import NotFound
from helpdesk.tickets.models import Ticket


def list_documents(session: Session, ticket_id: int) -> Sequence[Document]:
    """Return the papers of the ticket, the oldest first."""
    return session.scalars(
        select(Document).where(Document.ticket_id == ticket_id).order_by(Document.id)
    ).all()


def get_document(session: Session, ticket: Ticket, document_id: int) -> Document:
    """Return a paper of the ticket, or raise NotFound."""
    found = session.get(Document, document_id)
    if found is None or found.ticket_id != ticket.id:
        raise NotFound
    return found


def list_numbers(session: Session, ticket_ids: Sequence[int], kind: str) -> dict[int, str]:
    """Return the number of each ticket's latest paper of a kind."""
    rows = session.execute(
        select(Document.ticket_id, Document.number)
        .where(Document.ticket_id.in_(ticket_ids), Document.kind == kind)
        .order_by(Document.id)
    )
    return {ticket_id: number or "" for ticket_id, number in rows}
