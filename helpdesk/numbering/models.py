"""Tables of numbers: the counter of each series and year, and every number that was issued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base


class NumberSeries(Base):
    """The last number given in a series and year; taking the next locks the row until the commit."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(32), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class IssuedNumber(Base):
    """One number as it was issued. A void one stays, with its reason: it is never given again."""

    __tablename__ = "issued_numbers"
    __table_args__ = (UniqueConstraint("series", "year", "number"), UniqueConstraint("series", "text"))

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(32))
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(64))
    # Tickets and papers are subjects above this one: papers point here, and the ticket is told by its id.
    ticket_id: Mapped[int | None] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    void_reason: Mapped[str | None] = mapped_column(String(2000))

    issued_by: Mapped[Person | None] = relationship(foreign_keys=[issued_by_id])
    voided_by: Mapped[Person | None] = relationship(foreign_keys=[voided_by_id])

    @property
    def is_void(self) -> bool:
        """Whether the number was voided."""
        return self.voided_at is not None
