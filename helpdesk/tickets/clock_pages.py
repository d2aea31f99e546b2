"""What the pages show of a clock: its pauses, its calculation window by window, the time of every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.calendars.rules import DayKind
from helpdesk.sop.clocks import queries as clock_queries
from helpdesk.sop.clocks.explanation import Line, LineKind
from helpdesk.sop.clocks.rules import Clock, WaitingFor
from helpdesk.sop.models import StepRun
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.presenters import clock_of_step, step_title

WAITING_FOR = {"requester": _l("the requester"), "agency": _l("the related agency")}
DAY_KINDS: dict[DayKind, Any] = {
    DayKind.REGULAR: _l("Ordinary working day"),
    DayKind.DAY_OFF: _l("Day off of the week"),
    DayKind.NATIONAL_HOLIDAY: _l("National holiday"),
    DayKind.JOINT_LEAVE: _l("Joint leave"),
    DayKind.CLOSED: _l("Office closed"),
    DayKind.OPEN: _l("Office open"),
    DayKind.SPECIAL: _l("Other hours"),
}
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class ExplainedLine:
    """A line of the calculation in words."""

    kind: str
    on: date
    hours: str
    why: str
    counted: str
    total: str


@dataclass(frozen=True)
class StepTime:
    """The time of one pass through a step."""

    step: StepRun
    title: str
    clock: Any


def duration_words(value: timedelta) -> str:
    """Return a duration in hours, minutes and, where there are any, seconds."""
    seconds = round(value / _SECOND)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if minutes or not (hours or seconds):
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", minutes))
    if seconds:
        parts.append(ngettext("%(num)d second", "%(num)d seconds", seconds))
    return " ".join(str(part) for part in parts)


def explained_lines(lines: tuple[Line, ...], office: Office) -> list[ExplainedLine]:
    """Return the lines of a calculation in the language of the page."""
    shown, before = [], timedelta()
    for line in lines:
        # Rounded by their sums, so that what is shown adds up to what is shown.
        total = _whole(line.total)
        shown.append(
            ExplainedLine(
                kind=line.kind.value,
                on=line.on,
                hours=_hours(line, office),
                why=_why(line),
                counted=duration_words(total - before) if line.kind is LineKind.COUNTED else "",
                total=duration_words(total),
            )
        )
        before = total
    return shown


def pauses_shown(step_run: StepRun, clock: Clock, names: dict[int, str]) -> list[dict[str, Any]]:
    """Return the pauses of a step as the pages show them."""
    return [
        {
            "starts_at": pause.starts_at,
            "ends_at": pause.ends_at,
            "waiting_for": WAITING_FOR[pause.waiting_for.value],
            "reason": pause.reason,
            "by": names.get(pause.by_id or 0, ""),
            "worked": duration_words(pause.worked),
        }
        for pause in clock.pauses
    ]


def times_of(ticket: Ticket, office: Office, now: datetime) -> list[StepTime]:
    """Return the time of every pass through a step of the ticket, in the order in which they opened."""
    return [
        StepTime(step, step_title(ticket, step, office), clock_of_step(step, office, now=now))
        for step in ticket.run.steps
    ]


def office_waits_since(ticket: Ticket) -> datetime | None:
    """Return since when the office waits for the requester's answer, or None; not why: that is its own."""
    since = [
        step.clock_entries[-1].at
        for step in ticket.run.steps
        if step.paused_at is not None and step.clock_entries[-1].waiting_for == WaitingFor.REQUESTER.value
    ]
    return min(since, default=None)


def calculation_of(step_run: StepRun, office: Office, now: datetime) -> dict[str, Any]:
    """Return what the page "Why this deadline?" shows of a step."""
    clock = clock_queries.clock_of(step_run, office.calendar, now)
    told = clock_queries.explanation_of(step_run, office.calendar, now)
    is_over = clock.ended_at is not None
    return {
        "clock": clock,
        "lines": explained_lines(told.lines, office),
        "allowed": duration_words(told.allowed),
        "counted": duration_words(_whole(told.counted)),
        "used": duration_words(_whole(clock.used)),
        "paused": duration_words(_whole(clock.paused)) if clock.pauses else "",
        "left": duration_words(_whole(abs(clock.remaining))),
        "due_at": told.due_at,
        "is_over": is_over,
        "is_kept": clock_queries.is_explanation_kept(step_run),
        # The calendar of now may give another moment than the one an old step was judged by.
        "is_due_as_judged": not is_over or told.due_at == clock.due_at,
    }


def _hours(line: Line, office: Office) -> str:
    if line.starts_at is None:
        return ""
    if line.kind is LineKind.PAUSE and line.ends_at is None:
        return str(_("from %(start)s", start=_clock_time(line.starts_at, office)))
    assert line.ends_at is not None
    start, end = _clock_time(line.starts_at, office), _clock_time(line.ends_at, office)
    if line.kind is LineKind.PAUSE:
        last = line.ends_at.astimezone(office.zone).date()
        if last != line.on:
            return str(_("%(start)s to %(day)s %(end)s", start=start, day=_short_day(last), end=end))
    return f"{start}–{end}"


def _why(line: Line) -> str:
    if line.kind is LineKind.PAUSE:
        waiting_for = WAITING_FOR[line.waiting_for.value] if line.waiting_for else ""
        return str(_("Waiting for %(who)s: %(reason)s", who=waiting_for, reason=line.reason))
    words = str(DAY_KINDS[line.day_kind])
    name = line.english_name if str(get_locale()) == "en" else line.name
    return f"{words}: {name}" if name else words


def _clock_time(moment: datetime, office: Office) -> str:
    local = moment.astimezone(office.zone)
    separator = "." if str(get_locale()) == "id" else ":"
    parts = ["%H", "%M", "%S"] if local.second else ["%H", "%M"]
    return local.strftime(separator.join(parts))


def _short_day(day: date) -> str:
    return format_date(day, "d MMM", locale=get_locale())


def _whole(value: timedelta) -> timedelta:
    return timedelta(seconds=round(value / _SECOND))
