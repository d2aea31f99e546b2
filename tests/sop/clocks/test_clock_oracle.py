"""Clocks with pauses against a slow oracle that walks minute by minute and shares none of their code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.calendars.catalogue import parse_calendar
from helpdesk.sop.clocks.explanation import LineKind, explain, read_lines, write_lines
from helpdesk.sop.clocks.rules import Entry, EntryKind, WaitingFor, derive

OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
CALENDARS = {
    zone: parse_calendar(
        f"""
timezone: {zone}
week:
  senin-kamis: ["07.30-10.17", "10.30-12.00", "13.00-16.00"]
  jumat: ["07.30-11.30", "13.00-16.30"]
closed: [{{from: 2026-07-06, to: 2026-07-07, name: Rapat kerja}}]
open: [{{date: 2026-12-26, name: Siaga, hours: "09:00-12:00"}}, {{date: 2026-08-17, name: Upacara}}]
special:
  - name: Ramadan
    from: 2026-02-19
    to: 2026-03-20
    week:
      senin-kamis: ["08.00-12.00", "12.30-15.00"]
      jumat: ["08.00-11.30", "12.30-15.30"]
""",
        "oracle.yaml",
    )
    for zone in OFFSETS
}
# The decree on national holidays and cuti bersama of 2026, typed here once more, without 17 August.
DAYS_OFF_2026 = {
    *("01-01", "01-16", "02-16", "02-17", "03-18", "03-19", "03-20", "03-21", "03-22", "03-23", "03-24"),
    *("04-03", "04-05", "05-01", "05-14", "05-15", "05-27", "05-28", "05-31", "06-01", "06-16"),
    *("08-25", "12-24", "12-25"),
}
MINUTE = timedelta(minutes=1)


def oracle_windows(on: date) -> list[tuple[int, int]]:
    """The working hours of a day of 2026, said a second time."""
    key = on.strftime("%m-%d")
    if key in ("07-06", "07-07"):
        return []
    if key == "12-26":
        return [(540, 720)]
    if on.weekday() > 4 or key in DAYS_OFF_2026:
        return []
    friday = on.weekday() == 4
    if "02-19" <= key <= "03-20":
        return [(480, 690), (750, 930)] if friday else [(480, 720), (750, 900)]
    return [(450, 690), (780, 990)] if friday else [(450, 617), (630, 720), (780, 960)]


def oracle_is_working(minute: datetime, offset: int) -> bool:
    local = minute + timedelta(hours=offset)
    number = local.hour * 60 + local.minute
    return any(start <= number < end for start, end in oracle_windows(local.date()))


def oracle(moments: list[datetime], budget: int, until: datetime, offset: int):
    """Walk from the start: odd moments pause, even ones resume. Return used, paused, due."""
    used = paused = 0
    due = None
    minute = moments[0]
    while minute < until:
        runs = sum(moment <= minute for moment in moments) % 2 == 1
        working = oracle_is_working(minute, offset)
        used += runs and working
        paused += not runs and working
        minute += MINUTE
        if due is None and used == budget:
            due = minute
    if due is None and len(moments) % 2 == 1:
        left = budget - used
        while left:
            left -= oracle_is_working(minute, offset)
            minute += MINUTE
        due = minute
    return used, paused, due


def ledger(moments: list[datetime], ended_at: datetime | None) -> list[Entry]:
    kinds = [EntryKind.START] + [EntryKind.RESUME, EntryKind.PAUSE] * len(moments)
    entries = [
        Entry(
            EntryKind.PAUSE if number % 2 else kinds[0] if number == 0 else EntryKind.RESUME,
            moment,
            WaitingFor.AGENCY if number % 2 else None,
            "surat" if number % 2 else "",
        )
        for number, moment in enumerate(moments)
    ]
    return [*entries, Entry(EntryKind.STOP, ended_at)] if ended_at else entries


# To the end of October, so that no deadline leaves the year whose days off are typed above.
any_minute = st.integers(0, 300 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
# Where mistakes live: about the edges of windows, of Ramadan, of long holidays, of weekends.
edges = st.builds(
    lambda day, hour, minute: datetime(2026, *day, hour, minute, tzinfo=UTC),
    st.sampled_from([(2, 18), (2, 19), (3, 17), (3, 25), (5, 13), (5, 26), (7, 3), (8, 14), (8, 17)]),
    st.integers(0, 23),
    st.sampled_from([0, 16, 17, 18, 29, 30, 31, 59]),
)
gaps = st.lists(st.sampled_from([0, 1, 30, 60, 90, 990]) | st.integers(0, 4 * 1440), max_size=6)
zones = st.sampled_from(sorted(OFFSETS))


@st.composite
def ledgers(draw):
    start = draw(any_minute | edges)
    moments = [start]
    for gap in draw(gaps):
        moments.append(moments[-1] + timedelta(minutes=gap))
    until = moments[-1] + timedelta(minutes=draw(st.integers(0, 3 * 1440)))
    return moments, until


@settings(max_examples=120, deadline=None)
@given(drawn=ledgers(), budget=st.integers(1, 700), zone=zones, is_over=st.booleans())
def test_every_clock_is_the_one_counted_minute_by_minute(drawn, budget, zone, is_over):
    moments, until = drawn
    used, paused, due = oracle(moments, budget, until, OFFSETS[zone])
    clock = derive(ledger(moments, until if is_over else None), CALENDARS[zone], budget, until)
    assert (clock.used_minutes, clock.paused_minutes, clock.due_at) == (used, paused, due)
    assert clock.remaining_minutes == budget - used


@settings(max_examples=200, deadline=None)
@given(drawn=ledgers(), budget=st.integers(1, 2500), zone=zones, seconds=st.integers(0, 59))
def test_the_explanation_comes_to_the_budget_at_the_derived_deadline(drawn, budget, zone, seconds):
    moments, _until = drawn
    moments = [moment + timedelta(seconds=seconds) for moment in moments]
    entries = ledger(moments, None)
    clock = derive(entries, CALENDARS[zone], budget, moments[-1])
    told = explain(entries, CALENDARS[zone], budget, moments[-1])
    counted = [line for line in told.lines if line.kind is LineKind.COUNTED]
    assert told.due_at == clock.due_at
    if clock.due_at is None:
        assert told.counted == clock.used
    else:
        assert told.counted == timedelta(minutes=budget)
        assert counted[-1].ends_at == clock.due_at
    assert all(line.counted == line.ends_at - line.starts_at for line in counted)
    assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(counted))
    assert [line.total for line in told.lines] == sorted(line.total for line in told.lines)


@settings(max_examples=60, deadline=None)
@given(drawn=ledgers(), budget=st.integers(1, 2500))
def test_a_kept_explanation_reads_back_as_it_was(drawn, budget):
    moments, until = drawn
    entries = ledger(moments, until)
    told = explain(entries, CALENDARS["Asia/Jakarta"], budget, until)
    clock = derive(entries, CALENDARS["Asia/Jakarta"], budget, until)
    assert read_lines(write_lines(told.lines), clock.pauses) == told.lines


@pytest.mark.parametrize("zone", sorted(OFFSETS))
def test_every_day_without_work_on_the_way_is_named_with_its_reason(zone):
    calendar, start = CALENDARS[zone], datetime(2026, 3, 17, 1, 0, tzinfo=UTC)
    lines = explain([Entry(EntryKind.START, start)], calendar, 600, start).lines
    off = {line.on: line.english_name for line in lines if line.kind is LineKind.OFF}
    assert sorted(off) == [date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24)]
    assert off[date(2026, 3, 19)] == "Day of Silence"
    assert {line.name for line in lines if line.on == date(2026, 3, 17)} == {"Ramadan"}
