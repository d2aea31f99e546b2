from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.rules import NoHolidays, WorkingCalendar, is_working
from helpdesk.schedules.rules import (
    ALWAYS_OPEN,
    Governing,
    Kind,
    Level,
    Rhythm,
    Timing,
    every,
    governing_rule,
    latest_slot,
    next_slot,
    next_slots,
    timing_problem,
)

OFFICE = default_calendar()
JAKARTA = ZoneInfo("Asia/Jakarta")
MOMENTS = st.integers(1_700_000_000, 1_800_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
IDS = st.integers(1, 10**6)
FIXED = st.builds(
    Timing,
    rhythm=st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY]),
    at_minute=st.integers(0, 1439),
    weekday=st.integers(0, 6),
    month_day=st.integers(1, 28),
    working_only=st.booleans(),
)
INTERVALS = st.builds(
    Timing,
    rhythm=st.just(Rhythm.INTERVAL),
    every_minutes=st.integers(1, 180),
    working_only=st.booleans(),
)


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JAKARTA)  # type: ignore[arg-type,misc]


@given(FIXED | INTERVALS, IDS, MOMENTS)
def test_the_next_slot_is_later_and_is_the_latest_slot_when_it_comes(
    timing: Timing, device: int, now: datetime
) -> None:
    slot = next_slot(timing, device, now, OFFICE)
    assert slot is not None
    assert slot > now
    assert latest_slot(timing, device, slot, OFFICE) == slot


@given(FIXED, MOMENTS)
def test_between_the_latest_and_the_next_slot_of_a_fixed_time_there_is_none(
    timing: Timing, now: datetime
) -> None:
    latest, following = latest_slot(timing, 1, now, OFFICE), next_slot(timing, 1, now, OFFICE)
    assert latest is not None
    assert latest <= now
    assert next_slot(timing, 1, latest, OFFICE) == following


@given(INTERVALS, IDS, MOMENTS)
def test_in_working_time_only_no_slot_lies_outside_of_it(timing: Timing, device: int, now: datetime) -> None:
    slots = next_slots(timing, device, now, OFFICE, 5)
    assert len(slots) == 5
    if timing.working_only:
        assert all(is_working(OFFICE, slot) for slot in slots)


def test_an_office_that_never_opens_has_no_next_slot_and_breaks_nothing() -> None:
    closed = WorkingCalendar("Asia/Jakarta", ((),) * 7, holidays=NoHolidays())
    timing = Timing(rhythm=Rhythm.INTERVAL, every_minutes=15, working_only=True)
    assert next_slot(timing, 1, _local(2026, 11, 23, 9), closed) is None
    daily = Timing(rhythm=Rhythm.DAILY, working_only=True)
    assert next_slot(daily, 1, _local(2026, 11, 23, 9), closed) is None


def test_what_was_missed_in_working_time_is_not_read_at_night() -> None:
    timing = Timing(rhythm=Rhythm.INTERVAL, every_minutes=30, working_only=True)
    assert latest_slot(timing, 1, _local(2026, 11, 23, 22), OFFICE) is None


@pytest.mark.parametrize(
    ("timing", "after", "expected"),
    [
        (Timing(rhythm=Rhythm.DAILY, at_minute=360), (2026, 11, 23, 5, 59), (2026, 11, 23, 6)),
        (Timing(rhythm=Rhythm.DAILY, at_minute=360), (2026, 11, 23, 6, 0), (2026, 11, 24, 6)),
        # Friday evening: the next working day is Monday.
        (
            Timing(rhythm=Rhythm.DAILY, at_minute=360, working_only=True),
            (2026, 11, 20, 18),
            (2026, 11, 23, 6),
        ),
        # Saturday is no working day: the week's slot is that of Monday.
        (
            Timing(rhythm=Rhythm.WEEKLY, weekday=5, at_minute=360, working_only=True),
            (2026, 11, 22, 12),
            (2026, 11, 23, 6),
        ),
        (Timing(rhythm=Rhythm.WEEKLY, weekday=0, at_minute=390), (2026, 11, 23, 7), (2026, 11, 30, 6, 30)),
        (Timing(rhythm=Rhythm.MONTHLY, month_day=1, at_minute=0), (2026, 11, 23, 7), (2026, 12, 1, 0)),
        (Timing(rhythm=Rhythm.MONTHLY, month_day=28, at_minute=0), (2027, 2, 1, 0), (2027, 2, 28, 0)),
    ],
)
def test_a_time_of_day_is_that_of_the_offices_wall_clock(
    timing: Timing, after: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert next_slot(timing, 1, _local(*after), OFFICE) == _local(*expected)


def test_a_time_that_a_clock_change_skips_is_due_once_all_the_same() -> None:
    # Berlin's clocks went from 02:00 to 03:00 on 29 March 2026; Indonesia changes none.
    berlin = WorkingCalendar("Europe/Berlin", ALWAYS_OPEN.week)
    timing = Timing(rhythm=Rhythm.DAILY, at_minute=150)
    slots = next_slots(timing, 1, datetime(2026, 3, 28, 12, tzinfo=UTC), berlin, 3)
    assert [slot.astimezone(UTC).day for slot in slots] == [29, 30, 31]


def _rule(level: Level, minutes: int, schedule_id: int) -> Governing:
    return Governing(level=level, timing=every(minutes), schedule_id=schedule_id)


GROUP, SITE, ALL = _rule(Level.GROUP, 5, 1), _rule(Level.SITE, 10, 2), _rule(Level.EVERYTHING, 20, 3)


def test_the_most_specific_schedule_holds() -> None:
    assert governing_rule([GROUP], SITE, 30, ALL, 15) is GROUP
    assert governing_rule([], SITE, 30, ALL, 15) is SITE
    own = governing_rule([], None, 30, ALL, 15)
    assert (own.level, own.timing) == (Level.SITE_INTERVAL, every(30))
    assert governing_rule([], None, None, ALL, 15) is ALL
    default = governing_rule([], None, None, None, 15)
    assert (default.level, default.timing) == (Level.DEFAULT, every(15))


def test_a_site_that_is_not_read_by_schedule_stays_so_under_the_schedule_of_all() -> None:
    assert governing_rule([], None, 0, ALL, 15).timing is None


def test_of_several_groups_the_closest_watch_holds_whatever_their_order() -> None:
    daily = Governing(level=Level.GROUP, timing=Timing(rhythm=Rhythm.DAILY), schedule_id=9)
    assert governing_rule([daily, GROUP], None, None, None, 15) is GROUP
    assert governing_rule([GROUP, daily], None, None, None, 15) is GROUP


@pytest.mark.parametrize(
    ("kind", "timing", "field"),
    [
        (Kind.SNAPSHOT, Timing(rhythm=Rhythm.INTERVAL, every_minutes=0), "every_minutes"),
        (Kind.SNAPSHOT, Timing(rhythm=Rhythm.INTERVAL, every_minutes=1441), "every_minutes"),
        (
            Kind.SNAPSHOT,
            Timing(rhythm=Rhythm.INTERVAL, every_minutes=181, working_only=True),
            "every_minutes",
        ),
        (Kind.HEALTH_REPORT, Timing(rhythm=Rhythm.INTERVAL, every_minutes=60), "rhythm"),
        (Kind.SNAPSHOT, Timing(rhythm=Rhythm.DAILY, at_minute=1440), "at"),
        (Kind.SNAPSHOT, Timing(rhythm=Rhythm.WEEKLY, weekday=7), "weekday"),
        (Kind.SNAPSHOT, Timing(rhythm=Rhythm.MONTHLY, month_day=31), "month_day"),
    ],
)
def test_a_timing_that_cannot_hold_is_refused_by_its_field(kind: Kind, timing: Timing, field: str) -> None:
    problem = timing_problem(kind, timing)
    assert problem is not None
    assert problem[0] == field


@given(FIXED | INTERVALS, IDS, MOMENTS)
def test_no_gap_is_longer_than_the_timing_says(timing: Timing, device: int, now: datetime) -> None:
    slot = next_slot(timing, device, now, OFFICE)
    assert slot is not None
    assert timing.longest_gap is None or slot - now <= timing.longest_gap
    assert timing.longest_gap != timedelta()
