"""The grammar of a calendar file; `data/kemenko.yaml` explains it by example."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from helpdesk.calendars.errors import HoursInvalid
from helpdesk.calendars.rules import Hours, Window, ensure_hours
from helpdesk.datafiles import Refused

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
DEFAULT_CATEGORIES = ("public", "government")

_NAMES = (
    "mon monday senin sen",
    "tue tuesday selasa sel",
    "wed wednesday rabu rab",
    "thu thursday kamis kam",
    "fri friday jumat jum jum'at",
    "sat saturday sabtu sab",
    "sun sunday minggu min ahad",
)
WEEKDAYS = {name: number for number, names in enumerate(_NAMES) for name in names.split()}
_TIME = r"([0-9]{1,2})[.:]([0-9]{2})"
_WINDOW = re.compile(rf"^\s*{_TIME}\s*[-–—]\s*{_TIME}\s*$")


def _read_window(value: Any) -> Window:
    if isinstance(value, Window):
        return value
    match = _WINDOW.match(value) if isinstance(value, str) else None
    if match is None or int(match[2]) > 59 or int(match[4]) > 59:
        raise Refused(
            id=f"jam {value!r} tidak dikenal, tulis misalnya '07.30-12.00'",
            en=f"the hours {value!r} cannot be read, write for instance '07:30-12:00'",
        )
    try:
        return Window(int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]))
    except HoursInvalid:
        raise Refused(
            id=f"jam {value!r} tidak sah: selesai harus sesudah mulai, pada hari yang sama",
            en=f"the hours {value!r} are not valid: the end must come after the start, within one day",
        ) from None


def _read_hours(value: Any) -> Hours:
    """Read the windows of one day; an empty list is a day off."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise Refused(id="harus berupa daftar jam", en="must be a list of hours")
    hours = tuple(sorted(_read_window(item) for item in items))
    try:
        ensure_hours(hours)
    except HoursInvalid as error:
        overlap = error.details["hours"]
        raise Refused(id=f"jam bertumpang tindih: {overlap}", en=f"hours overlap: {overlap}") from None
    return hours


def weekdays_of(name: str) -> list[int]:
    """Return the weekdays (Monday is 0) that a key such as `fri` or `senin-kamis` names."""
    ends = [WEEKDAYS.get(part.strip().lower()) for part in re.split("[-–—]", name)]
    first, last = ends[0], ends[-1]
    if first is None or last is None or len(ends) > 2 or last < first:
        raise Refused(
            id=f"hari '{name}' tidak dikenal, tulis misalnya senin, mon atau senin-kamis",
            en=f"the weekday '{name}' is not known, write for instance mon, senin or mon-thu",
        )
    return list(range(first, last + 1))


def _each_weekday_once(week: dict[str, Hours]) -> dict[str, Hours]:
    named: set[int] = set()
    for key in week:
        for weekday in weekdays_of(key):
            if weekday in named:
                raise Refused(
                    id=f"hari pada '{key}' sudah disebut", en=f"a weekday of '{key}' is named already"
                )
            named.add(weekday)
    return week


def _known_zone(value: Any) -> Any:
    key = ZONES.get(value, value) if isinstance(value, str) else value
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise Refused(
            id=f"{value!r} bukan zona waktu, tulis misalnya Asia/Jakarta",
            en=f"{value!r} is not a time zone, write for instance Asia/Jakarta",
        ) from None
    return key


DayHours = Annotated[Hours, BeforeValidator(_read_hours)]
WeekHours = Annotated[dict[str, DayHours], AfterValidator(_each_weekday_once)]


class Part(BaseModel):
    """The root of all parts of a calendar file: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DaysNamed(Part):
    """One date, or from a date to a date, with the reason that people read."""

    on: date | None = Field(default=None, alias="date")
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    name: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare_date(cls, value: Any) -> Any:
        return {"date": value} if isinstance(value, (str, date)) else value

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if (self.on is None) == (self.first is None or self.last is None) or (self.on and self.first):
            raise Refused(
                id="tulis 'date', atau 'from' bersama 'to'", en="write 'date', or 'from' together with 'to'"
            )
        if self.ends_on < self.starts_on:
            raise Refused(id="'to' mendahului 'from'", en="'to' comes before 'from'")
        return self

    @property
    def starts_on(self) -> date:
        """The first day."""
        return self.on or self.first or date.min

    @property
    def ends_on(self) -> date:
        """The last day, inclusive."""
        return self.on or self.last or date.min

    def days(self) -> list[date]:
        """Return every day of it."""
        return [
            self.starts_on + timedelta(days=number)
            for number in range((self.ends_on - self.starts_on).days + 1)
        ]


class DaysOpen(DaysNamed):
    """Days worked in spite of a holiday or a weekend."""

    hours: DayHours | None = None


class DaysSpecial(DaysNamed):
    """Days with other hours."""

    week: WeekHours | None = None
    hours: DayHours | None = None

    @model_validator(mode="after")
    def _hours_said_once(self) -> Self:
        if (self.week is None) == (self.hours is None):
            raise Refused(id="tulis 'week' atau 'hours'", en="write 'week' or 'hours'")
        return self


class HolidayList(Part):
    """A country's list of the holiday library, or the office's own days in its place."""

    country: str | None = Field(default="ID", pattern=r"^[A-Z]{2,3}$")
    categories: tuple[str, ...] = Field(default=DEFAULT_CATEGORIES, min_length=1)
    days: tuple[DaysNamed, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, bool):
            return {} if value else {"country": None}
        return {"country": None, "days": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _known_to_the_library(self) -> Self:
        try:
            if self.country is not None:
                country_holidays(self.country, categories=self.categories)
        except (NotImplementedError, ValueError) as error:
            raise Refused(
                id=f"tidak dikenal oleh pustaka hari libur ({error})",
                en=f"not known to the holiday library ({error})",
            ) from None
        return self


class CalendarFile(Part):
    """A whole calendar file."""

    name: str = ""
    timezone: Annotated[str, BeforeValidator(_known_zone)] = "Asia/Jakarta"
    week: WeekHours
    holidays: HolidayList = HolidayList()
    closed: tuple[DaysNamed, ...] = ()
    open: tuple[DaysOpen, ...] = ()
    special: tuple[DaysSpecial, ...] = ()
