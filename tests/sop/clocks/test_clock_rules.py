"""The clock of a step: what is used, what is left, when it is due, with pauses and without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from helpdesk.calendars.catalogue import default_calendar, parse_calendar
from helpdesk.sop.clocks.errors import ClockEnded, ClockPaused, ClockRuns
from helpdesk.sop.clocks.rules import (
    FOLLOWS,
    ClockState,
    Entry,
    EntryKind,
    WaitingFor,
    derive,
    ensure_may_follow,
    judged,
    judgement_of,
    reached_at,
)

CALENDAR = default_calendar()
START, PAUSE, RESUME, RETURN, STOP = EntryKind


def wib(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 on the clock of the office; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC) - timedelta(hours=7)


def ledger(*entries: tuple[EntryKind, datetime]) -> list[Entry]:
    """Return a ledger; its pauses wait for the requester."""
    return [
        Entry(kind, at, WaitingFor.REQUESTER if kind is PAUSE else None, "Menunggu" if kind is PAUSE else "")
        for kind, at in entries
    ]


def clock(*entries: tuple[EntryKind, datetime], minutes: int = 60, now: datetime | None = None):
    """Return the clock of the ledger, by default at its last entry."""
    return derive(ledger(*entries), CALENDAR, minutes, now or entries[-1][1])


def test_a_running_clock_is_due_when_its_budget_is_used_up():
    found = clock((START, wib(23, 9, 30)), now=wib(23, 9, 50))
    assert (found.state, found.due_at) == (ClockState.RUNNING, wib(23, 10, 30))
    assert (found.used_minutes, found.remaining_minutes, found.is_late) == (20, 40, False)


def test_a_budget_that_ends_exactly_at_closing_time_is_due_at_closing_time():
    assert clock((START, wib(23, 15))).due_at == wib(23, 16)
    paused = ((START, wib(23, 14)), (PAUSE, wib(23, 14, 30)), (RESUME, wib(23, 15, 30)))
    assert clock(*paused).due_at == wib(23, 16)


def test_while_the_clock_stands_still_there_is_no_deadline_and_nothing_is_used():
    found = clock((START, wib(23, 9)), (PAUSE, wib(23, 9, 20)), now=wib(25, 9))
    assert (found.state, found.due_at, found.is_late) == (ClockState.PAUSED, None, False)
    assert (found.used_minutes, found.remaining_minutes) == (20, 40)


def test_a_pause_over_a_night_counts_its_working_time_only():
    found = clock((START, wib(23, 15)), (PAUSE, wib(23, 15, 30)), (RESUME, wib(24, 8)))
    assert found.paused_minutes == 60  # 15.30 to 16.00, and 07.30 to 08.00
    assert found.due_at == wib(24, 8, 30)


def test_a_pause_over_a_weekend_counts_its_working_time_only():
    found = clock((START, wib(27, 16)), (PAUSE, wib(27, 16, 10)), (RESUME, wib(30, 7, 45)))
    assert found.paused_minutes == 35  # Friday to 16.30, Monday from 07.30
    assert found.used_minutes == 10


def test_a_pause_over_a_holiday_counts_its_working_time_only():
    # Joint leave and Christmas, a weekend: from Wednesday 23 December 15.00 to Monday 28 December 08.30.
    december = timedelta(days=30)
    found = clock((START, wib(23, 9)), (PAUSE, wib(23, 15) + december), (RESUME, wib(28, 8, 30) + december))
    assert found.paused_minutes == 60 + 60


def test_a_pause_that_lies_outside_of_working_time_moves_nothing():
    running = clock((START, wib(23, 15, 50))).due_at
    paused = clock((START, wib(23, 15, 50)), (PAUSE, wib(23, 18)), (RESUME, wib(24, 6)))
    assert (paused.due_at, paused.paused_minutes) == (running, 0)


def test_a_step_that_is_late_stays_late_through_a_pause():
    found = clock((START, wib(23, 9)), (PAUSE, wib(23, 10, 10)), now=wib(25, 9))
    assert (found.due_at, found.is_late, found.remaining_minutes) == (wib(23, 10), True, -10)


def test_a_step_paused_at_the_very_moment_of_its_deadline_is_late_only_when_it_runs_again():
    entries = ((START, wib(23, 9)), (PAUSE, wib(23, 10)))
    assert not clock(*entries, now=wib(24, 10)).is_late
    assert not clock(*entries, (RESUME, wib(24, 10))).is_late
    assert clock(*entries, (RESUME, wib(24, 10)), now=wib(24, 10, 1)).is_late


def test_a_paused_step_may_be_completed_straight_away():
    found = clock((START, wib(23, 9)), (PAUSE, wib(23, 9, 30)), (STOP, wib(24, 9)))
    assert (found.state, found.ended_at) == (ClockState.STOPPED, wib(24, 9))
    assert (found.used_minutes, found.is_late) == (30, False)
    assert found.pauses[0].ends_at == wib(24, 9)


def test_a_step_finished_at_night_after_it_was_due_at_closing_time_is_late():
    found = clock((START, wib(23, 15)), (STOP, wib(23, 20)))
    assert (found.used_minutes, found.is_late) == (60, True)


def test_a_step_finished_at_its_deadline_is_on_time():
    assert not clock((START, wib(23, 9)), (STOP, wib(23, 10))).is_late


def test_seconds_count():
    found = clock((START, wib(23, 9, 30, 30)), (PAUSE, wib(23, 9, 40, 50)), (RESUME, wib(23, 9, 50)))
    assert found.due_at == wib(23, 10, 39, 40)


def test_many_pauses_add_up():
    found = clock(
        (START, wib(23, 8)),
        (PAUSE, wib(23, 8, 10)),
        (RESUME, wib(23, 8, 40)),
        (PAUSE, wib(23, 8, 50)),
        (RESUME, wib(23, 9, 5)),
    )
    assert (found.used_minutes, found.paused_minutes, len(found.pauses)) == (20, 45, 2)
    assert found.due_at == wib(23, 9, 45)


@pytest.mark.parametrize(
    ("last", "new"), [pair for pair in product(EntryKind, EntryKind) if pair[1] not in FOLLOWS[pair[0]]]
)
def test_a_ledger_goes_on_only_as_a_clock_can(last, new):
    expected = ClockEnded if last in (RETURN, STOP) else ClockPaused if new is PAUSE else ClockRuns
    with pytest.raises(expected):
        ensure_may_follow(last, new)


@pytest.mark.parametrize(("last", "new"), [(a, b) for a in FOLLOWS for b in EntryKind if b in FOLLOWS[a]])
def test_every_other_entry_is_taken(last, new):
    ensure_may_follow(last, new)


def test_what_a_step_was_judged_by_reads_back_as_it_was():
    entries = ledger(
        (START, wib(23, 9)), (PAUSE, wib(23, 9, 30, 7)), (RESUME, wib(23, 15)), (RETURN, wib(23, 16, 30))
    )
    judged_by = derive(entries, CALENDAR, 60, wib(23, 16, 30))
    assert judged(entries, judgement_of(judged_by, "digest", [])) == judged_by


def test_a_share_of_the_budget_is_reached_with_the_pauses_in_between():
    entries = ledger((START, wib(23, 9)), (PAUSE, wib(23, 9, 40)), (RESUME, wib(24, 9)))
    assert reached_at(entries, CALENDAR, timedelta(minutes=30)) == wib(23, 9, 30)
    assert reached_at(entries, CALENDAR, timedelta(minutes=48)) == wib(24, 9, 8)
    assert reached_at(entries[:2], CALENDAR, timedelta(minutes=48)) is None


@pytest.mark.parametrize(("zone", "ahead"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)])
def test_each_zone_of_the_country_has_its_own_morning(zone, ahead):
    calendar = parse_calendar(f"timezone: {zone}\nweek: {{senin-jumat: 08.00-16.00}}\n", "zone.yaml")
    entries = ledger((START, datetime(2026, 11, 22, 12, tzinfo=UTC)))
    found = derive(entries, calendar, 90, entries[0].at)
    assert found.due_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC) - timedelta(hours=ahead)
