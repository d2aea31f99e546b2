"""Why this deadline: the calculation window by window, as a person would do it by hand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from helpdesk.calendars.rules import DayKind, WorkingCalendar
from helpdesk.calendars.windows import OpenDay, days_from, local_day
from helpdesk.sop.clocks.rules import (
    Entry,
    Pause,
    Period,
    WaitingFor,
    derive,
    pauses_of,
    periods_of,
    stands_still,
)

_NOTHING = timedelta()
_MICROSECOND = timedelta(microseconds=1)


class LineKind(StrEnum):
    """What a line of the calculation says."""

    COUNTED = "counted"  # working time of one window that was counted
    OFF = "off"  # a day without working time
    PAUSE = "pause"  # the clock stood still


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a window and what of it counted, a day without work, or a pause."""

    kind: LineKind
    on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    counted: timedelta = _NOTHING
    total: timedelta = _NOTHING
    day_kind: DayKind = DayKind.REGULAR
    name: str = ""
    english_name: str = ""
    waiting_for: WaitingFor | None = None
    reason: str = ""


@dataclass(frozen=True)
class Explanation:
    """The whole calculation, to the due moment; `due_at` is None while the clock stands still before it."""

    started_at: datetime
    allowed: timedelta
    lines: tuple[Line, ...]
    due_at: datetime | None

    @property
    def counted(self) -> timedelta:
        """What all windows together come to: the budget, once there is a due moment."""
        return sum((line.counted for line in self.lines), _NOTHING)


def explain(
    entries: Sequence[Entry], calendar: WorkingCalendar, allowed_minutes: int, now: datetime
) -> Explanation:
    """Return the calculation of the deadline."""
    clock = derive(entries, calendar, allowed_minutes, now)
    lines: list[Line] = []
    total, seen = _NOTHING, set[date]()
    periods, pauses = periods_of(entries), pauses_of(entries, calendar, now)
    for index, period in enumerate(periods):
        is_open_ended = index == len(periods) - 1 and not stands_still(entries)
        stretch = Period(period.starts_at, None) if is_open_ended else period
        for line in _count(calendar, stretch, clock.allowed, total):
            if line.kind is LineKind.OFF and line.on in seen:
                continue
            seen.add(line.on)
            lines.append(line)
            total = line.total
        if total == clock.allowed:
            break
        if index < len(pauses):
            lines.append(_pause_line(calendar, pauses[index], total))
    return Explanation(entries[0].at, clock.allowed, tuple(lines), clock.due_at)


def _pause_line(calendar: WorkingCalendar, pause: Pause, total: timedelta) -> Line:
    return Line(
        LineKind.PAUSE,
        local_day(calendar, pause.starts_at),
        pause.starts_at,
        pause.ends_at,
        total=total,
        waiting_for=pause.waiting_for,
        reason=pause.reason,
    )


def _count(calendar: WorkingCalendar, period: Period, allowed: timedelta, total: timedelta) -> Iterator[Line]:
    """Walk the period until the budget is used up."""
    last = None if period.ends_at is None else local_day(calendar, period.ends_at)
    for opened in days_from(calendar, local_day(calendar, period.starts_at)):
        if total >= allowed or (last is not None and opened.day.on > last):
            return
        for line in _lines_of(opened, period, allowed - total):
            total += line.counted
            yield replace(line, total=total)


def _lines_of(opened: OpenDay, period: Period, left: timedelta) -> Iterator[Line]:
    day = opened.day
    if not opened.windows:
        yield Line(LineKind.OFF, day.on, day_kind=day.kind, name=day.name, english_name=day.english_name)
    for window in opened.windows:
        starts_at = max(window.starts_at, period.starts_at)
        ends_at = window.ends_at if period.ends_at is None else min(window.ends_at, period.ends_at)
        counted = min(ends_at - starts_at, left)
        if counted <= _NOTHING:
            continue
        left -= counted
        yield Line(
            LineKind.COUNTED,
            day.on,
            starts_at,
            starts_at + counted,
            counted,
            day_kind=day.kind,
            name=day.name,
            english_name=day.english_name,
        )


def write_lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the lines as plain values, to be kept; whom a pause waited for and why is the ledger's."""
    return [
        {
            "kind": line.kind.value,
            "on": line.on.isoformat(),
            "starts_at": line.starts_at.isoformat() if line.starts_at else None,
            "ends_at": line.ends_at.isoformat() if line.ends_at else None,
            "counted": line.counted // _MICROSECOND,
            "total": line.total // _MICROSECOND,
            "day": line.day_kind.value,
            "name": line.name,
            "english_name": line.english_name,
        }
        for line in lines
    ]


def read_lines(kept: Sequence[Mapping[str, Any]], pauses: Sequence[Pause]) -> tuple[Line, ...]:
    """Return the lines that were kept, with what the ledger says of their pauses."""
    told = {pause.starts_at: pause for pause in pauses}
    lines = (
        Line(
            LineKind(one["kind"]),
            date.fromisoformat(one["on"]),
            _moment(one["starts_at"]),
            _moment(one["ends_at"]),
            timedelta(microseconds=one["counted"]),
            timedelta(microseconds=one["total"]),
            DayKind(one["day"]),
            one["name"],
            one["english_name"],
        )
        for one in kept
    )
    return tuple(_with_pause(line, told) for line in lines)


def _with_pause(line: Line, pauses: Mapping[datetime, Pause]) -> Line:
    if line.kind is not LineKind.PAUSE or line.starts_at is None:
        return line
    pause = pauses[line.starts_at]
    return replace(line, waiting_for=pause.waiting_for, reason=pause.reason)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
