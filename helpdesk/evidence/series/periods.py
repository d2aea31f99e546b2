"""Over which time a graph goes, how it is thinned for a screen, and what is said of it in figures. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from helpdesk.evidence.series.rules import KEPT, Metric, Point, Resolution

# No more points than a screen can tell apart.
MOST_POINTS = 300
PERCENTILE = 95


class Period(StrEnum):
    """How far back a graph looks; the values stand in addresses."""

    HOUR = "1h"
    SIX_HOURS = "6h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "13mo"

    @property
    def length(self) -> timedelta:
        """How long the period is."""
        return _LENGTHS[self]


_LENGTHS: dict[Period, timedelta] = {
    Period.HOUR: timedelta(hours=1),
    Period.SIX_HOURS: timedelta(hours=6),
    Period.DAY: timedelta(hours=24),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=30),
    # 13 months: as long as anything is kept.
    Period.YEAR: KEPT[Resolution.HOUR],
}
# Minutes, days or months from one mark of the time axis to the next.
_MINUTES = {Period.HOUR: 10, Period.SIX_HOURS: 60, Period.DAY: 240}
_DAYS = {Period.WEEK: 1, Period.MONTH: 5}
_MONTHS = 2


@dataclass(frozen=True)
class Course:
    """The buckets of one metric over a window."""

    metric: Metric
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Courses:
    """What is known of a port or a device over a window, all in one resolution."""

    start: datetime
    end: datetime
    resolution: Resolution
    courses: dict[Metric, Course]

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return any(point.count for course in self.courses.values() for point in course.points)


@dataclass(frozen=True)
class Figures:
    """What is said of a course in words: the last value, the mean, the 95th percentile, the highest."""

    latest: float
    mean: float
    percentile: float
    peak: float


def figures_of(points: Sequence[Point]) -> Figures | None:
    """Return the figures of the buckets, or None where nothing is known.

    The percentile is that of the buckets' means, by the nearest rank: what traffic is billed by.
    """
    known = [point for point in points if point.mean is not None]
    if not known:
        return None
    means = [point.mean or 0.0 for point in known]
    count = sum(point.count for point in known)
    return Figures(
        latest=means[-1],
        mean=sum(mean * point.count for mean, point in zip(means, known, strict=True)) / count,
        percentile=sorted(means)[math.ceil(len(means) * PERCENTILE / 100) - 1],
        peak=max(point.mean or 0.0 if point.high is None else point.high for point in known),
    )


def thin(points: Sequence[Point], start: datetime, end: datetime, most: int = MOST_POINTS) -> list[Point]:
    """Join buckets that a screen could not tell apart: nothing is lost of the lowest and the highest."""
    if len(points) <= most:
        return list(points)
    step = (end - start) / most
    return [
        _joined(list(of_step)) for _place, of_step in groupby(points, key=lambda p: (p.at - start) // step)
    ]


def _joined(points: Sequence[Point]) -> Point:
    known = [point for point in points if point.mean is not None]
    count = sum(point.count for point in known)
    if not count:
        return points[0]
    return Point(
        at=points[0].at,
        low=min((point.low for point in known if point.low is not None), default=None),
        mean=sum((point.mean or 0.0) * point.count for point in known) / count,
        high=max((point.high for point in known if point.high is not None), default=None),
        count=count,
    )


def scaled(points: Sequence[Point], factor: float) -> list[Point]:
    """Return the points in another unit."""

    def times(value: float | None) -> float | None:
        return None if value is None else value * factor

    return [
        Point(each.at, times(each.low), times(each.mean), times(each.high), each.count) for each in points
    ]


def marks_of_time(period: Period, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the moments that the time axis names: full hours, midnights, firsts of a month of the zone."""
    start = end - period.length
    return [moment for moment in _marks(period, start.astimezone(zone), end) if start < moment < end]


def _marks(period: Period, start: datetime, end: datetime) -> Iterator[datetime]:
    if period in _MINUTES:
        yield from _steps(start, timedelta(minutes=_MINUTES[period]), end)
    elif period in _DAYS:
        yield from _steps(start, timedelta(days=_DAYS[period]), end)
    else:
        year, month = start.year, start.month
        while (moment := datetime(year, month, 1, tzinfo=start.tzinfo)) < end:
            yield moment.astimezone(UTC)
            year, month = year + (month - 1 + _MONTHS) // 12, (month - 1 + _MONTHS) % 12 + 1


def _steps(start: datetime, step: timedelta, end: datetime) -> Iterator[datetime]:
    # By the clock on the wall: midnight stays midnight on a day that has 23 hours.
    moment = datetime.combine(start.date(), time(), start.tzinfo)
    while moment < end:
        yield moment.astimezone(UTC)
        moment += step
