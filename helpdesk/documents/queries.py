"""Reading the papers of a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents.models import Document
from helpdesk.errors import NotFound
from helpdesk.numbering.models import IssuedNumber
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Viewer


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


@dataclass(frozen=True)
class NumberedPaper:
    """What carries a number: the ticket it belongs to, and the paper where it is a paper's."""

    ticket: Ticket
    document: Document | None


def papers_of_numbers(
    session: Session, numbers: Sequence[IssuedNumber], viewer: Viewer
) -> dict[int, NumberedPaper]:
    """Return what carries each number, by the number's id; only of tickets that the person may see."""
    wanted = {one.ticket_id for one in numbers if one.ticket_id is not None}
    tickets = {
        ticket.id: ticket
        for ticket in session.scalars(ticket_queries.select_tickets(viewer).where(Ticket.id.in_(wanted)))
    }
    documents = {
        document.issued_number_id: document
        for document in session.scalars(
            select(Document).where(Document.issued_number_id.in_([one.id for one in numbers]))
        )
    }
    return {
        one.id: NumberedPaper(tickets[one.ticket_id], documents.get(one.id))
        for one in numbers
        if one.ticket_id in tickets
    }
