"""The numbers that papers carry, taken from the office's series."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.numbering import queries as numbering_queries
from helpdesk.numbering.models import IssuedNumber
from helpdesk.numbering.rules import AGENDA, Paper
from helpdesk.numbering.service import issue_number
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office


def agenda_number(session: Session, ticket: Ticket, office: Office) -> str:
    """Return the agenda number of the ticket, as it was issued."""
    issued = numbering_queries.find_number(session, AGENDA, ticket.year, ticket.sequence)
    if issued is not None:
        return issued.text
    return office.numbering.write(AGENDA, ticket.sequence, office.day_of(ticket.received_at))


def number_paper(
    session: Session,
    ticket: Ticket,
    office: Office,
    series: str,
    *,
    at: datetime,
    by: Person | None,
    step_number: int = 0,
    attempt: int = 1,
) -> IssuedNumber:
    """Take the next number of the series for a paper of the ticket; keep it as `issued_number_id`."""
    return issue_number(
        session,
        office.numbering,
        series,
        on=office.day_of(at),
        at=at,
        by=by,
        ticket_id=ticket.id,
        paper=Paper(agenda_number(session, ticket, office), step_number, attempt),
    )
