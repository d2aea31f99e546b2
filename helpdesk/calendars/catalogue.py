"""Calendars from files, and national holidays from the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from holidays import country_holidays
from pydantic import ValidationError

from helpdesk.calendars.errors import CalendarFileInvalid
from helpdesk.calendars.rules import (
    DatedException,
    DayKind,
    ExceptionKind,
    Holiday,
    HolidaySource,
    Hours,
    NoHolidays,
    Week,
    WeekChange,
    WorkingCalendar,
)
from helpdesk.calendars.schema import CalendarFile, DaysSpecial, HolidayList, weekdays_of
from helpdesk.datafiles import Document, Location, Text, findings_of, read_document, read_file

DEFAULT_CALENDAR = Path(__file__).parent / "data" / "kemenko.yaml"
JOINT_LEAVE_CATEGORY = "government"


@dataclass(frozen=True)
class LibraryHolidays:
    """National holidays and cuti bersama as the holiday library knows them: suggestions, year by year."""

    country: str = "ID"
    categories: tuple[str, ...] = ("public", JOINT_LEAVE_CATEGORY)

    def in_year(self, year: int) -> Mapping[date, Holiday]:
        """Return the holidays of the year; none where the library's list does not reach."""
        return _listed(self.country, self.categories, year)

    def has_joint_leave(self, year: int) -> bool:
        """Tell whether the government's decree on cuti bersama of the year is in the list."""
        return any(holiday.kind is DayKind.JOINT_LEAVE for holiday in self.in_year(year).values())


@cache
def _listed(country: str, categories: tuple[str, ...], year: int) -> Mapping[date, Holiday]:
    days: dict[date, Holiday] = {}
    # A day that stands in several categories takes the name and kind of the national holiday.
    for category in sorted(categories, key=lambda name: name != JOINT_LEAVE_CATEGORY):
        kind = DayKind.JOINT_LEAVE if category == JOINT_LEAVE_CATEGORY else DayKind.NATIONAL_HOLIDAY
        # The language is said outright: the library would take it from the environment of the process.
        indonesian, english = (
            country_holidays(country, years=year, categories=(category,), language=language)
            for language in ("id", "en_US")
        )
        days |= {on: Holiday(name, english.get(on, name), kind) for on, name in indonesian.items()}
    return days


def default_calendar() -> WorkingCalendar:
    """Return the office's calendar as it is shipped."""
    return load_calendar(DEFAULT_CALENDAR)


def calendar_of_office(path: Path | None, timezone: str) -> WorkingCalendar:
    """Return the calendar of the file; without one the shipped one, in the office's own time zone."""
    return load_calendar(path) if path else replace(default_calendar(), timezone=timezone)


def load_calendar(path: Path | None = None) -> WorkingCalendar:
    """Return the calendar of the YAML or JSON file, or the shipped one; raise with everything wrong in it."""
    return _calendar_in(read_file(path or DEFAULT_CALENDAR))


def parse_calendar(text: str, name: str) -> WorkingCalendar:
    """Return the calendar written in the text; `name` stands in the problems."""
    return _calendar_in(read_document(text, name))


def _calendar_in(document: Document) -> WorkingCalendar:
    if document.problems:
        raise CalendarFileInvalid(document.problems)
    try:
        content = CalendarFile.model_validate(document.value)
    except ValidationError as error:
        raise CalendarFileInvalid(document.problems_of(findings_of(error))) from None
    findings = [*_contradictions(content), *_days_without_hours(content)]
    if findings:
        raise CalendarFileInvalid(document.problems_of(findings))
    return _build(content)


def _contradictions(content: CalendarFile) -> Iterable[tuple[Location, Text]]:
    """A day that is both closed and open."""
    for index, worked in enumerate(content.open):
        for closed in content.closed:
            if worked.starts_on <= closed.ends_on and closed.starts_on <= worked.ends_on:
                on = max(worked.starts_on, closed.starts_on).isoformat()
                yield (
                    ("open", index),
                    Text(id=f"{on} disebut buka dan tutup", en=f"{on} is both open and closed"),
                )


def _days_without_hours(content: CalendarFile) -> Iterable[tuple[Location, Text]]:
    """A working week without hours, and a day said to be open that has none."""
    week = _week(content.week)
    if not any(week):
        yield ("week",), Text(id="tidak ada jam kerja dalam seminggu", en="the week has no working hours")
    for index, worked in enumerate(content.open):
        for on in worked.days() if worked.hours is None else ():
            if not week[on.weekday()]:
                yield (
                    ("open", index),
                    Text(
                        id=f"{on.isoformat()} bukan hari kerja, tulis 'hours'",
                        en=f"{on.isoformat()} is a day off, write its 'hours'",
                    ),
                )
                break


def _build(content: CalendarFile) -> WorkingCalendar:
    week = _week(content.week)
    exceptions = [
        DatedException(days.starts_on, days.ends_on, ExceptionKind.SPECIAL, days.name, _change(days, week))
        for days in content.special
    ]
    exceptions += [
        DatedException(days.starts_on, days.ends_on, ExceptionKind.CLOSED, days.name)
        for days in (*content.holidays.days, *content.closed)
    ]
    exceptions += [
        DatedException(
            days.starts_on,
            days.ends_on,
            ExceptionKind.OPEN,
            days.name,
            None if days.hours is None else (days.hours,) * 7,
        )
        for days in content.open
    ]
    return WorkingCalendar(
        timezone=content.timezone,
        week=week,
        exceptions=tuple(exceptions),
        holidays=_holidays(content.holidays),
        name=content.name,
    )


def _holidays(wanted: HolidayList) -> HolidaySource:
    return NoHolidays() if wanted.country is None else LibraryHolidays(wanted.country, wanted.categories)


def _week(named: Mapping[str, Hours]) -> Week:
    by_weekday = {weekday: hours for key, hours in named.items() for weekday in weekdays_of(key)}
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        by_weekday.get(weekday, ()) for weekday in range(7)
    )
    return (monday, tuesday, wednesday, thursday, friday, saturday, sunday)


def _change(days: DaysSpecial, week: Week) -> WeekChange:
    """Hours for every working weekday, or for the weekdays that are named."""
    if days.week is None:
        return tuple(days.hours if usual else None for usual in week)
    by_weekday = {weekday: hours for key, hours in days.week.items() for weekday in weekdays_of(key)}
    return tuple(by_weekday.get(weekday) for weekday in range(7))
