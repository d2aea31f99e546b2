"""Rules of the time series: what is measured, how it is rolled up, how long it is kept. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from statistics import median


class Metric(IntEnum):
    """What a series holds. The numbers stand in the database: they never change."""

    IN_BPS = 1
    OUT_BPS = 2
    IN_ERRORS = 3  # per second, like the three below
    OUT_ERRORS = 4
    IN_DISCARDS = 5
    OUT_DISCARDS = 6
    PROCESSOR_PERCENT = 20
    MEMORY_PERCENT = 21
    TEMPERATURE_CELSIUS = 22


class Resolution(IntEnum):
    """How fine a series is; the value is the length of a bucket in seconds. The numbers never change."""

    RAW = 1
    FIVE_MINUTES = 300
    HOUR = 3600


KEPT: dict[Resolution, timedelta] = {
    Resolution.RAW: timedelta(days=2),
    Resolution.FIVE_MINUTES: timedelta(days=14),
    # 13 months: the same month of last year is still there to compare with.
    Resolution.HOUR: timedelta(days=396),
}
# Field of the rates of a port → metric.
PORT_METRICS: dict[str, Metric] = {
    "in_bps": Metric.IN_BPS,
    "out_bps": Metric.OUT_BPS,
    "in_errors_per_second": Metric.IN_ERRORS,
    "out_errors_per_second": Metric.OUT_ERRORS,
    "in_discards_per_second": Metric.IN_DISCARDS,
    "out_discards_per_second": Metric.OUT_DISCARDS,
}
# Key figure of a summary → metric.
DEVICE_METRICS: dict[str, Metric] = {
    "processor_percent": Metric.PROCESSOR_PERCENT,
    "memory_percent": Metric.MEMORY_PERCENT,
    "temperature_celsius": Metric.TEMPERATURE_CELSIUS,
}
# The name of the series that belong to a device and to no port.
DEVICE = ""
# A pause longer than this many usual intervals is a gap: its mean would hide what happened in it.
LONGEST_PAUSE = 2.5


@dataclass(frozen=True)
class Point:
    """A bucket of a series: lowest, mean and highest value; all None where nothing honest is known."""

    at: datetime
    low: float | None
    mean: float | None
    high: float | None
    count: int


def bucket_start(at: datetime, resolution: Resolution) -> int:
    """Return the second since 1970 with which the bucket of the moment begins."""
    return math.floor(at.timestamp()) // resolution * resolution


def moment_of(seconds: int) -> datetime:
    """Return the moment of a second since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def kept_since(resolution: Resolution, now: datetime) -> int:
    """Return the first second of the resolution that is still kept."""
    return bucket_start(now - KEPT[resolution], resolution)


def resolutions_to_draw(start: datetime, end: datetime) -> tuple[Resolution, ...]:
    """Return which resolutions suit the window, the finest first: no more points than a screen has."""
    return tuple(each for each in Resolution if end - start <= KEPT[each]) or (Resolution.HOUR,)


def usual_interval(planned: Iterable[datetime]) -> timedelta | None:
    """Return how far the planned readings of a device lie apart, or None where there are not two of them."""
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(planned))]
    return timedelta(seconds=median(steps)) if steps else None


def is_gap(before: datetime, after: datetime, interval: timedelta | None) -> bool:
    """Whether so many readings are missing between the two that a mean over them would mislead."""
    return interval is not None and after - before > interval * LONGEST_PAUSE


def with_gaps(points: Sequence[Point]) -> Iterator[Point]:
    """Give the points, with an empty one wherever readings are missing, so that no line is drawn over it."""
    interval = usual_interval(point.at for point in points)
    earlier: Point | None = None
    for point in points:
        if earlier is not None and interval is not None and is_gap(earlier.at, point.at, interval):
            yield Point(earlier.at + interval, None, None, None, 0)
        yield point
        earlier = point
