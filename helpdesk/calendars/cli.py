"""`helpdesk calendar`: the calendar of the office on the command line, and how commands read moments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click
from babel.dates import format_date

from helpdesk.calendars.catalogue import load_calendar
from helpdesk.calendars.errors import CalendarFileInvalid
from helpdesk.calendars.rules import FIRST_YEAR, LAST_YEAR, DayKind, days_of_year

# The command line has no translation catalogue: its few sentences stand here in both languages.
SENTENCES = {
    "missing_list": {
        "id": "Perhatian: daftar cuti bersama tahun {year} belum ada.",
        "en": "Note: there is no list of joint leave for {year} yet.",
    },
    "start_unreadable": {
        "id": "Waktu mulai {value!r} tidak dikenal. Tulis menurut ISO 8601 dengan zona waktu, misalnya "
        "2026-11-23T02:30:00Z.",
        "en": "The start {value!r} cannot be read. Write it in ISO 8601 with a time zone, for instance "
        "2026-11-23T02:30:00Z.",
    },
    "pause_unreadable": {
        "id": "Jeda {value!r} tidak dikenal. Tulis AWAL..AKHIR menurut ISO 8601 dengan zona waktu, misalnya "
        "2026-11-23T03:00:00Z..2026-11-24T01:00:00Z.",
        "en": "The pause {value!r} cannot be read. Write FROM..TO in ISO 8601 with a time zone, for instance "
        "2026-11-23T03:00:00Z..2026-11-24T01:00:00Z.",
    },
    "pause_misplaced": {
        "id": "Jeda {value!r} tidak berurutan: setiap jeda sesudah waktu mulai dan sesudah jeda sebelumnya.",
        "en": "The pause {value!r} is out of order: each begins after the start and after the one before.",
    },
    "minutes_unreadable": {
        "id": "Jumlah menit kerja {value!r} harus berupa bilangan bulat, 0 atau lebih.",
        "en": "The number of working minutes {value!r} must be a whole number, 0 or more.",
    },
    "moment_out_of_range": {
        "id": "Tahun {year} berada di luar jangkauan kalender ({first} sampai {last}).",
        "en": "The year {year} is outside what a calendar can answer ({first} to {last}).",
    },
    "working_time_missing": {
        "id": "Waktu kerja pada kalender terlalu sedikit: tidak selesai dalam {years} tahun.",
        "en": "The calendar holds too little working time: no end within {years} years.",
    },
    "calendar_file_invalid": {
        "id": "Berkas kalender tidak dapat dipakai:\n{worded}",
        "en": "The calendar file cannot be used:\n{worded}",
    },
}


class Refusal(click.ClickException):
    """Input that cannot be answered: one sentence on standard error, exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence as it is, without an English "Error:" before it."""
        click.echo(self.message, file=file, err=file is None)


@click.group("calendar", short_help="The office calendar: check a file, show a year.")
def calendar() -> None:
    """Working time of the office."""


language = click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="id (default) or en.")


@calendar.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@language
def check(file: Path, lang: str) -> None:
    """Check a calendar FILE; every problem is printed as file:line: reason."""
    try:
        found = load_calendar(file)
    except CalendarFileInvalid as error:
        for problem in error.problems:
            click.echo(problem.worded(lang))
        raise click.exceptions.Exit(1) from None
    weekly = sum(window.end_minute - window.start_minute for hours in found.week for window in hours)
    click.echo(f"OK {found.name or file.name}: {found.timezone}, {weekly / 60:g} h/7 d")


@calendar.command("show")
@click.argument("year", type=click.IntRange(FIRST_YEAR + 1, LAST_YEAR - 1))
@click.option("--calendar", "file", type=click.Path(path_type=Path), metavar="FILE")
@language
def show(year: int, file: Path | None, lang: str) -> None:
    """Print the days of the YEAR that differ from the week."""
    try:
        found = load_calendar(file)
    except CalendarFileInvalid as error:
        worded = "\n".join(problem.worded(lang) for problem in error.problems)
        raise refusal(error.code, lang, worded=worded) from None
    days = days_of_year(found, year)
    for day in days:
        if day.kind not in (DayKind.REGULAR, DayKind.DAY_OFF):
            hours = " ".join(str(window) for window in day.hours) or "-"
            name = day.english_name if lang == "en" else day.name
            weekday = format_date(day.on, "EEE", locale=lang)
            click.echo(f"{day.on.isoformat()} {weekday}  {hours}  {name}".rstrip())
    if not any(day.kind is DayKind.JOINT_LEAVE for day in days):
        click.echo(SENTENCES["missing_list"][lang].format(year=year), err=True)


def read_moment(value: str, lang: str) -> datetime:
    """Return the moment of the text, or refuse it."""
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise refusal("start_unreadable", lang, value=value) from None
    if moment.tzinfo is None:
        raise refusal("start_unreadable", lang, value=value)
    return moment


def read_minutes(value: str, lang: str) -> int:
    """Return the working minutes of the text, or refuse it."""
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise refusal("minutes_unreadable", lang, value=value)
    return int(value)


def refusal(code: str, lang: str, **details: object) -> Refusal:
    """Return the sentence that refuses, in the language."""
    return Refusal(SENTENCES[code][lang].format(**details))
