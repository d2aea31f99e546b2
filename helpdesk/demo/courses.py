"""How the core of the demo network went in the last month: what readings would have added to the series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from helpdesk.demo.walk import Act, Stage
from helpdesk.devices.models import Device
from helpdesk.evidence.series.models import Series, SeriesPoint
from helpdesk.evidence.series.rules import DEVICE, Metric, Resolution, bucket_start
from network.lab import simulation
from network.lab.definition import LabDeviceFile, Port, list_device_files

CORE_DEVICES: Final = 2
SINCE: Final = timedelta(days=30)
FINE_SINCE: Final = timedelta(hours=26)
# Nobody read anything in these hours before now: what a gap looks like.
SILENT: Final = (timedelta(hours=9), timedelta(hours=7))
# So many values make a bucket of an hour.
VALUES_AN_HOUR: Final = 4
# Errors and discards are told of the ports that carry so much, and of those that have any.
BUSY_KBPS: Final = 50_000
# Metric → its middle, and how far and how fast it moves around it.
METERS: Final[dict[Metric, tuple[float, float, int]]] = {
    Metric.PROCESSOR_PERCENT: (34, 17, 5400),
    Metric.MEMORY_PERCENT: (57, 3, 40_000),
    Metric.TEMPERATURE_CELSIUS: (41, 4, 86_400),
}


def course_acts(stage: Stage) -> Iterator[Act]:
    """Yield the filling of the series, before what the stories themselves read."""
    if stage.network is None:
        return
    files = {file.name: file for file in list_device_files()}
    for device in list(stage.devices.values())[:CORE_DEVICES]:
        if device.name in files:
            add = partial(_add, stage.session, device, files[device.name], stage.now)
            yield Act(stage.now - SINCE, add)


def _add(session: Session, device: Device, file: LabDeviceFile, now: datetime, at: datetime) -> None:
    courses = _courses(file)
    series = [Series(device_id=device.id, name=name, metric=int(metric)) for name, metric in courses]
    session.add_all(series)
    session.flush()
    rows = [
        {"series_id": row.id, **bucket}
        for row, value_at in zip(series, courses.values(), strict=True)
        for bucket in _buckets(value_at, at, now)
    ]
    session.execute(insert(SeriesPoint), rows)


def _courses(file: LabDeviceFile) -> dict[tuple[str, Metric], Any]:
    """Return what gives the value of each series at a second since 1970, over the seconds before it."""
    found: dict[tuple[str, Metric], Any] = {
        (DEVICE, metric): partial(_meter, *shape) for metric, shape in METERS.items()
    }
    for port in file.all_ports():
        if port.in_kbps or port.out_kbps:
            found[port.name, Metric.IN_BPS] = partial(_rate, file, port, port.in_kbps)
            found[port.name, Metric.OUT_BPS] = partial(_rate, file, port, port.out_kbps)
        if port.errors_per_hour or port.in_kbps >= BUSY_KBPS:
            found[port.name, Metric.IN_ERRORS] = partial(_events, file, port, port.errors_per_hour)
            found[port.name, Metric.OUT_ERRORS] = _nothing
            found[port.name, Metric.IN_DISCARDS] = _nothing
            found[port.name, Metric.OUT_DISCARDS] = partial(_events, file, port, port.discards_per_hour)
    return found


def _meter(middle: float, amplitude: float, period: int, second: int, _length: int) -> float:
    return float(simulation.swing(middle, amplitude, period, second))


def _rate(file: LabDeviceFile, port: Port, kbps: float, second: int, length: int) -> float:
    uptimes = (simulation.uptime_seconds(file, at) for at in (second - length, second))
    before, after = (simulation.octets(kbps, port, uptime) for uptime in uptimes)
    return max(after - before, 0) * 8 / length


def _events(file: LabDeviceFile, port: Port, per_hour: float, second: int, length: int) -> float:
    uptimes = (simulation.uptime_seconds(file, at) for at in (second - length, second))
    before, after = (simulation.events(per_hour, port, uptime) for uptime in uptimes)
    return max(after - before, 0) / length


def _nothing(_second: int, _length: int) -> float:
    return 0.0


def _buckets(value_at: Any, since: datetime, now: datetime) -> Iterator[Mapping[str, Any]]:
    hour, minutes = int(Resolution.HOUR), int(Resolution.FIVE_MINUTES)
    until = bucket_start(now, Resolution.HOUR)
    silent = range(
        bucket_start(now - SILENT[0], Resolution.HOUR), bucket_start(now - SILENT[1], Resolution.HOUR)
    )
    for at in range(bucket_start(since, Resolution.HOUR) + hour, until, hour):
        length = hour // VALUES_AN_HOUR
        if at not in silent:
            yield _bucket(Resolution.HOUR, at, [value_at(at + length * n, length) for n in range(1, 5)])
    until = bucket_start(now, Resolution.FIVE_MINUTES)
    for at in range(bucket_start(now - FINE_SINCE, Resolution.HOUR), until, minutes):
        if at not in silent:
            value = value_at(at, minutes)
            yield _bucket(Resolution.RAW, at, [value])
            yield _bucket(Resolution.FIVE_MINUTES, at, [value])


def _bucket(resolution: Resolution, at: int, values: Sequence[float]) -> dict[str, Any]:
    return {
        "resolution": int(resolution),
        "at": at,
        "low": min(values),
        "high": max(values),
        "total": sum(values),
        "count": len(values),
    }
