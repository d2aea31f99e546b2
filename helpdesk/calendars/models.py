"""The office's own list of days that differ from the week."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import String
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
