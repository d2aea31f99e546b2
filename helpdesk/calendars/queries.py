"""Reading the office's own days, its confirmed lists, and the journal of its calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.calendars.models import CalendarDay, HolidayConfirmation
from helpdesk.errors import NotFound
from helpdesk.events import Event

FILE_READ = "calendar_file_read"
# What changes the calendar; whoever keeps a deadline listens to these.
CHANGES = ("calendar_day_added", "calendar_day_withdrawn", "holidays_confirmed", FILE_READ)
RECKONED = "deadlines_reckoned"


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


def list_confirmations(session: Session) -> Sequence[HolidayConfirmation]:
    """Return the confirmation in force of every year that has one, by year."""
    latest = (
        select(HolidayConfirmation.year, func.max(HolidayConfirmation.number).label("number"))
        .group_by(HolidayConfirmation.year)
        .subquery()
    )
    return session.scalars(
        select(HolidayConfirmation)
        .join(
            latest,
            (HolidayConfirmation.year == latest.c.year) & (HolidayConfirmation.number == latest.c.number),
        )
        .order_by(HolidayConfirmation.year)
    ).all()


def list_confirmed_years(session: Session) -> frozenset[int]:
    """Return the years whose list is confirmed."""
    return frozenset(session.scalars(select(HolidayConfirmation.year).distinct()))


def find_confirmation(session: Session, year: int) -> HolidayConfirmation | None:
    """Return the confirmation in force of the year, or None."""
    return session.scalar(
        select(HolidayConfirmation)
        .where(HolidayConfirmation.year == year)
        .order_by(HolidayConfirmation.number.desc())
        .limit(1)
    )


def list_changes(session: Session, limit: int = 50) -> Sequence[Event]:
    """Return the journal of the calendar, the newest first."""
    return session.scalars(
        select(Event).where(Event.kind.in_(CHANGES)).order_by(Event.id.desc()).limit(limit)
    ).all()


def count_moved(session: Session, since_event_id: int) -> dict[int, int]:
    """Return how many deadlines each change moved, by the change's event, from that event on."""
    events = session.scalars(select(Event).where(Event.kind == RECKONED, Event.id > since_event_id))
    return {event.data["cause_event_id"]: event.data["moved"] for event in events}


def find_last_file_read(session: Session) -> Event | None:
    """Return when the calendar file was last seen to say something new, or None."""
    return session.scalar(select(Event).where(Event.kind == FILE_READ).order_by(Event.id.desc()).limit(1))
