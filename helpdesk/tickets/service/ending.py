"""The end of a ticket: closed by its last step, or cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import Forbidden
from helpdesk.events import record
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.clocks.service import abandon_clock
from helpdesk.tickets.holders import viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import TicketStatus
from helpdesk.tickets.service.holding import ensure_open


def cancel_ticket(
    session: Session,
    ticket: Ticket,
    *,
    reason: str,
    office: Office,
    by: Person,
    role: str,
    now: datetime,
) -> None:
    """End a ticket that is no case for the procedure (a double, junk, withdrawn by the requester)."""
    ensure_open(ticket)
    standing = viewer_of_person(session, by, office, now)
    if not any(office.is_head(one) for one in standing.roles):
        raise Forbidden
    sop_queries.read_again(session, ticket.run)
    ticket.status, ticket.closed_at, ticket.cancel_reason = TicketStatus.CANCELLED.value, now, reason
    for current in sop_queries.list_current(ticket.run):
        current.state, current.finished_at, current.finished_by_id = "cancelled", now, by.id
        abandon_clock(current, by=by, now=now)
    ticket.run.finished_at, ticket.run.arrived = now, []
    record(
        session,
        "ticket_cancelled",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        reason=reason,
    )


def close_ticket(session: Session, ticket: Ticket, *, by: Person, role: str, now: datetime) -> None:
    """Close the ticket whose procedure is over."""
    ticket.status, ticket.closed_at = TicketStatus.CLOSED.value, now
    record(
        session,
        "ticket_closed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
    )
