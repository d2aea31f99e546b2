"""`python -m benchmarks`: print how much faster our way is than the other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.rules import due_at, is_working, working_minutes_between

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


CASES = (due_moment, minutes_between)


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
        yield f"{title:<40} {times}   ratio {slow / quick:8.0f}"


if __name__ == "__main__":
    for line in lines():
        sys.stdout.write(f"{line}\n")
