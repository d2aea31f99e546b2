"""The grammar of a numbering file; `data/numbering.yaml` explains it by example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from helpdesk.datafiles import Refused, Text
from helpdesk.numbering.rules import (
    AGENDA,
    DISPOSITION,
    DOCUMENT,
    LONGEST_NUMBER,
    REPORT,
    Paper,
    fields_of,
    foreign_fields,
    is_well_formed,
    tells_numbers_apart,
    write_number,
)

NEEDED = (AGENDA, DISPOSITION, REPORT, DOCUMENT)
_LARGEST = 99_999


def _checked_pattern(pattern: str) -> str:
    if not is_well_formed(pattern):
        raise Refused(
            id="kurung kurawal hanya untuk isian, misalnya {number:04} atau {year}",
            en="braces are only for fields, for instance {number:04} or {year}",
        )
    return pattern


def _read_year(value: object) -> object:
    # Keys of a YAML mapping arrive as text.
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        raise Refused(id=f"tahun {value!r} tidak dikenal", en=f"{value!r} is no year")
    return int(value) if isinstance(value, str) else value


Pattern = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_checked_pattern)]
Year = Annotated[int, BeforeValidator(_read_year), Field(ge=2000, le=2200)]
First = Annotated[int, Field(strict=True, ge=1, le=_LARGEST)]
SeriesCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$", max_length=32)]


class SeriesPart(BaseModel):
    """One series: what it numbers, how a number is written, where it begins in a year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    pattern: Pattern
    starts: Mapping[Year, First] = Field(default_factory=dict)


class NumberingFile(BaseModel):
    """The numbering of an office."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str = Field(default="", max_length=24)
    classification: str = Field(default="", max_length=24)
    series: Mapping[SeriesCode, SeriesPart]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [code for code in NEEDED if code not in self.series]
        if missing:
            names = ", ".join(missing)
            raise Refused(id=f"seri yang wajib belum ada: {names}", en=f"needed series are missing: {names}")
        for code, part in self.series.items():
            _ensure_usable(code, part.pattern, self)
        written = [part.pattern.replace("{series}", code) for code, part in self.series.items()]
        doubled = {pattern for pattern in written if written.count(pattern) > 1}
        if doubled:
            shown = ", ".join(sorted(doubled))
            raise Refused(
                id=f"dua seri memakai pola yang sama: {shown}",
                en=f"two series have the same pattern: {shown}",
            )
        return self


def _ensure_usable(code: str, pattern: str, file: NumberingFile) -> None:
    foreign = foreign_fields(code, pattern)
    if foreign:
        names = ", ".join(f"{{{name}}}" for name in foreign)
        raise Refused(
            id=f"seri '{code}' memuat isian yang tidak dapat dipakai: {names}",
            en=f"the series '{code}' has fields that it cannot use: {names}",
        )
    if not tells_numbers_apart(code, pattern):
        raise Refused(
            id=f"pola seri '{code}' harus memuat {{number}} dan {{year}}: nomor dimulai lagi tiap tahun",
            en=f"the pattern of '{code}' must have {{number}} and {{year}}, as numbers begin anew each year",
        )
    given = {"unit": file.unit, "classification": file.classification, "series": code}
    for name in ("unit", "classification"):
        if name in fields_of(pattern) and not given[name]:
            raise Refused(
                id=f"pola seri '{code}' memuat {{{name}}}, tetapi '{name}' belum diisi",
                en=f"the pattern of '{code}' has {{{name}}}, but '{name}' is not filled in",
            )
    agenda = Paper(agenda="0" * 24 if code != AGENDA else "", step=99, attempt=99)
    if len(write_number(pattern, _LARGEST, date(2028, 12, 28), agenda, names=given)) > LONGEST_NUMBER:
        raise Refused(
            id=f"nomor seri '{code}' dapat lebih panjang dari {LONGEST_NUMBER} huruf",
            en=f"a number of '{code}' can be longer than {LONGEST_NUMBER} letters",
        )
