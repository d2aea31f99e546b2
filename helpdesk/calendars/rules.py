"""Working time, to the minute. Pure: no clock, no files; a holiday list is handed in.

All arithmetic is on whole microseconds since 1970, over one table of working windows a year, so that a
deadline costs two binary searches. A start inside working time keeps its seconds (02:30:30 plus 60 minutes
is 03:30:30); a start outside of it counts from the next opening. A window includes its first moment and
excludes its last, and a budget that is used up exactly at closing time is due at closing time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from helpdesk.calendars.errors import (
    BudgetNegative,
    HoursInvalid,
    MomentNaive,
    MomentOutOfRange,
    WorkingTimeMissing,
)

MINUTES_A_DAY = 24 * 60
FIRST_YEAR, LAST_YEAR = 1900, 9000
# A budget that needs more years than this is a mistake of the calendar, not a deadline.
HORIZON_YEARS = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of working time within one day, in minutes since midnight; 24:00 is 1440."""

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_A_DAY:
            raise HoursInvalid(hours=str(self), reason="The end must come after the start, within one day.")

    def __str__(self) -> str:
        return f"{_clock(self.start_minute)}-{_clock(self.end_minute)}"


Hours = tuple[Window, ...]
Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
# Hours that replace the usual ones, Monday first; None leaves the weekday as it is.
WeekChange = tuple[Hours | None, ...]


class DayKind(StrEnum):
    """Why a day has the hours it has."""

    REGULAR = "regular"
    DAY_OFF = "day_off"
    NATIONAL_HOLIDAY = "national_holiday"
    JOINT_LEAVE = "joint_leave"
    CLOSED = "closed"
    OPEN = "open"
    SPECIAL = "special"


class ExceptionKind(StrEnum):
    """What a dated exception does to its days."""

    CLOSED = "closed"
    OPEN = "open"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of the national list, named in both languages."""

    name: str
    english_name: str
    kind: DayKind


class HolidaySource(Protocol):
    """Where national holidays come from; a year without a list is an empty mapping."""

    def in_year(self, year: int) -> Mapping[date, Holiday]:
        """Return the holidays of the year."""


@dataclass(frozen=True, slots=True)
class NoHolidays:
    """An office that keeps its own list only."""

    def in_year(self, year: int) -> Mapping[date, Holiday]:
        """Return nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class DatedException:
    """Days, both dates inclusive, that differ from the week.

    `closed`: no work. `open`: work in spite of a holiday or a day off, in the given hours or the usual
    ones. `special`: other hours (Ramadan); holidays within stay holidays.
    """

    starts_on: date
    ends_on: date
    kind: ExceptionKind
    name: str
    hours: WeekChange | None = None

    def covers(self, on: date) -> bool:
        """Tell whether the day is one of them."""
        return self.starts_on <= on <= self.ends_on

    def hours_on(self, on: date) -> Hours | None:
        """Return the hours it gives to the day, or None where it gives none."""
        return None if self.hours is None else self.hours[on.weekday()]


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """One day as the office keeps it."""

    on: date
    hours: Hours
    kind: DayKind
    name: str = ""
    english_name: str = ""

    @property
    def working_minutes(self) -> int:
        """How long the office works on the day."""
        return sum(window.end_minute - window.start_minute for window in self.hours)


@dataclass(frozen=True, slots=True)
class _Year:
    """The working windows of one local year, as moments; `through[i]` is the time worked to the end of i."""

    starts: list[int]
    ends: list[int]
    through: list[int]

    @property
    def total(self) -> int:
        return self.through[-1] if self.through else 0

    def worked_before(self, at: int) -> int:
        index = bisect_right(self.ends, at)
        if index == len(self.ends):
            return self.total
        length = self.ends[index] - self.starts[index]
        return self.through[index] - length + max(0, at - self.starts[index])


@dataclass(frozen=True)
class WorkingCalendar:
    """The hours of an office: its week, its dated exceptions, its holidays, its time zone."""

    timezone: str
    week: Week
    exceptions: tuple[DatedException, ...] = ()
    holidays: HolidaySource = NoHolidays()
    name: str = ""
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _years: dict[int, _Year] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.timezone))
        for hours in self.week:
            ensure_hours(hours)
        for exception in self.exceptions:
            for changed in exception.hours or ():
                ensure_hours(changed or ())

    def with_exceptions(self, exceptions: Iterable[DatedException]) -> WorkingCalendar:
        """Return the calendar with more dated exceptions; later ones win over earlier ones."""
        return replace(self, exceptions=(*self.exceptions, *exceptions))

    def year_table(self, year: int) -> _Year:
        """Return the windows of the year, made on first use."""
        table = self._years.get(year)
        if table is None:
            table = self._years[year] = _make_year(self, year)
        return table


def ensure_hours(hours: Hours) -> None:
    """Raise unless the windows of the day stand in order and apart from each other."""
    for earlier, later in pairwise(hours):
        if later.start_minute < earlier.end_minute:
            raise HoursInvalid(
                hours=f"{earlier}, {later}",
                reason="The windows of a day must be in order and must not overlap.",
            )


def day_of(calendar: WorkingCalendar, on: date) -> OfficeDay:
    """Return how the office keeps the day, and why."""
    return _day_of(calendar, on, calendar.holidays.in_year(on.year))


def days_of_year(calendar: WorkingCalendar, year: int) -> list[OfficeDay]:
    """Return every day of the year as the office keeps it."""
    holidays = calendar.holidays.in_year(year)
    ordinals = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    return [_day_of(calendar, date.fromordinal(ordinal), holidays) for ordinal in ordinals]


def _day_of(calendar: WorkingCalendar, on: date, holidays: Mapping[date, Holiday]) -> OfficeDay:
    """The newest open or closed day of the office wins, then the national list, then special hours."""
    covering = [exception for exception in reversed(calendar.exceptions) if exception.covers(on)]
    usual = _usual_day(calendar, on, [one for one in covering if one.kind is ExceptionKind.SPECIAL])
    for exception in covering:
        if exception.kind is ExceptionKind.CLOSED:
            return OfficeDay(on, (), DayKind.CLOSED, exception.name, exception.name)
        if exception.kind is ExceptionKind.OPEN:
            hours = exception.hours_on(on)
            hours = usual.hours if hours is None else hours
            return OfficeDay(on, hours, DayKind.OPEN, exception.name, exception.name)
    if on in holidays:
        holiday = holidays[on]
        return OfficeDay(on, (), holiday.kind, holiday.name, holiday.english_name)
    return usual


def _usual_day(calendar: WorkingCalendar, on: date, specials: list[DatedException]) -> OfficeDay:
    """The day by the week, or by the newest special hours that speak about its weekday."""
    for special in specials:
        hours = special.hours_on(on)
        if hours is not None:
            return OfficeDay(on, hours, DayKind.SPECIAL, special.name, special.name)
    hours = calendar.week[on.weekday()]
    return OfficeDay(on, hours, DayKind.REGULAR if hours else DayKind.DAY_OFF)


def due_at(calendar: WorkingCalendar, start: datetime, minutes: int) -> datetime:
    """Return the moment, in UTC, at which the working minutes counted from the start are used up."""
    if minutes < 0:
        raise BudgetNegative(minutes=minutes)
    return _used_up(calendar, start, minutes * _MINUTE)


def due_after(calendar: WorkingCalendar, start: datetime, worked: timedelta) -> datetime:
    """Return the moment, in UTC, at which so much working time counted from the start is used up."""
    if worked < timedelta():
        raise BudgetNegative(minutes=worked // timedelta(minutes=1))
    return _used_up(calendar, start, worked // _MICROSECOND)


def _used_up(calendar: WorkingCalendar, start: datetime, budget: int) -> datetime:
    if budget == 0:
        return next_opening(calendar, start)
    at, year = _locate(calendar, start)
    table = calendar.year_table(year)
    target = table.worked_before(at) + budget
    for _ in range(HORIZON_YEARS):
        if target <= table.total:
            index = bisect_left(table.through, target)
            return _moment(table.ends[index] - (table.through[index] - target))
        target -= table.total
        year += 1
        table = calendar.year_table(year)
    raise WorkingTimeMissing(years=HORIZON_YEARS)


def working_minutes_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Return the whole working minutes from start to end; negative when the end comes first."""
    if end < start:
        return -(_worked(calendar, end, start) // _MINUTE)
    return _worked(calendar, start, end) // _MINUTE


def worked_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time from start to end, exactly; none when the end comes first."""
    return timedelta(microseconds=_worked(calendar, start, end)) if start < end else timedelta()


def _worked(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    (first, first_year), (last, last_year) = _locate(calendar, start), _locate(calendar, end)
    worked = calendar.year_table(last_year).worked_before(last)
    worked -= calendar.year_table(first_year).worked_before(first)
    return worked + sum(calendar.year_table(year).total for year in range(first_year, last_year))


def is_working(calendar: WorkingCalendar, at: datetime) -> bool:
    """Tell whether the office works at the moment; at closing time it no longer does."""
    moment, year = _locate(calendar, at)
    table = calendar.year_table(year)
    index = bisect_right(table.ends, moment)
    return index < len(table.ends) and table.starts[index] <= moment


def next_opening(calendar: WorkingCalendar, at: datetime) -> datetime:
    """Return the first working moment from then on: the moment itself while the office works."""
    moment, _ = _locate(calendar, at)
    start, _ = _window_at_or_after(calendar, at)
    return _moment(max(moment, start))


def next_close(calendar: WorkingCalendar, at: datetime) -> datetime:
    """Return the end of the working window that runs at the moment, or of the next one."""
    return _moment(_window_at_or_after(calendar, at)[1])


def _window_at_or_after(calendar: WorkingCalendar, at: datetime) -> tuple[int, int]:
    moment, year = _locate(calendar, at)
    for candidate in range(year, year + HORIZON_YEARS):
        table = calendar.year_table(candidate)
        index = bisect_right(table.ends, moment)
        if index < len(table.ends):
            return table.starts[index], table.ends[index]
    raise WorkingTimeMissing(years=HORIZON_YEARS)


def _locate(calendar: WorkingCalendar, at: datetime) -> tuple[int, int]:
    """Return the moment as microseconds, and its year at the office."""
    if at.tzinfo is None:
        raise MomentNaive(moment=at.isoformat())
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise MomentOutOfRange(year=at.year, first=FIRST_YEAR, last=LAST_YEAR)
    return (at - _EPOCH) // _MICROSECOND, at.astimezone(calendar.zone).year


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _make_year(calendar: WorkingCalendar, year: int) -> _Year:
    table = _Year([], [], [])
    for day in days_of_year(calendar, year):
        for window in day.hours:
            _add_window(
                table,
                _wall_clock(calendar.zone, day.on, window.start_minute),
                _wall_clock(calendar.zone, day.on, window.end_minute),
            )
    return table


def _add_window(table: _Year, start: int, end: int) -> None:
    # Clocks of other countries jump, and a window whose edge lies in the skipped hour could reach into
    # the one before. Indonesian zones have no such hour.
    start = max(start, table.ends[-1]) if table.ends else start
    if start >= end:
        return
    worked = table.total + end - start
    if table.ends and table.ends[-1] == start:
        table.ends[-1], table.through[-1] = end, worked
        return
    table.starts.append(start)
    table.ends.append(end)
    table.through.append(worked)


def _wall_clock(zone: ZoneInfo, on: date, minute: int) -> int:
    days, minute = divmod(minute, MINUTES_A_DAY)
    local = datetime.combine(on + timedelta(days=days), time(minute // 60, minute % 60), tzinfo=zone)
    return (local - _EPOCH) // _MICROSECOND


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
