"""The office's own list of days that differ from the week."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import Base


class CalendarDay(Base):
    """A day (or several, dates inclusive) on which the office is closed, open, or keeps other hours."""

    __tablename__ = "calendar_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(16))  # closed | open | special
    name: Mapped[str] = mapped_column(String(200))
    hours: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]


class HolidayConfirmation(Base):
    """The office's word on a year's national holidays; the newest holds, and none is changed."""

    __tablename__ = "holiday_confirmations"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]  # 1 for the first confirmation of the year, and so on
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # Every day that was suggested or added: {on, name, english_name, kind, origin, is_kept}.
    days: Mapped[list[Any]]
