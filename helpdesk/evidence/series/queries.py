"""Reading time series: of a port, of a device, and which ports carry the most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.evidence.series.models import Series, SeriesPoint
from helpdesk.evidence.series.rules import (
    DEVICE,
    Metric,
    Point,
    Resolution,
    bucket_start,
    moment_of,
    resolutions_to_draw,
)


@dataclass(frozen=True)
class BusyInterface:
    """A port with its busier direction: the mean and the highest rate of the window."""

    device_id: int
    interface: str
    metric: Metric
    mean_bps: float
    highest_bps: float


def rates(
    session: Session,
    device_id: int,
    interface: str,
    metric: Metric,
    start: datetime,
    end: datetime,
    resolution: Resolution | None = None,
) -> list[Point]:
    """Return the buckets of a port's series, the oldest first; a moment without an honest value has None.

    Without a resolution the finest is taken that suits the window and reaches back to its start.
    """
    series_id = session.scalar(
        select(Series.id).where(
            Series.device_id == device_id, Series.name == interface, Series.metric == int(metric)
        )
    )
    if series_id is None:
        return []
    if resolution is None:
        resolution = finest_resolution(session, [series_id], start, end)
    rows = session.execute(
        select(SeriesPoint.at, SeriesPoint.low, SeriesPoint.high, SeriesPoint.total, SeriesPoint.count)
        .where(
            SeriesPoint.series_id == series_id,
            SeriesPoint.resolution == int(resolution),
            SeriesPoint.at >= bucket_start(start, resolution),
            SeriesPoint.at < end.timestamp(),
        )
        .order_by(SeriesPoint.at)
    )
    return [
        Point(moment_of(at), low, total / count if count else None, high, count)
        for at, low, high, total, count in rows
    ]


def device_series(
    session: Session,
    device_id: int,
    metric: Metric,
    start: datetime,
    end: datetime,
    resolution: Resolution | None = None,
) -> list[Point]:
    """Return the buckets of the device's processors, memory or temperature: the highest of each reading."""
    return rates(session, device_id, DEVICE, metric, start, end, resolution)


def list_interfaces(session: Session, device_id: int) -> Sequence[str]:
    """Return the names of the device's ports that have a series."""
    return session.scalars(
        select(Series.name)
        .where(Series.device_id == device_id, Series.name != DEVICE)
        .distinct()
        .order_by(Series.name)
    ).all()


def busiest_interfaces(
    session: Session, device_ids: Sequence[int], start: datetime, end: datetime, *, limit: int = 10
) -> list[BusyInterface]:
    """Return the ports of the devices that carried the most on average, each by its busier direction."""
    resolution = Resolution.FIVE_MINUTES
    if resolution not in resolutions_to_draw(start, end):
        resolution = Resolution.HOUR
    mean = func.sum(SeriesPoint.total) / func.sum(SeriesPoint.count)
    rows = session.execute(
        select(Series.device_id, Series.name, Series.metric, mean, func.max(SeriesPoint.high))
        .join(SeriesPoint, SeriesPoint.series_id == Series.id)
        .where(
            Series.device_id.in_(device_ids),
            Series.metric.in_((int(Metric.IN_BPS), int(Metric.OUT_BPS))),
            SeriesPoint.resolution == int(resolution),
            SeriesPoint.at >= bucket_start(start, resolution),
            SeriesPoint.at < end.timestamp(),
            SeriesPoint.count > 0,
        )
        .group_by(Series.id, Series.device_id, Series.name, Series.metric)
        .order_by(mean.desc(), Series.device_id, Series.name, Series.metric)
        # A port has two directions: twice as many rows hold at least as many ports as are asked for.
        .limit(limit * 2)
    )
    found: dict[tuple[int, str], BusyInterface] = {}
    for device_id, name, metric, average, highest in rows:
        # Only buckets that hold a value were asked for: there is a highest one.
        busy = BusyInterface(device_id, name, Metric(metric), average, highest or 0.0)
        found.setdefault((device_id, name), busy)
    return list(found.values())[:limit]


def finest_resolution(
    session: Session, series_ids: Sequence[int], start: datetime, end: datetime
) -> Resolution:
    """Return the finest resolution for the window that still reaches back as far as the series do."""
    rows = session.execute(
        select(SeriesPoint.resolution, func.min(SeriesPoint.at))
        .where(SeriesPoint.series_id.in_(series_ids))
        .group_by(SeriesPoint.resolution)
    )
    oldest: dict[int, int] = dict(rows.all())
    wanted = max(start.timestamp(), min(oldest.values(), default=0))
    for resolution in resolutions_to_draw(start, end):
        # The first bucket of an hour begins before the first value in it.
        if resolution in oldest and oldest[resolution] - Resolution.HOUR < wanted:
            return resolution
    return Resolution.HOUR
