"""What the time series say of a period: the graphs of a report, drawn from every reading and not from a few.

Where the series hold nothing, because the snapshots are older, figures.py goes by the snapshots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.documents.health.rules import Course, Observed
from helpdesk.evidence.series.courses import load_courses
from helpdesk.evidence.series.models import Series, SeriesPoint
from helpdesk.evidence.series.periods import Courses
from helpdesk.evidence.series.rules import DEVICE, DEVICE_METRICS, Metric, Point, bucket_start

Traffic = tuple[tuple[float, float | None, float | None], ...]
_DIRECTIONS = {Metric.IN_BPS: "in_bps", Metric.OUT_BPS: "out_bps"}


@dataclass
class Measured:
    """The mean rates of a port over the period, and its highest one."""

    in_bps: float | None = None
    out_bps: float | None = None
    peak_bps: float | None = None


def courses_of(
    session: Session, device_id: int, observed: Observed, begin: datetime, end: datetime
) -> tuple[Courses, dict[str, Course]]:
    """Return the series of the device itself, and of them the courses in the steps of its readings."""
    series = load_courses(session, device_id, DEVICE, begin, end)
    found = {}
    for name, like in observed.courses.items():
        course = series.courses.get(DEVICE_METRICS[name])
        if course is not None and any(point.count for point in course.points):
            found[name] = _in_steps(course.points, like, begin, end)
    return series, found


def measured_ports(
    session: Session, device_id: int, courses: Courses, begin: datetime, end: datetime
) -> dict[str, Measured]:
    """Return what each port of the device carried, where anything is known of it."""
    rows = session.execute(
        select(
            Series.name,
            Series.metric,
            func.sum(SeriesPoint.total) / func.sum(SeriesPoint.count),
            func.max(SeriesPoint.high),
        )
        .join(SeriesPoint, SeriesPoint.series_id == Series.id)
        .where(
            Series.device_id == device_id,
            Series.metric.in_([int(metric) for metric in _DIRECTIONS]),
            SeriesPoint.resolution == int(courses.resolution),
            SeriesPoint.at >= bucket_start(begin, courses.resolution),
            SeriesPoint.at < end.timestamp(),
            SeriesPoint.count > 0,
        )
        .group_by(Series.name, Series.metric)
    )
    ports: dict[str, Measured] = {}
    for name, metric, mean, highest in rows:
        port = ports.setdefault(name, Measured())
        setattr(port, _DIRECTIONS[Metric(metric)], mean)
        port.peak_bps = max(port.peak_bps or 0.0, highest or 0.0)
    return ports


def traffic_of(
    session: Session, device_id: int, name: str, observed: Observed, begin: datetime, end: datetime
) -> Traffic:
    """Return the traffic of the port in the steps of the device's readings: the middle of each, in, out."""
    like = next(iter(observed.courses.values()))
    series = load_courses(session, device_id, name, begin, end)
    lines = [
        _in_steps(course.points if (course := series.courses.get(metric)) else (), like, begin, end).means
        for metric in _DIRECTIONS
    ]
    return tuple(
        (min((place + 0.5) * like.step, 1.0), into, out)
        for place, (into, out) in enumerate(zip(*lines, strict=True))
    )


def _in_steps(points: Sequence[Point], like: Course, begin: datetime, end: datetime) -> Course:
    """Join the buckets to the steps that the readings of the device are told in."""
    size = len(like.means)
    totals, counts = [0.0] * size, [0] * size
    highest: list[float | None] = [None] * size
    for point in points:
        # The bucket of an hour may begin before the period does.
        place = min(max(int((point.at - begin) / (end - begin) / like.step), 0), size - 1)
        if point.mean is None:
            continue
        totals[place] += point.mean * point.count
        counts[place] += point.count
        highest[place] = max(highest[place] or 0.0, point.mean if point.high is None else point.high)
    means = (total / count if count else None for total, count in zip(totals, counts, strict=True))
    return Course(tuple(means), tuple(highest), like.step)
