"""What the calendar page tells about a calendar. Pure, as the rules are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from helpdesk.calendars.rules import DayKind, Holiday, OfficeDay, WorkingCalendar, day_of


@dataclass(frozen=True, slots=True)
class NationalDay:
    """A day of the national list, and how the office keeps it."""

    on: date
    holiday: Holiday
    kept: OfficeDay

    @property
    def is_worked(self) -> bool:
        """Whether the office works in spite of it."""
        return self.kept.kind is DayKind.OPEN


def national_days(calendar: WorkingCalendar, year: int) -> list[NationalDay]:
    """Return the national holidays and the joint leave of the year, by date."""
    listed = sorted(calendar.holidays.in_year(year).items())
    return [NationalDay(on, holiday, day_of(calendar, on)) for on, holiday in listed]


def has_joint_leave(calendar: WorkingCalendar, year: int) -> bool:
    """Whether the government's decree on cuti bersama of the year is in the national list."""
    return any(one.kind is DayKind.JOINT_LEAVE for one in calendar.holidays.in_year(year).values())


def is_joint_leave_missing(calendar: WorkingCalendar, year: int) -> bool:
    """Whether the year has no joint leave though the years before it had: the list is not complete yet."""
    return not has_joint_leave(calendar, year) and any(
        has_joint_leave(calendar, earlier) for earlier in (year - 1, year - 2)
    )


def weekly_minutes(calendar: WorkingCalendar) -> int:
    """Return how long the office works in an ordinary week."""
    return sum(window.end_minute - window.start_minute for hours in calendar.week for window in hours)
