"""When a reminder goes out: at 50, 80 and 100 percent, and on each working day after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.calendars.catalogue import default_calendar
from helpdesk.sop.clocks.ladder import rungs_to_send
from helpdesk.sop.clocks.rules import Entry, EntryKind, WaitingFor

CALENDAR = default_calendar()


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the clock of the office; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def names(now: datetime, *entries: Entry, minutes: int = 60, shares=(50, 80, 100)) -> list[str]:
    entries = entries or (Entry(EntryKind.START, wib(23, 9)),)
    return [rung.name for rung in rungs_to_send(entries, CALENDAR, minutes, now, shares=shares)]


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        (wib(23, 9, 29), []),
        (wib(23, 9, 30), ["50"]),
        (wib(23, 9, 47), ["50"]),
        (wib(23, 9, 48), ["50", "80"]),
        (wib(23, 10), ["50", "80", "100"]),
        (wib(24, 7, 30), ["50", "80", "100", "overdue-2026-11-24"]),
    ],
)
def test_each_rung_is_reached_at_its_share_of_the_time(now, reached):
    assert names(now) == reached


@pytest.mark.parametrize("now", [wib(23, 12, 30), wib(23, 20), wib(24, 5), wib(28, 10)])
def test_nothing_goes_out_while_the_office_is_closed(now):
    assert names(now) == []


def test_a_rung_reached_at_closing_time_goes_out_at_the_next_opening():
    start = Entry(EntryKind.START, wib(23, 15))
    assert names(wib(23, 16), start) == []
    assert names(wib(24, 7, 30), start) == ["50", "80", "100", "overdue-2026-11-24"]


def test_after_the_due_day_each_working_day_has_a_rung_and_a_day_off_has_none():
    friday = Entry(EntryKind.START, wib(27, 9))
    assert "overdue-2026-11-28" not in names(wib(28, 10), friday)
    assert names(wib(30, 9), friday)[-1] == "overdue-2026-11-30"


def test_a_paused_clock_and_a_stopped_one_remind_of_nothing():
    start = Entry(EntryKind.START, wib(23, 9))
    pause = Entry(EntryKind.PAUSE, wib(23, 9, 50), WaitingFor.REQUESTER, "Menunggu")
    assert names(wib(24, 9), start, pause) == []
    assert names(wib(24, 9), start, Entry(EntryKind.STOP, wib(23, 9, 50))) == []


def test_after_a_pause_the_rungs_lie_where_the_time_is_used():
    start = Entry(EntryKind.START, wib(23, 9))
    pause = Entry(EntryKind.PAUSE, wib(23, 9, 10), WaitingFor.AGENCY, "Menunggu")
    resume = Entry(EntryKind.RESUME, wib(24, 9))
    assert names(wib(24, 9, 19), start, pause, resume) == []
    assert names(wib(24, 9, 20), start, pause, resume) == ["50"]


def test_an_escalation_has_its_own_rung_where_the_procedure_sets_one():
    assert names(wib(23, 10, 30), shares=(50, 80, 100, 150)) == ["50", "80", "100", "150"]
