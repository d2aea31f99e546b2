"""Use cases of the calendar: the office's own days on top of the calendar file and the national list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars import queries
from helpdesk.calendars.models import CalendarDay
from helpdesk.calendars.rules import (
    DatedException,
    ExceptionKind,
    Hours,
    WeekChange,
    Window,
    WorkingCalendar,
    day_of,
    ensure_hours,
)
from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.events import record

LONGEST = timedelta(days=366)


def office_calendar(session: Session, base: WorkingCalendar) -> WorkingCalendar:
    """Return the calendar as it stands now: the file's, and the office's own days."""
    exceptions = tuple(as_exception(day) for day in queries.list_days_in_force(session))
    return _with_exceptions(base, exceptions) if exceptions else base


@lru_cache(maxsize=8)
def _with_exceptions(base: WorkingCalendar, exceptions: tuple[DatedException, ...]) -> WorkingCalendar:
    # A calendar keeps its tables of years; making them anew for every page would cost more than the page.
    return base.with_exceptions(exceptions)


def as_exception(day: CalendarDay) -> DatedException:
    """Return the row as the rules know it."""
    return DatedException(
        day.starts_on, day.ends_on, ExceptionKind(day.kind), day.name, _read_hours(day.hours)
    )


def add_day(
    session: Session,
    base: WorkingCalendar,
    *,
    kind: ExceptionKind,
    starts_on: date,
    ends_on: date,
    name: str,
    by: Person,
    now: datetime,
    hours: WeekChange | None = None,
) -> CalendarDay:
    """Enter a day, or several, on which the office differs from its week."""
    exception = DatedException(starts_on, ends_on, kind, name.strip(), hours)
    _ensure_sensible(office_calendar(session, base), exception)
    day = CalendarDay(
        starts_on=starts_on,
        ends_on=ends_on,
        kind=kind.value,
        name=exception.name,
        hours=_write_hours(hours),
        created_at=now,
        created_by_id=by.id,
    )
    session.add(day)
    session.flush()
    _record(session, "calendar_day_added", day, by=by, now=now)
    return day


def withdraw_day(session: Session, day: CalendarDay, *, by: Person, now: datetime) -> None:
    """Take an entry out of force; it stays on record."""
    if day.withdrawn_at is not None:
        raise EditConflict
    day.withdrawn_at = now
    _record(session, "calendar_day_withdrawn", day, by=by, now=now)


def _record(session: Session, kind: str, day: CalendarDay, *, by: Person, now: datetime) -> None:
    record(
        session,
        kind,
        at=now,
        by=by,
        calendar_day_id=day.id,
        day_kind=day.kind,
        starts_on=day.starts_on.isoformat(),
        ends_on=day.ends_on.isoformat(),
        name=day.name,
        hours=day.hours,
    )


def _ensure_sensible(calendar: WorkingCalendar, exception: DatedException) -> None:
    """Raise unless the entry says something, about a stretch of time that can be meant."""
    if not exception.name:
        raise InputInvalid(field="name", reason="Say why, in a few words.")
    if exception.ends_on < exception.starts_on:
        raise InputInvalid(field="ends_on", reason="The last day comes before the first.")
    if exception.ends_on - exception.starts_on > LONGEST:
        raise InputInvalid(field="ends_on", reason="Enter at most one year at a time.")
    for hours in exception.hours or ():
        ensure_hours(hours or ())
    if exception.kind is ExceptionKind.SPECIAL and not any(exception.hours or ()):
        raise InputInvalid(field="hours", reason="Write the hours that hold instead of the usual ones.")
    if exception.kind is ExceptionKind.OPEN and _has_day_without_hours(calendar, exception):
        raise InputInvalid(field="hours", reason="The week has no hours for this day: write them.")


def _has_day_without_hours(calendar: WorkingCalendar, exception: DatedException) -> bool:
    """Whether the office would be open on a day and yet have no hours."""
    opened = calendar.with_exceptions((exception,))
    count = (exception.ends_on - exception.starts_on).days + 1
    days = (exception.starts_on + timedelta(days=offset) for offset in range(count))
    return any(not day_of(opened, on).hours for on in days)


def _write_hours(hours: WeekChange | None) -> dict[str, Any] | None:
    if hours is None:
        return None
    return {"week": [None if day is None else [[w.start_minute, w.end_minute] for w in day] for day in hours]}


def _read_hours(stored: dict[str, Any] | None) -> WeekChange | None:
    if stored is None:
        return None
    return tuple(None if day is None else _windows(day) for day in stored["week"])


def _windows(pairs: list[list[int]]) -> Hours:
    return tuple(Window(start, end) for start, end in pairs)
