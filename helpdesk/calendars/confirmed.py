"""National holidays: suggested by the library, confirmed by the office year by year. Pure.

Until a year is confirmed its suggestions hold, so that deadlines are right by default; the pages say that
nobody has confirmed them. A confirmed year is what the office said, whatever a later library suggests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from helpdesk.calendars.rules import DayKind, Holiday, HolidaySource

# From the first of October the list of the next year is awaited: the decree is out by then as a rule.
AWAITED_FROM_MONTH = 10


class Origin(StrEnum):
    """Where a day of a confirmed list came from."""

    LIBRARY = "library"
    OFFICE = "office"


@dataclass(frozen=True, slots=True, order=True)
class ListedDay:
    """One day of the list of a year, kept or left out by the office."""

    on: date
    name: str
    english_name: str
    kind: DayKind
    origin: Origin
    is_kept: bool = True

    @property
    def holiday(self) -> Holiday:
        """The day as the calendar knows it."""
        return Holiday(self.name, self.english_name, self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Return the day as plain values."""
        return {
            "on": self.on.isoformat(),
            "name": self.name,
            "english_name": self.english_name,
            "kind": self.kind.value,
            "origin": self.origin.value,
            "is_kept": self.is_kept,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> ListedDay:
        """Read what `to_dict` wrote."""
        return cls(
            date.fromisoformat(kept["on"]),
            kept["name"],
            kept["english_name"],
            DayKind(kept["kind"]),
            Origin(kept["origin"]),
            kept["is_kept"],
        )


@dataclass(frozen=True)
class ConfirmedHolidays:
    """The confirmed years as the office said, and the suggestions of all other years."""

    suggested: HolidaySource
    years: tuple[tuple[int, tuple[ListedDay, ...]], ...]

    def in_year(self, year: int) -> Mapping[date, Holiday]:
        """Return the holidays of the year."""
        for confirmed, days in self.years:
            if confirmed == year:
                return {day.on: day.holiday for day in days if day.is_kept}
        return self.suggested.in_year(year)


def suggested_days(source: HolidaySource, year: int) -> list[ListedDay]:
    """Return what the library suggests for the year, by date."""
    return [
        ListedDay(on, holiday.name, holiday.english_name, holiday.kind, Origin.LIBRARY)
        for on, holiday in sorted(source.in_year(year).items())
    ]


def list_to_confirm(suggested: Iterable[ListedDay], confirmed: Iterable[ListedDay]) -> list[ListedDay]:
    """Return the list as the office would confirm it: the suggestions, and what it said before of any day."""
    days = {day.on: day for day in suggested}
    for day in confirmed:
        days[day.on] = day
    return [days[on] for on in sorted(days)]


def unheard_of(suggested: Iterable[ListedDay], confirmed: Iterable[ListedDay]) -> list[ListedDay]:
    """Return the suggestions that came after the office had confirmed the year."""
    known = {day.on for day in confirmed}
    return [day for day in suggested if day.on not in known]


def years_to_confirm(confirmed: Collection[int], today: date) -> list[int]:
    """Return the years whose list the office has to confirm: this one, and from October on the next."""
    awaited = [today.year] + ([today.year + 1] if today.month >= AWAITED_FROM_MONTH else [])
    return [year for year in awaited if year not in confirmed]
