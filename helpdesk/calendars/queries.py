"""Reading the office's own days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.calendars.models import CalendarDay
from helpdesk.errors import NotFound


def get_day(session: Session, day_id: int) -> CalendarDay:
    """Return the entry, or raise NotFound."""
    day = session.get(CalendarDay, day_id)
    if day is None:
        raise NotFound
    return day


def list_days_in_force(session: Session) -> Sequence[CalendarDay]:
    """Return what has not been withdrawn, in the order in which it was entered: later ones win."""
    statement = select(CalendarDay).where(CalendarDay.withdrawn_at.is_(None)).order_by(CalendarDay.id)
    return session.scalars(statement).all()


def list_days_of_year(session: Session, year: int) -> Sequence[CalendarDay]:
    """Return every entry that touches the year, withdrawn ones too, by date."""
    statement = (
        select(CalendarDay)
        .where(CalendarDay.starts_on <= date(year, 12, 31), CalendarDay.ends_on >= date(year, 1, 1))
        .order_by(CalendarDay.starts_on, CalendarDay.id)
    )
    return session.scalars(statement).all()
