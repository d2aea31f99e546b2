"""Reading which tickets findings opened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.findings.models import FindingRecord
from helpdesk.tickets.automatic.models import FindingTicket


def find_open_link(session: Session, finding: FindingRecord) -> FindingTicket | None:
    """Return the open ticket of the very thing that the finding is about, and hold it open.

    Whoever is ending the ticket at this moment is waited for: what comes after its end is not noted on it.
    """
    return session.scalar(
        select(FindingTicket)
        .where(
            FindingTicket.device_id == finding.device_id,
            FindingTicket.rule == finding.rule,
            FindingTicket.object_key == finding.object_key,
            FindingTicket.ended_at.is_(None),
        )
        .with_for_update(key_share=True)
    )


def find_open_link_of_device(session: Session, device_id: int, rule: str) -> FindingTicket | None:
    """Return the open ticket that a rule about the device as a whole opened, and hold it open."""
    return session.scalar(
        select(FindingTicket)
        .where(
            FindingTicket.device_id == device_id,
            FindingTicket.rule == rule,
            FindingTicket.ended_at.is_(None),
        )
        .order_by(FindingTicket.id)
        .limit(1)
        .with_for_update(key_share=True)
    )


def find_link_of_ticket(session: Session, ticket_id: int) -> FindingTicket | None:
    """Return what opened the ticket, or None where a person did."""
    return session.scalar(select(FindingTicket).where(FindingTicket.ticket_id == ticket_id))
