"""`helpdesk due`: when is it due, in working time?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
from babel.dates import format_date

from helpdesk.calendars.catalogue import load_calendar
from helpdesk.calendars.errors import CalendarFileInvalid
from helpdesk.calendars.rules import FIRST_YEAR, LAST_YEAR, DayKind, days_of_year, due_at
from helpdesk.errors import DomainError

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


@click.command("due", short_help="The due moment of a number of working minutes, in UTC.")
@click.option("--start", default="", metavar="MOMENT", help="ISO 8601 with a time zone.")
@click.option("--minutes", default="", metavar="N", help="Working minutes, 0 or more.")
@click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="YAML or JSON; without it the office's default. Its form is explained in "
    "helpdesk/calendars/data/kemenko.yaml.",
)
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="Language of a refusal.")
def due(start: str, minutes: str, calendar_file: Path | None, lang: str) -> None:
    """Print when the working minutes, counted from the start, are used up (ISO 8601, UTC)."""
    started_at = _read_start(start, lang)
    budget = _read_minutes(minutes, lang)
    try:
        moment = due_at(load_calendar(calendar_file), started_at, budget)
    except CalendarFileInvalid as error:
        worded = "\n".join(problem.worded(lang) for problem in error.problems)
        raise _refusal(error.code, lang, worded=worded) from None
    except DomainError as error:
        raise _refusal(error.code, lang, **error.details) from None
    click.echo(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))


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
        raise _refusal(error.code, lang, worded=worded) from None
    days = days_of_year(found, year)
    for day in days:
        if day.kind not in (DayKind.REGULAR, DayKind.DAY_OFF):
            hours = " ".join(str(window) for window in day.hours) or "-"
            name = day.english_name if lang == "en" else day.name
            weekday = format_date(day.on, "EEE", locale=lang)
            click.echo(f"{day.on.isoformat()} {weekday}  {hours}  {name}".rstrip())
    if not any(day.kind is DayKind.JOINT_LEAVE for day in days):
        click.echo(SENTENCES["missing_list"][lang].format(year=year), err=True)


def _read_start(value: str, lang: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise _refusal("start_unreadable", lang, value=value) from None
    if moment.tzinfo is None:
        raise _refusal("start_unreadable", lang, value=value)
    return moment


def _read_minutes(value: str, lang: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise _refusal("minutes_unreadable", lang, value=value)
    return int(value)


def _refusal(code: str, lang: str, **details: object) -> Refusal:
    return Refusal(SENTENCES[code][lang].format(**details))
