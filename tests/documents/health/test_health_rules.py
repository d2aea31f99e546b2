from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.documents.health.rules import (
    MOST_BODIES,
    DeviceFigures,
    Observed,
    Period,
    Reading,
    findings_of,
    observe,
    period_before,
    period_between,
    period_of,
    samples_for,
)
from helpdesk.schedules.rules import REPORT_RHYTHMS, Rhythm

JAKARTA = ZoneInfo("Asia/Jakarta")
BEGIN = datetime(2026, 11, 15, 17, tzinfo=UTC)  # Monday 16 November, 00.00 WIB
END = BEGIN + timedelta(days=7)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def _reading(hours: float, **fields: Any) -> Reading:
    values: dict[str, Any] = {
        "snapshot_id": int(hours * 100) + 1,
        "taken_at": BEGIN + timedelta(hours=hours),
        "reachable": True,
        "complete": True,
        "uptime_seconds": 1e6 + hours * 3600,
    }
    return Reading(**{**values, **fields})


def _silent(hours: float) -> Reading:
    return _reading(hours, reachable=False, complete=False, uptime_seconds=None)


def _observe(*readings: Reading, rhythm: Rhythm = Rhythm.WEEKLY, samples: int = 28) -> Observed:
    return observe(readings, BEGIN, END, rhythm, samples)


@given(st.sampled_from(REPORT_RHYTHMS), DAYS)
def test_the_period_before_a_day_is_whole_and_ends_before_it(rhythm: Rhythm, on: date) -> None:
    period = period_before(rhythm, on)
    assert period.last < on
    assert period_of(rhythm, period.last + timedelta(days=1)).last >= on
    assert period_of(rhythm, period.first) == period_of(rhythm, period.last) == period


@pytest.mark.parametrize(
    ("first", "last", "rhythm"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), Rhythm.DAILY),
        (date(2026, 11, 23), date(2026, 11, 29), Rhythm.WEEKLY),
        (date(2027, 2, 1), date(2027, 2, 28), Rhythm.MONTHLY),
        (date(2026, 11, 24), date(2026, 11, 30), None),
        (date(2026, 11, 29), date(2026, 11, 23), None),
    ],
)
def test_only_a_day_a_week_and_a_month_are_periods(first: date, last: date, rhythm: Rhythm | None) -> None:
    found = period_between(first, last)
    assert found == (Period(rhythm, first, last) if rhythm else None)


def test_a_period_begins_and_ends_at_the_offices_midnight() -> None:
    assert period_of(Rhythm.WEEKLY, date(2026, 11, 18)).bounds(JAKARTA) == (BEGIN, END)


def test_availability_is_the_share_of_time_with_an_answer() -> None:
    seen = _observe(_reading(0), _silent(1), _silent(2), _reading(3), _reading(4))
    assert seen.availability == 50
    assert [(span.begins_at, span.ends_at) for span in seen.unreachable] == [
        (BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=3))
    ]
    assert _observe().availability is None
    assert _observe(_silent(1)).availability == 0


def test_a_silent_device_that_is_asked_more_seldom_is_no_better_for_it() -> None:
    quarters = [_reading(number / 4) for number in range(48)]
    back_off = [_silent(12 + number) for number in range(12)]
    assert _observe(*quarters, *back_off, _reading(24)).availability == 50


def test_a_time_in_which_nobody_asked_counts_for_nothing() -> None:
    seen = _observe(_reading(0), _reading(0.25), _silent(0.5), _reading(0.75), _reading(1), _reading(100))
    assert seen.availability == 75


def test_a_device_silent_to_the_end_has_a_span_without_an_end() -> None:
    (span,) = _observe(_reading(0), _silent(1)).unreachable
    assert span.ends_at is None


def test_a_restart_is_told_once_and_a_wrapped_uptime_is_none() -> None:
    seen = _observe(
        _reading(0),
        _reading(1, uptime_seconds=600.0),
        _reading(2, uptime_seconds=4200.0),
        # An uptime that fell without a start in between: a counter that wrapped.
        _reading(3, uptime_seconds=4100.0),
    )
    assert seen.restarts == (BEGIN + timedelta(minutes=50),)


def test_what_was_not_read_is_a_gap_and_no_nought() -> None:
    seen = _observe(_reading(0, processor_percent=10.0), _reading(1, processor_percent=30.0), _reading(4.5))
    course = seen.courses["processor_percent"]
    assert len(course.means) == 84
    assert (course.means[0], course.highest[0]) == (20.0, 30.0)
    assert set(course.means[1:]) == {None}
    assert (course.mean, course.peak) == (20.0, 30.0)
    assert seen.courses["temperature_celsius"].peak is None


def test_a_device_that_is_read_seldom_has_longer_steps_and_no_gap_in_each() -> None:
    seen = _observe(*(_reading(5.0 * number, processor_percent=20.0) for number in range(34)))
    course = seen.courses["processor_percent"]
    assert set(course.means) == {20.0}
    assert len(course.means) == 28
    assert course.step == pytest.approx(6 / 168)


def test_an_outage_of_most_of_the_week_stays_a_gap_and_makes_no_step_longer() -> None:
    readings = [_reading(hour, processor_percent=20.0) if hour < 24 else _silent(hour) for hour in range(168)]
    course = _observe(*readings).courses["processor_percent"]
    assert [value is not None for value in course.means] == [True] * 12 + [False] * 72


@given(st.lists(st.floats(0, 167.99), max_size=80), st.integers(1, 200))
def test_however_many_readings_only_so_many_snapshots_are_opened(hours: list[float], samples: int) -> None:
    readings = [_reading(hour, snapshot_id=number) for number, hour in enumerate(sorted(hours))]
    seen = _observe(*readings, samples=samples)
    assert len(seen.sample_ids) <= min(samples, 28) + 1
    assert len(set(seen.sample_ids)) == len(seen.sample_ids)
    if readings:
        assert seen.sample_ids[0] == 0
        assert seen.sample_ids[-1] == len(readings) - 1


@given(st.integers(1, 5000), st.sampled_from(REPORT_RHYTHMS))
def test_a_report_of_very_many_devices_opens_no_more_snapshots(devices: int, rhythm: Rhythm) -> None:
    begin, end = period_of(rhythm, date(2026, 11, 18)).bounds(JAKARTA)
    samples = samples_for(devices, begin, end, rhythm)
    assert samples * devices <= max(MOST_BODIES, 4 * devices)
    assert samples >= 4


def _codes(seen: Observed, **fields: Any) -> list[str]:
    device = DeviceFigures(name="sw", address="192.0.2.1", site="A", observed=seen, **fields)
    return [one.code for one in findings_of([device])]


def test_what_needs_attention_is_found_and_what_is_well_is_not() -> None:
    assert _codes(_observe(_reading(0, processor_percent=20.0))) == []
    assert _codes(_observe()) == ["unread"]
    assert _codes(_observe(_silent(0), _silent(1))) == ["silent"]
    troubled = _observe(
        _reading(0),
        _silent(1),
        _reading(2, uptime_seconds=60.0, temperature_celsius=80.0, complete=False, failed_parts=("sensors",)),
    )
    assert _codes(troubled, broken_evidence=1) == [
        "availability",
        "restarted",
        "temperature_celsius",
        "incomplete",
        "broken",
    ]
