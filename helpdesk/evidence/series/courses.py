"""Reading whole courses: all metrics of a port or a device at once, and the small ones of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.evidence.series.errors import SeriesNotFound
from helpdesk.evidence.series.models import Series, SeriesPoint
from helpdesk.evidence.series.periods import Course, Courses
from helpdesk.evidence.series.queries import finest_resolution
from helpdesk.evidence.series.rules import DEVICE, Metric, Point, Resolution, bucket_start, moment_of

PORT = frozenset({Metric.IN_BPS, Metric.OUT_BPS})
SMALL_WINDOW = timedelta(hours=24)


def get_port_name(session: Session, device_id: int, series_id: int) -> str:
    """Return which port of the device the series is about, or raise SeriesNotFound."""
    series = session.get(Series, series_id)
    if series is None or series.device_id != device_id or series.name == DEVICE:
        raise SeriesNotFound
    return series.name


def load_courses(
    session: Session,
    device_id: int,
    name: str,
    start: datetime,
    end: datetime,
    resolution: Resolution | None = None,
) -> Courses:
    """Return all that is measured of the port, or of the device with an empty name, in one resolution.

    Without one the finest is taken that suits the window and reaches back to its start.
    """
    named = select(Series.id, Series.metric).where(Series.device_id == device_id, Series.name == name)
    metrics = {series_id: Metric(metric) for series_id, metric in session.execute(named)}
    if resolution is None:
        resolution = finest_resolution(session, list(metrics), start, end)
    found = _points(session, metrics, start, end, resolution)
    courses = {
        metrics[series_id]: Course(metrics[series_id], tuple(points)) for series_id, points in found.items()
    }
    return Courses(start, end, resolution, dict(sorted(courses.items())))


def list_ports(session: Session, device_id: int) -> dict[str, int]:
    """Return the ports that have a series: the name, and the number of the series that stands for all."""
    rows = session.execute(
        select(Series.name, Series.id)
        .where(Series.device_id == device_id, Series.name != DEVICE)
        .order_by(Series.id.desc())
    )
    return dict(rows.all())


def small_courses(
    session: Session, device_id: int, names: Sequence[str], *, now: datetime
) -> dict[str, list[Point]]:
    """Return the busier direction of each port over the last day, hour by hour."""
    rows = session.execute(
        select(Series.id, Series.name).where(
            Series.device_id == device_id, Series.name.in_(names), Series.metric.in_(sorted(PORT))
        )
    )
    name_of: dict[int, str] = dict(rows.all())
    hours: dict[str, dict[datetime, Point]] = defaultdict(dict)
    for series_id, points in _points(session, name_of, now - SMALL_WINDOW, now, Resolution.HOUR).items():
        of_port = hours[name_of[series_id]]
        for point in points:
            other = of_port.get(point.at)
            of_port[point.at] = (
                point if other is None else max(point, other, key=lambda one: one.mean or -1.0)
            )
    return {name: [of_port[at] for at in sorted(of_port)] for name, of_port in hours.items()}


def _points(
    session: Session, series_ids: Iterable[int], start: datetime, end: datetime, resolution: Resolution
) -> dict[int, list[Point]]:
    """Return the buckets of the series, the oldest first; a moment without an honest value has None."""
    rows = session.execute(
        select(
            SeriesPoint.series_id,
            SeriesPoint.at,
            SeriesPoint.low,
            SeriesPoint.high,
            SeriesPoint.total,
            SeriesPoint.count,
        )
        .where(
            SeriesPoint.series_id.in_(list(series_ids)),
            SeriesPoint.resolution == int(resolution),
            SeriesPoint.at >= bucket_start(start, resolution),
            SeriesPoint.at < end.timestamp(),
        )
        .order_by(SeriesPoint.series_id, SeriesPoint.at)
    )
    found: dict[int, list[Point]] = defaultdict(list)
    for series_id, at, low, high, total, count in rows:
        found[series_id].append(Point(moment_of(at), low, total / count if count else None, high, count))
    return found
