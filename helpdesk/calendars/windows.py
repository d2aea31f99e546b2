"""The working windows of an office day by day, as moments, with why each day has them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from helpdesk.calendars.rules import MINUTES_A_DAY, OfficeDay, WorkingCalendar, day_of


@dataclass(frozen=True, slots=True)
class WindowMoments:
    """One working window of a day, from a moment to a moment (UTC)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day as the office keeps it, with its windows as moments; a day off has none."""

    day: OfficeDay
    windows: tuple[WindowMoments, ...]


def days_from(calendar: WorkingCalendar, first: date) -> Iterator[OpenDay]:
    """Yield the days from the first on, without an end."""
    latest: datetime | None = None
    on = first
    while True:
        day = day_of(calendar, on)
        windows = []
        for window in day.hours:
            starts_at = moment_on(calendar, on, window.start_minute)
            ends_at = moment_on(calendar, on, window.end_minute)
            # As the table of the year does where a clock jumps: no window reaches into the one before.
            starts_at = starts_at if latest is None else max(starts_at, latest)
            if starts_at < ends_at:
                windows.append(WindowMoments(starts_at, ends_at))
                latest = ends_at
        yield OpenDay(day, tuple(windows))
        on += timedelta(days=1)


def moment_on(calendar: WorkingCalendar, on: date, minute: int) -> datetime:
    """Return the moment in UTC of a minute on the office's wall clock; 1440 is the midnight after."""
    days, minute = divmod(minute, MINUTES_A_DAY)
    wall = time(minute // 60, minute % 60)
    return datetime.combine(on + timedelta(days=days), wall, tzinfo=calendar.zone).astimezone(UTC)


def local_day(calendar: WorkingCalendar, at: datetime) -> date:
    """Return the office's date of a moment."""
    return at.astimezone(calendar.zone).date()


def digest_of(calendar: WorkingCalendar, first: date, last: date) -> str:
    """Return what identifies the calendar over the days: the same digest means the same working windows."""
    days = []
    for number in range((last - first).days + 1):
        day = day_of(calendar, first + timedelta(days=number))
        days.append([day.on.isoformat(), [str(window) for window in day.hours]])
    text = json.dumps([calendar.timezone, days], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def definition_digest(calendar: WorkingCalendar, years: Sequence[int]) -> str:
    """Return what identifies a calendar as it is written, with the holidays of the years."""
    holidays = [sorted(map(str, calendar.holidays.in_year(year))) for year in years]
    text = repr((calendar.timezone, calendar.week, calendar.exceptions, holidays))
    return hashlib.sha256(text.encode()).hexdigest()
