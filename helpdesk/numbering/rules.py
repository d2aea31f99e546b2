"""How a number is written: the office's pattern of each series, filled in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from helpdesk.datafiles import Text

AGENDA = "agenda"
DISPOSITION = "disposition"
REPORT = "report"
DOCUMENT = "document"
# A number of a paper has to fit on the paper, in the register, and in the column of the table.
LONGEST_NUMBER = 64

ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_FIELD = re.compile(r"\{([a-z_]+)(?::0([1-9]))?\}")
# What stands for a whole number, and may be filled with zeros to a width.
_COUNTS = frozenset({"number", "month", "day"})
# What a paper of a ticket adds; the agenda number is itself one of them.
_OF_A_TICKET = frozenset({"agenda", "step", "repeat"})
FIELDS = _COUNTS | _OF_A_TICKET | {"year", "roman_month", "unit", "classification", "series"}


@dataclass(frozen=True)
class Paper:
    """What the number of a paper may say of the ticket it belongs to."""

    agenda: str = ""
    step: int = 0
    attempt: int = 1


NO_TICKET = Paper()


@dataclass(frozen=True)
class Series:
    """A series of numbers: its pattern, and where it begins in a year the office did not begin with us."""

    code: str
    title: Text
    pattern: str
    starts: Mapping[int, int] = field(default_factory=dict)

    def first_in(self, year: int) -> int:
        """Return the first number of the year."""
        return self.starts.get(year, 1)


@dataclass(frozen=True)
class Numbering:
    """The numbering of an office: its series by code, and its names in the patterns."""

    series: Mapping[str, Series]
    unit: str = ""
    classification: str = ""

    def series_of(self, code: str) -> Series:
        """Return the series; one that the office did not describe is written like its other papers."""
        return self.series.get(code) or self.series[DOCUMENT]

    def counter_of(self, code: str) -> str:
        """Return the code that numbers are counted under: unknown series share the one of other papers."""
        return code if code in self.series else DOCUMENT

    def write(self, code: str, number: int, on: date, paper: Paper = NO_TICKET) -> str:
        """Return the number as it stands on the paper."""
        series = self.series_of(code)
        return write_number(
            series.pattern,
            number,
            on,
            paper,
            names={"unit": self.unit, "classification": self.classification, "series": series.code},
        )


def fields_of(pattern: str) -> tuple[str, ...]:
    """Return the names of the fields of a pattern."""
    return tuple(match[1] for match in _FIELD.finditer(pattern))


def is_well_formed(pattern: str) -> bool:
    """Whether nothing but fields stands in braces, and only counts are filled with zeros."""
    rest = _FIELD.sub("", pattern)
    widths = [match[1] for match in _FIELD.finditer(pattern) if match[2]]
    return "{" not in rest and "}" not in rest and not set(widths) & (FIELDS - _COUNTS)


def tells_numbers_apart(code: str, pattern: str) -> bool:
    """Whether no two numbers of a series can read the same: within a year, and over the years."""
    names = set(fields_of(pattern))
    by_ticket = code == DISPOSITION and {"agenda", "step", "repeat"} <= names
    return by_ticket or ("number" in names and bool({"year", "agenda"} & names))


def foreign_fields(code: str, pattern: str) -> tuple[str, ...]:
    """Return the fields that the series cannot have: the agenda number cannot hold itself."""
    known = FIELDS - _OF_A_TICKET if code == AGENDA else FIELDS
    return tuple(name for name in fields_of(pattern) if name not in known)


def write_number(pattern: str, number: int, on: date, paper: Paper, *, names: Mapping[str, str]) -> str:
    """Fill in the pattern: `{number:04}` is 0042, `{roman_month}` XI, `{repeat}` -2 at a second attempt."""
    values: dict[str, int | str] = {
        **names,
        "number": number,
        "year": on.year,
        "month": on.month,
        "day": on.day,
        "roman_month": ROMAN_MONTHS[on.month - 1],
        "agenda": paper.agenda,
        "step": paper.step,
        "repeat": f"-{paper.attempt}" if paper.attempt > 1 else "",
    }
    return _FIELD.sub(lambda match: str(values[match[1]]).zfill(int(match[2] or 0)), pattern)
