"""A list of days as people paste it from a decree or a table: one day, or a span of days, a line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_SPAN_DAYS = 31
LONGEST_NAME = 200
_MONTHS = (
    "januari january jan",
    "februari february feb",
    "maret march mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agu agt aug",
    "september sep sept",
    "oktober october okt oct",
    "november nov nop nopember",
    "desember december des dec",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_WEEKDAY = r"(?:(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tue|wed|thu|fri|sat|sun)[a-z]*\W+)?"
_UNTIL = r"(?:-|–|—|s\.?/?d\.?|sampai|to)"
# The number or the dot of a list.
_MARKER = re.compile(r"^\s*(?:[*•]|\d{1,2}\)|-\s)\s*")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMBERS = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_WORDS = re.compile(
    rf"^{_WEEKDAY}(\d{{1,2}})(?:(?:\s+([a-z]+))?\s*{_UNTIL}\s*(\d{{1,2}}))?\s+([a-z]+)\.?(?:\s+(\d{{4}}))?\b",
    re.IGNORECASE,
)


class ListUnreadable(ValueError):
    """A line of the list says no date that can be meant."""

    def __init__(self, line: int, text: str) -> None:
        self.line, self.text = line, text
        super().__init__(f"{line}: {text}")


@dataclass(frozen=True, slots=True)
class PastedDay:
    """A day of the list."""

    on: date
    name: str


def read_day_list(text: str, year: int) -> list[PastedDay]:
    """Return the days of the list, all of the year; raise with the first line that cannot be read."""
    days: dict[date, PastedDay] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = _MARKER.sub("", line).strip()
        if not words:
            continue
        try:
            found = list(_days_of(words, year))
        except ValueError:
            raise ListUnreadable(number, line.strip()[:80]) from None
        if not found or any(day.on.year != year for day in found):
            raise ListUnreadable(number, line.strip()[:80])
        days |= {day.on: day for day in found}
    return [days[on] for on in sorted(days)]


def _days_of(words: str, year: int) -> Iterator[PastedDay]:
    first, last, rest = _span(words, year)
    name = re.sub(r"^[\s,;:|\t–—-]+|[\s,;|]+$", "", rest)[:LONGEST_NAME]
    if not name or last < first or (last - first).days >= LONGEST_SPAN_DAYS:
        raise ValueError(words)
    for number in range((last - first).days + 1):
        yield PastedDay(first + timedelta(days=number), name)


def _span(words: str, year: int) -> tuple[date, date, str]:
    """Return the first and the last day, and what stands after them; ValueError where there is no date."""
    if found := _ISO.match(words):
        on = date(int(found[1]), int(found[2]), int(found[3]))
        return on, on, words[found.end() :]
    if found := _NUMBERS.match(words):
        on = date(int(found[3]), int(found[2]), int(found[1]))
        return on, on, words[found.end() :]
    found = _WORDS.match(words)
    if found is None or found[4].lower() not in MONTHS:
        raise ValueError(words)
    last_month, its_year = MONTHS[found[4].lower()], int(found[5] or year)
    first_month = MONTHS[found[2].lower()] if found[2] and found[2].lower() in MONTHS else last_month
    first = date(its_year, first_month, int(found[1]))
    last = date(its_year, last_month, int(found[3])) if found[3] else first
    return first, last, words[found.end() :]
