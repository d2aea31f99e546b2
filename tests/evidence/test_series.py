"""Time series: roll-ups that agree with the raw values, gaps that stay gaps, and what is forgotten."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence import service as evidence
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.evidence.series import queries, service
from helpdesk.evidence.series.models import Series, SeriesPoint
from helpdesk.evidence.series.rules import (
    DEVICE,
    KEPT,
    Metric,
    Point,
    Resolution,
    bucket_start,
    is_gap,
    kept_since,
    resolutions_to_draw,
    usual_interval,
    with_gaps,
)
from helpdesk.jobs import tasks
from network import Snapshot as Facts
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.readings import moved_on, switch_facts

PORT = "GigabitEthernet1/0/1"
WINDOW = timedelta(hours=3)
READINGS = st.lists(
    st.tuples(
        st.integers(0, int(WINDOW.total_seconds()) - 1),
        st.none() | st.floats(0, 1e11, allow_nan=False),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda reading: reading[0],
)


def read_all(session: Session, device: Device, resolution: Resolution) -> list[Point]:
    """Return the whole series of the port."""
    return queries.rates(
        session, device.id, PORT, Metric.IN_BPS, MORNING, MORNING + WINDOW, resolution=resolution
    )


def oracle(readings: Sequence[tuple[int, float | None]], resolution: Resolution) -> list[Point]:
    """Roll up from all raw values at once, the plain way."""
    buckets: dict[int, list[float]] = {}
    for seconds, value in readings:
        found = buckets.setdefault(bucket_start(MORNING + timedelta(seconds=seconds), resolution), [])
        found.extend([] if value is None else [value])
    return [
        Point(
            datetime.fromtimestamp(at, MORNING.tzinfo),
            min(values, default=None),
            pytest.approx(sum(values) / len(values)) if values else None,
            max(values, default=None),
            len(values),
        )
        for at, values in sorted(buckets.items())
    ]


@given(readings=READINGS)
@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_roll_up_is_what_all_raw_values_say_in_whatever_order_they_came(
    session: Session, readings: list[tuple[int, float | None]]
) -> None:
    device = make_device(session)
    # A series begins with what is known: before that there is nothing whose gap could be told.
    ordered = sorted(readings, key=lambda reading: reading[1] is None)
    for seconds, value in ordered:
        at = MORNING + timedelta(seconds=seconds)
        service.add_values(session, device.id, at, {(PORT, Metric.IN_BPS): value})
    expected = readings if any(value is not None for _at, value in readings) else []
    for resolution in Resolution:
        assert read_all(session, device, resolution) == oracle(expected, resolution)
    session.rollback()


def _keep(session: Session, device: Device, facts: Facts) -> Snapshot:
    run = SnapshotRun(device_id=device.id, due_at=facts.taken_at, reason="schedule", state="leased")
    session.add(run)
    session.flush()
    return evidence.store_snapshot(session, run, facts, now=facts.taken_at)


def _renumbered(facts: Facts) -> Facts:
    ports = tuple(dataclasses.replace(port, index=port.index + 100) for port in facts.interfaces)
    return dataclasses.replace(facts, interfaces=ports)


def _restarted(facts: Facts) -> Facts:
    system = dataclasses.replace(facts.system, uptime_seconds=60.0, agent_uptime_seconds=60.0)
    ports = tuple(dataclasses.replace(port, in_octets=0) for port in facts.interfaces)
    return dataclasses.replace(facts, system=system, interfaces=ports)


def _points(session: Session, device: Device, metric: Metric = Metric.IN_BPS) -> list[Point]:
    end = MORNING + timedelta(days=1)
    return queries.rates(session, device.id, PORT, metric, MORNING, end, resolution=Resolution.RAW)


def test_a_stored_snapshot_adds_the_rates_since_the_one_before(session: Session) -> None:
    device, chance = make_device(session), random.Random(1)
    first = switch_facts(3, chance)
    second = moved_on(first, chance, seconds=900)
    for facts in (first, second):
        _keep(session, device, facts)
    before, after = (facts.interfaces[0].in_octets or 0 for facts in (first, second))
    (point,) = _points(session, device)
    assert point.at == second.taken_at
    assert point.mean == pytest.approx((after - before) * 8 / 900)
    assert queries.list_interfaces(session, device.id) == [
        "GigabitEthernet1/0/1",
        "GigabitEthernet1/0/2",
        "GigabitEthernet1/0/3",
    ]


def test_the_meters_of_a_device_are_kept_from_its_first_snapshot_on(session: Session) -> None:
    device, facts = make_device(session), switch_facts(2, random.Random(1))
    _keep(session, device, facts)
    window = facts.taken_at, facts.taken_at + timedelta(minutes=1)
    found = queries.device_series(session, device.id, Metric.PROCESSOR_PERCENT, *window)
    assert [point.mean for point in found] == [12.0]
    assert [
        p.mean for p in queries.device_series(session, device.id, Metric.TEMPERATURE_CELSIUS, *window)
    ] == [41.0]


def test_a_port_with_another_number_goes_on_with_its_history(session: Session) -> None:
    device, chance = make_device(session), random.Random(1)
    facts = switch_facts(2, chance)
    for _each in range(3):
        _keep(session, device, facts)
        facts = _renumbered(moved_on(facts, chance, seconds=900))
    assert [point.count for point in _points(session, device)] == [1, 1]


def test_a_restart_is_a_gap_and_never_a_zero(session: Session) -> None:
    device, chance = make_device(session), random.Random(1)
    first = switch_facts(2, chance)
    second = moved_on(first, chance, seconds=900)
    third = _restarted(moved_on(second, chance, seconds=900))
    for facts in (first, second, third):
        _keep(session, device, facts)
    assert [(point.mean is None, point.count) for point in _points(session, device)] == [
        (False, 1),
        (True, 0),
    ]


def test_a_rate_over_missed_readings_is_a_gap(session: Session) -> None:
    device, chance = make_device(session), random.Random(1)
    facts = switch_facts(2, chance)
    for seconds in (900, 900, 900, 4 * 900, 900):
        _keep(session, device, facts)
        facts = moved_on(facts, chance, seconds=seconds)
    _keep(session, device, facts)
    assert [point.mean is None for point in _points(session, device)] == [False] * 3 + [True, False]


def test_a_device_that_did_not_answer_adds_nothing(session: Session) -> None:
    device, facts = make_device(session), switch_facts(2, random.Random(1))
    nothing = dataclasses.replace(
        facts, interfaces=(), system=dataclasses.replace(facts.system, description=None, object_id=None)
    )
    assert not _keep(session, device, nothing).reachable
    assert session.scalar(select(func.count()).select_from(Series)) == 0


def test_broken_evidence_before_gives_no_rates_and_stops_nothing(session: Session) -> None:
    device, chance = make_device(session), random.Random(1)
    first = switch_facts(2, chance)
    _keep(session, device, first).content = b"x"
    session.flush()
    assert _keep(session, device, moved_on(first, chance, seconds=900)).id
    assert _points(session, device) == []


def test_each_resolution_is_forgotten_in_its_time_and_forgetting_twice_changes_nothing(
    session: Session,
) -> None:
    device = make_device(session)
    for days in (0, 1, 3, 13, 15, 395, 400):
        at = MORNING - timedelta(days=days)
        service.add_values(session, device.id, at, {(PORT, Metric.IN_BPS): 1.0})
    # The scheduler's task is what forgets.
    tasks.purge(session, now=MORNING)
    left = select(SeriesPoint.resolution, func.count()).group_by(SeriesPoint.resolution)
    assert dict(session.execute(left).all()) == {1: 2, 300: 4, 3600: 6}
    assert service.purge(session, now=MORNING) == 0


def test_a_window_is_read_as_finely_as_it_is_still_kept(session: Session) -> None:
    device = make_device(session)
    for days in (0, 1, 5, 30):
        at = MORNING - timedelta(days=days)
        service.add_values(session, device.id, at, {(PORT, Metric.IN_BPS): 5.0 + days})
    service.purge(session, now=MORNING)

    def means(days_ago: int, length: timedelta) -> list[float | None]:
        start = MORNING - timedelta(days=days_ago)
        found = queries.rates(session, device.id, PORT, Metric.IN_BPS, start, start + length)
        return [point.mean for point in found]

    assert means(1, timedelta(days=2)) == [6.0, 5.0]
    assert means(5, timedelta(hours=1)) == [10.0]
    assert means(30, timedelta(hours=1)) == [35.0]
    assert means(31, timedelta(days=40)) == [35.0, 10.0, 6.0, 5.0]


def test_the_busiest_ports_come_first_each_once(session: Session) -> None:
    one, other = make_device(session), make_device(session)
    for device, name, metric, value in (
        (one, "a", Metric.IN_BPS, 10.0),
        (one, "a", Metric.OUT_BPS, 90.0),
        (one, "b", Metric.IN_BPS, 50.0),
        (other, "a", Metric.IN_BPS, 70.0),
        (other, "idle", Metric.IN_BPS, 1.0),
        (other, "a", Metric.IN_ERRORS, 1000.0),
    ):
        for factor in (1, 3):
            at = MORNING + timedelta(minutes=factor)
            service.add_values(session, device.id, at, {(name, metric): value * factor})
    window = MORNING, MORNING + timedelta(hours=1)
    found = queries.busiest_interfaces(session, [one.id, other.id], *window, limit=3)
    assert [(each.device_id, each.interface, each.mean_bps, each.highest_bps) for each in found] == [
        (one.id, "a", 180.0, 270.0),
        (other.id, "a", 140.0, 210.0),
        (one.id, "b", 100.0, 150.0),
    ]
    assert queries.busiest_interfaces(session, [], *window) == []


def test_a_device_has_one_series_without_a_port(session: Session) -> None:
    device = make_device(session)
    for _each in range(2):
        service.add_values(session, device.id, MORNING, {(DEVICE, Metric.MEMORY_PERCENT): 3.0})
    assert session.scalar(select(func.count()).select_from(Series)) == 1
    assert queries.list_interfaces(session, device.id) == []


@pytest.mark.parametrize(
    ("window", "finest"),
    [
        (timedelta(hours=1), Resolution.RAW),
        (timedelta(days=7), Resolution.FIVE_MINUTES),
        (timedelta(days=390), Resolution.HOUR),
        (timedelta(days=4000), Resolution.HOUR),
    ],
)
def test_a_window_is_drawn_with_what_is_kept_for_it(window: timedelta, finest: Resolution) -> None:
    assert resolutions_to_draw(MORNING, MORNING + window)[0] is finest


def test_only_whole_buckets_are_forgotten() -> None:
    for resolution, kept in KEPT.items():
        first = kept_since(resolution, MORNING)
        assert first % resolution == 0
        assert first <= (MORNING - kept).timestamp() < first + resolution


def test_a_pause_is_a_gap_only_against_a_known_interval() -> None:
    slots = [MORNING + timedelta(minutes=15 * slot) for slot in (0, 1, 2, 9)]
    interval = usual_interval(slots)
    assert interval == timedelta(minutes=15)
    assert is_gap(slots[2], slots[3], interval)
    assert not is_gap(slots[0], slots[2], interval)
    assert usual_interval(slots[:1]) is None
    assert not is_gap(slots[0], slots[3], None)


def test_missing_readings_break_the_line() -> None:
    points = [Point(MORNING + timedelta(minutes=15 * slot), 1.0, 1.0, 1.0, 1) for slot in (0, 1, 2, 9)]
    assert [point.mean for point in with_gaps(points)] == [1.0, 1.0, 1.0, None, 1.0]
    assert list(with_gaps([])) == []
