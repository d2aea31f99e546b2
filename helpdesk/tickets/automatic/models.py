"""Table of the tickets that findings opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Base
from helpdesk.findings.models import FindingRecord
from helpdesk.tickets.models import Ticket

_OPEN = text("ended_at IS NULL")


class FindingTicket(Base):
    """Which ticket a thing that was wrong opened; it takes what follows until a person ends the ticket."""

    __tablename__ = "finding_tickets"
    __table_args__ = (
        # One open ticket for each thing, whoever stores a snapshot at the same moment.
        Index(
            "uq__finding_tickets__open",
            "device_id",
            "rule",
            "object_key",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    rule: Mapped[str] = mapped_column(String(40))
    object_key: Mapped[str] = mapped_column(String(120))
    # The latest finding of the thing; a repeat is a finding of its own.
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    finding: Mapped[FindingRecord] = relationship()
    ticket: Mapped[Ticket] = relationship()
