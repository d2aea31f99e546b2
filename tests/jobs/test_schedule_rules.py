from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.jobs.rules import jitter_seconds, latest_slot

MOMENTS = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
INTERVALS = st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes))
IDS = st.integers(1, 10**6)


@given(IDS, INTERVALS, MOMENTS)
def test_the_latest_slot_is_less_than_an_interval_ago(
    device: int, interval: timedelta, now: datetime
) -> None:
    slot = latest_slot(device, interval, now)
    assert slot <= now < slot + interval


@given(IDS, INTERVALS, MOMENTS)
def test_the_next_slot_is_one_interval_later(device: int, interval: timedelta, now: datetime) -> None:
    slot = latest_slot(device, interval, now)
    assert latest_slot(device, interval, slot) == slot
    assert latest_slot(device, interval, slot + interval) == slot + interval
    assert latest_slot(device, interval, slot + interval - timedelta(microseconds=1)) == slot


def test_devices_are_spread_over_the_interval() -> None:
    interval = timedelta(minutes=15)
    quarters = [jitter_seconds(device, interval) * 4 // 900 for device in range(1, 401)]
    assert all(70 < quarters.count(quarter) < 130 for quarter in range(4))


def test_a_device_keeps_its_place() -> None:
    # Another release that placed devices elsewhere would read all of them twice on the day of its start.
    assert [jitter_seconds(device, timedelta(minutes=15)) for device in (1, 2, 3)] == [486, 129, 533]
