"""Tables of keeping: how long a case is kept, what must not be erased meanwhile, and what was erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.tickets.models import Ticket


class Retention(Base):
    """How long a closed case is kept, by the office's schedule (jadwal retensi arsip)."""

    __tablename__ = "retentions"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    class_code: Mapped[str] = mapped_column(String(32), index=True)
    # The last day of keeping; None is for good.
    keep_until: Mapped[date | None] = mapped_column(index=True)
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)

    ticket: Mapped[Ticket] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class LegalHold(Base):
    """Nothing of the case is erased while the hold stands."""

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lift_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)

    placed_by: Mapped[Person] = relationship(foreign_keys=[placed_by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])

    __mapper_args__ = {"version_id_col": version}


class Erasure(Base):
    """The personal data of a requester was erased: when, by whom, why, and how much."""

    __tablename__ = "erasures"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    erased_at: Mapped[datetime]
    erased_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500))
    # What went, by kind: {"messages": 2, "letters": 5, …}; no word of what it was.
    counts: Mapped[dict[str, Any]]

    erased_by: Mapped[Person] = relationship()
