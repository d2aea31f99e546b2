"""Reading what is kept, held and erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from helpdesk.archive.models import Erasure, LegalHold, Retention
from helpdesk.archive.rules import Keeping
from helpdesk.errors import NotFound
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import TicketStatus


@dataclass(frozen=True)
class Kept:
    """All that is known of the keeping of a case."""

    ticket: Ticket
    retention: Retention | None
    holds: Sequence[LegalHold]
    erasure: Erasure | None

    @property
    def keeping(self) -> Keeping:
        """How the case stands, for the rules."""
        return Keeping(
            is_open=self.ticket.status == TicketStatus.OPEN.value,
            kept_until=self.retention.keep_until if self.retention else None,
            has_class=self.retention is not None,
            is_held=any(hold.lifted_at is None for hold in self.holds),
            is_erased=self.erasure is not None,
        )

    @property
    def open_hold(self) -> LegalHold | None:
        """The hold that stands."""
        return next((hold for hold in self.holds if hold.lifted_at is None), None)


def get_ticket_by_number(session: Session, number: str) -> Ticket:
    """Return the ticket with the number, or raise NotFound."""
    found = session.scalar(select(Ticket).where(Ticket.number == number.strip().upper()))
    if found is None:
        raise NotFound
    return found


def find_kept(session: Session, ticket: Ticket) -> Kept:
    """Return how the ticket is kept."""
    holds = session.scalars(
        select(LegalHold).where(LegalHold.ticket_id == ticket.id).order_by(LegalHold.id)
    ).all()
    retention = session.get(Retention, ticket.id, populate_existing=True)
    return Kept(ticket, retention, holds, session.get(Erasure, ticket.id))


def get_hold(session: Session, ticket: Ticket, hold_id: int) -> LegalHold:
    """Return a hold of the ticket, or raise NotFound."""
    found = session.get(LegalHold, hold_id)
    if found is None or found.ticket_id != ticket.id:
        raise NotFound
    return found


def list_due(session: Session, today: date, *, limit: int = 200) -> Sequence[Retention]:
    """Return the cases whose days of keeping are over and which nobody holds, the oldest first."""
    held = exists().where(LegalHold.ticket_id == Retention.ticket_id, LegalHold.lifted_at.is_(None))
    erased = exists().where(Erasure.ticket_id == Retention.ticket_id)
    return session.scalars(
        select(Retention)
        .where(Retention.keep_until < today, ~held, ~erased)
        .order_by(Retention.keep_until, Retention.ticket_id)
        .limit(limit)
    ).all()


def list_held(session: Session) -> Sequence[tuple[LegalHold, Ticket]]:
    """Return the holds that stand, with their tickets."""
    rows = session.execute(
        select(LegalHold, Ticket)
        .join(Ticket, Ticket.id == LegalHold.ticket_id)
        .where(LegalHold.lifted_at.is_(None))
        .order_by(LegalHold.placed_at)
    )
    return [(hold, ticket) for hold, ticket in rows]


def count_by_class(session: Session) -> dict[str, int]:
    """Return how many cases each class holds."""
    rows = session.execute(select(Retention.class_code, func.count()).group_by(Retention.class_code))
    return {row.class_code: row[1] for row in rows}


def list_unclassed(session: Session) -> Sequence[Ticket]:
    """Return the tickets that ended and have no class yet."""
    classed = exists().where(Retention.ticket_id == Ticket.id)
    return session.scalars(
        select(Ticket).where(Ticket.status != TicketStatus.OPEN.value, ~classed).order_by(Ticket.id)
    ).all()
