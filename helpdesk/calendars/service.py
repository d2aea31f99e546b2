"""Use cases of the calendar: the office's own days on top of the calendar file and the national list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars import queries
from helpdesk.calendars.changes import ChangedDays, changes_between
from helpdesk.calendars.confirmed import (
    ConfirmedHolidays,
    ListedDay,
    Origin,
    list_to_confirm,
    suggested_days,
)
from helpdesk.calendars.models import CalendarDay, HolidayConfirmation
from helpdesk.calendars.rules import (
    DatedException,
    DayKind,
    ExceptionKind,
    Hours,
    WeekChange,
    Window,
    WorkingCalendar,
    day_of,
    ensure_hours,
)
from helpdesk.calendars.windows import definition_digest
from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.events import record

LONGEST = timedelta(days=366)


def office_calendar(session: Session, base: WorkingCalendar) -> WorkingCalendar:
    """Return the calendar as it stands now: the file's, the confirmed holidays, and the office's own days."""
    exceptions = tuple(as_exception(day) for day in queries.list_days_in_force(session))
    confirmed = tuple((one.year, listed_days(one)) for one in queries.list_confirmations(session))
    return _completed(base, confirmed, exceptions) if exceptions or confirmed else base


@lru_cache(maxsize=8)
def _completed(
    base: WorkingCalendar,
    confirmed: tuple[tuple[int, tuple[ListedDay, ...]], ...],
    exceptions: tuple[DatedException, ...],
) -> WorkingCalendar:
    # A calendar keeps its tables of years; making them anew for every page would cost more than the page.
    holidays = ConfirmedHolidays(base.holidays, confirmed) if confirmed else base.holidays
    return replace(base, exceptions=(*base.exceptions, *exceptions), holidays=holidays)


def listed_days(confirmation: HolidayConfirmation) -> tuple[ListedDay, ...]:
    """Return the list that was confirmed, days that were left out too."""
    return tuple(ListedDay.from_dict(day) for day in confirmation.days)


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
    before = office_calendar(session, base)
    _ensure_sensible(before, exception)
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
    changes = changes_between(before, office_calendar(session, base), _days(starts_on, ends_on))
    _record(session, "calendar_day_added", day, changes, by=by, now=now)
    return day


def withdraw_day(
    session: Session, base: WorkingCalendar, day: CalendarDay, *, by: Person, now: datetime
) -> None:
    """Take an entry out of force; it stays on record."""
    if day.withdrawn_at is not None:
        raise EditConflict
    before = office_calendar(session, base)
    day.withdrawn_at = now
    session.flush()
    changes = changes_between(before, office_calendar(session, base), _days(day.starts_on, day.ends_on))
    _record(session, "calendar_day_withdrawn", day, changes, by=by, now=now)


def confirm_holidays(
    session: Session,
    base: WorkingCalendar,
    year: int,
    *,
    kept: Collection[date],
    added: Iterable[tuple[date, str, DayKind]],
    by: Person,
    now: datetime,
) -> HolidayConfirmation:
    """Confirm the national list of the year: which suggestions hold, and which days the office adds."""
    former = queries.find_confirmation(session, year)
    listed = list_to_confirm(suggested_days(base.holidays, year), listed_days(former) if former else ())
    days = {day.on: replace(day, is_kept=day.on in kept) for day in listed}
    for on, name, kind in added:
        if on.year != year:
            raise InputInvalid(field="added", reason="A day of another year cannot stand in this list.")
        if on not in days or not days[on].is_kept:
            days[on] = ListedDay(on, name, name, kind, Origin.OFFICE)
    before = office_calendar(session, base)
    confirmation = HolidayConfirmation(
        year=year,
        number=former.number + 1 if former else 1,
        confirmed_at=now,
        confirmed_by_id=by.id,
        days=[days[on].to_dict() for on in sorted(days)],
    )
    session.add(confirmation)
    session.flush()
    changes = changes_between(
        before, office_calendar(session, base), _days(date(year, 1, 1), date(year, 12, 31))
    )
    record(
        session,
        "holidays_confirmed",
        at=now,
        by=by,
        year=year,
        number=confirmation.number,
        kept=sum(day.is_kept and day.origin is Origin.LIBRARY for day in days.values()),
        left_out=[on.isoformat() for on in sorted(days) if not days[on].is_kept],
        added=[on.isoformat() for on in sorted(days) if days[on].origin is Origin.OFFICE],
        changes=[change.to_dict() for change in changes],
    )
    return confirmation


def note_file(session: Session, base: WorkingCalendar, *, now: datetime) -> bool:
    """Write into the journal that the calendar file, or the library's list, says something new."""
    last = queries.find_last_file_read(session)
    year = now.astimezone(base.zone).year
    years = last.data["years"] if last is not None else [year, year + 1]
    if last is not None and year in years and last.data["digest"] == definition_digest(base, years):
        return False
    years = [year, year + 1]
    record(
        session,
        queries.FILE_READ,
        at=now,
        name=base.name,
        timezone=base.timezone,
        years=years,
        digest=definition_digest(base, years),
        week=[", ".join(str(window) for window in hours) for hours in base.week],
        changes=[],
    )
    return True


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _record(
    session: Session,
    kind: str,
    day: CalendarDay,
    changes: Iterable[ChangedDays],
    *,
    by: Person,
    now: datetime,
) -> None:
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
        changes=[change.to_dict() for change in changes],
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
