"""`helpdesk due`: when is it due, in working time, and why?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from babel.dates import format_date

from helpdesk.calendars.catalogue import load_calendar
from helpdesk.calendars.cli import read_minutes, read_moment, refusal
from helpdesk.calendars.errors import CalendarFileInvalid
from helpdesk.calendars.rules import DayKind, WorkingCalendar
from helpdesk.errors import DomainError
from helpdesk.sop.clocks.explanation import Explanation, Line, LineKind, explain
from helpdesk.sop.clocks.rules import Entry, EntryKind, WaitingFor

# The command line has no translation catalogue: its few words stand here in both languages.
DAY_WORDS: dict[DayKind, dict[str, str]] = {
    DayKind.REGULAR: {"id": "hari kerja", "en": "working day"},
    DayKind.DAY_OFF: {"id": "hari libur mingguan", "en": "day off"},
    DayKind.NATIONAL_HOLIDAY: {"id": "hari libur nasional", "en": "national holiday"},
    DayKind.JOINT_LEAVE: {"id": "cuti bersama", "en": "joint leave"},
    DayKind.CLOSED: {"id": "kantor tutup", "en": "office closed"},
    DayKind.OPEN: {"id": "kantor buka", "en": "office open"},
    DayKind.SPECIAL: {"id": "jam khusus", "en": "other hours"},
}
WORDS = {
    "pause": {"id": "jeda", "en": "paused"},
    "due": {"id": "Batas waktu", "en": "Due"},
    "start": {"id": "Mulai", "en": "Start"},
}


@click.command("due", short_help="The due moment of a number of working minutes, in UTC.")
@click.option("--start", default="", metavar="MOMENT", help="ISO 8601 with a time zone.")
@click.option("--minutes", default="", metavar="N", help="Working minutes, 0 or more.")
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    metavar="FROM..TO",
    help="The clock stands still between the moments; may be given several times, in order.",
)
@click.option("--explain", "explained", is_flag=True, help="Print the calculation, window by window, first.")
@click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="YAML or JSON; without it the office's default. Its form is explained in "
    "helpdesk/calendars/data/kemenko.yaml.",
)
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="Language of what people read.")
def due(
    start: str, minutes: str, pauses: tuple[str, ...], explained: bool, calendar_file: Path | None, lang: str
) -> None:
    """Print when the working minutes, counted from the start, are used up (ISO 8601, UTC)."""
    started_at, budget = read_moment(start, lang), read_minutes(minutes, lang)
    entries = _ledger(started_at, pauses, lang)
    try:
        calendar = load_calendar(calendar_file)
        told = explain(entries, calendar, budget, entries[-1].at)
    except CalendarFileInvalid as error:
        worded = "\n".join(problem.worded(lang) for problem in error.problems)
        raise refusal(error.code, lang, worded=worded) from None
    except DomainError as error:
        raise refusal(error.code, lang, **error.details) from None
    assert told.due_at is not None  # every pause has an end
    if explained:
        for line in _worded(told, calendar, lang):
            click.echo(line)
    click.echo(told.due_at.astimezone(UTC).isoformat().replace("+00:00", "Z"))


def _ledger(started_at: datetime, pauses: Sequence[str], lang: str) -> list[Entry]:
    entries = [Entry(EntryKind.START, started_at)]
    for value in pauses:
        first, separator, last = value.partition("..")
        if not separator:
            raise refusal("pause_unreadable", lang, value=value)
        from_at, to_at = read_moment(first, lang), read_moment(last, lang)
        if not entries[-1].at <= from_at <= to_at:
            raise refusal("pause_misplaced", lang, value=value)
        entries.append(Entry(EntryKind.PAUSE, from_at, WaitingFor.REQUESTER))
        entries.append(Entry(EntryKind.RESUME, to_at))
    return entries


def _worded(told: Explanation, calendar: WorkingCalendar, lang: str) -> Iterator[str]:
    yield f"{WORDS['start'][lang]}: {_moment(told.started_at, calendar, lang)}"
    for line in told.lines:
        day = format_date(line.on, "EEE, d MMM y", locale=lang)
        yield f"{day:<18}  {_hours(line, calendar, lang):<25}  {_why(line, lang)}".rstrip()
    assert told.due_at is not None
    yield f"{WORDS['due'][lang]}: {_moment(told.due_at, calendar, lang)}"


def _hours(line: Line, calendar: WorkingCalendar, lang: str) -> str:
    if line.starts_at is None or line.ends_at is None:
        return "-"
    first, last = (moment.astimezone(calendar.zone) for moment in (line.starts_at, line.ends_at))
    if first.date() != last.date():
        return f"{_clock(first)} - {format_date(last, 'd MMM', locale=lang)} {_clock(last)}"
    return f"{_clock(first)} - {_clock(last)}"


def _why(line: Line, lang: str) -> str:
    if line.kind is LineKind.PAUSE:
        return WORDS["pause"][lang]
    name = line.english_name if lang == "en" else line.name
    why = DAY_WORDS[line.day_kind][lang] + (f": {name}" if name else "")
    if line.kind is LineKind.OFF:
        return why
    return f"{_duration(line.counted)} = {_duration(line.total)}  {why}"


def _moment(moment: datetime, calendar: WorkingCalendar, lang: str) -> str:
    local = moment.astimezone(calendar.zone)
    return f"{format_date(local, 'EEE, d MMM y', locale=lang)} {_clock(local)} ({calendar.timezone})"


def _clock(local: datetime) -> str:
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes} min" + (f" {seconds} s" if seconds else "")
