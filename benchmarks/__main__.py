"""`python -m benchmarks`: print how much faster our way is than the other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from benchmarks import configurations, snmp, ssh_sessions
from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.rules import due_at, is_working, working_minutes_between
from helpdesk.sop.clocks.rules import Entry, EntryKind, WaitingFor, derive

MINUTE = timedelta(minutes=1)
Way = Callable[[], Any]


def due_moment() -> tuple[str, Way, Way]:
    """The due moment of a whole run of the procedure."""
    calendar, start = default_calendar(), datetime(2026, 11, 23, 2, 30, tzinfo=UTC)

    def stepping() -> datetime:
        moment, left = start, 570
        while left:
            left -= is_working(calendar, moment)
            moment += MINUTE
        return moment

    return "due moment of 570 working minutes", lambda: due_at(calendar, start, 570), stepping


def minutes_between() -> tuple[str, Way, Way]:
    """The working minutes of a month."""
    calendar, start = default_calendar(), datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    end = start + timedelta(days=30)

    def stepping() -> int:
        minutes = range(int((end - start) / MINUTE))
        return sum(is_working(calendar, start + MINUTE * number) for number in minutes)

    return "working minutes of a month", lambda: working_minutes_between(calendar, start, end), stepping


def deadline_of_a_paused_step() -> tuple[str, Way, Way]:
    """The clock of a step with pauses, derived whole: used, paused, due."""
    calendar, start = default_calendar(), datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    pauses = [(start + timedelta(hours=1), start + timedelta(hours=30))]
    now = start + timedelta(hours=31)
    entries = [Entry(EntryKind.START, start)]
    for first, last in pauses:
        entries += [Entry(EntryKind.PAUSE, first, WaitingFor.AGENCY), Entry(EntryKind.RESUME, last)]

    def deriving() -> tuple[int, int, datetime | None]:
        clock = derive(entries, calendar, 570, now)
        return clock.used_minutes, clock.paused_minutes, clock.due_at

    def stepping() -> tuple[int, int, datetime | None]:
        used = paused = 0
        moment, used_now, paused_now = start, 0, 0
        while used < 570:
            if moment == now:
                used_now, paused_now = used, paused
            working = is_working(calendar, moment)
            if any(first <= moment < last for first, last in pauses):
                paused += working
            else:
                used += working
            moment += MINUTE
        return used_now, paused_now, moment

    return "clock of a step with a pause", deriving, stepping


CASES = (due_moment, minutes_between, deadline_of_a_paused_step)


def seconds_of(way: Way) -> float:
    """Return the best time of one call, out of about half a second of them."""
    best, until = float("inf"), time.perf_counter() + 0.5
    while True:
        started = time.perf_counter()
        way()
        best = min(best, time.perf_counter() - started)
        if time.perf_counter() > until:
            return best


def lines() -> Iterator[str]:
    """Yield a line a case."""
    for case in CASES:
        title, ours, other = case()
        if ours() != other():
            raise SystemExit(f"{title}: the two ways differ: {ours()} and {other()}")
        quick, slow = seconds_of(ours), seconds_of(other)
        times = f"{quick * 1e6:10.1f} µs   other way {slow * 1e6:12.1f} µs"
        yield f"{title:<40} {times}   ratio {slow / quick:8.0f}   {1 / quick:9,.0f} a second"


if __name__ == "__main__":
    for line in chain(lines(), configurations.lines(), ssh_sessions.lines(), snmp.lines()):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
