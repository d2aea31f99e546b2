"""Use cases of the time series: what a snapshot adds to them, and what is forgotten."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.database import count_changed
from helpdesk.devices import reading
from helpdesk.evidence import queries
from helpdesk.evidence.facts import load_earlier_facts, load_facts
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.evidence.series.models import Series, SeriesPoint
from helpdesk.evidence.series.rules import (
    DEVICE,
    DEVICE_METRICS,
    PORT_METRICS,
    Metric,
    Resolution,
    bucket_start,
    is_gap,
    kept_since,
    usual_interval,
)

Values = dict[tuple[str, Metric], float | None]
_SLOTS = 6


def add_snapshot(session: Session, snapshot: Snapshot) -> None:
    """Write down what the snapshot showed; in the transaction that stores it, so once and not twice."""
    if not snapshot.reachable:
        return
    values = {**_meters(snapshot), **_rates(session, snapshot)}
    add_values(session, snapshot.device_id, snapshot.taken_at, values)


def add_values(
    session: Session, device_id: int, at: datetime, values: Mapping[tuple[str, Metric], float | None]
) -> None:
    """Add the values of one moment to their buckets of every resolution, whenever they come."""
    ids = _ids_of(session, device_id, values)
    buckets = [(int(resolution), bucket_start(at, resolution)) for resolution in Resolution]
    # Always in the same order: two readings of a device at once wait for each other and never in a ring.
    known = sorted((ids[key], key) for key in values if key in ids)
    rows = [
        _row(series_id, resolution, start, values[key])
        for series_id, key in known
        for resolution, start in buckets
    ]
    if rows:
        session.execute(_upsert(session), rows)


def purge(session: Session, *, now: datetime) -> int:
    """Forget the buckets whose time is over, and return how many."""
    forgotten = 0
    for resolution in Resolution:
        over = delete(SeriesPoint).where(
            SeriesPoint.resolution == resolution, SeriesPoint.at < kept_since(resolution, now)
        )
        forgotten += count_changed(session, over)
    return forgotten


def _meters(snapshot: Snapshot) -> Values:
    return {(DEVICE, metric): _number(snapshot.summary.get(key)) for key, metric in DEVICE_METRICS.items()}


def _rates(session: Session, snapshot: Snapshot) -> Values:
    """Return the rates since the snapshot before; None where there is no honest one."""
    previous = queries.find_previous_snapshot(session, snapshot)
    before = load_earlier_facts(session, previous)
    if previous is None or before is None:
        return {}
    facts = load_facts(session, snapshot)
    too_long = is_gap(previous.taken_at, snapshot.taken_at, _interval(session, snapshot.device_id))
    return {
        (port.name.replace("\0", "")[:255], metric): None if too_long else _number(getattr(port, field))
        for port in reading.compare_snapshots(before, facts).rates
        for field, metric in PORT_METRICS.items()
    }


def _interval(session: Session, device_id: int) -> timedelta | None:
    planned = session.scalars(
        select(SnapshotRun.due_at)
        .where(SnapshotRun.device_id == device_id, SnapshotRun.reason == "schedule")
        .order_by(SnapshotRun.due_at.desc())
        .limit(_SLOTS)
    )
    return usual_interval(planned)


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _ids_of(
    session: Session, device_id: int, values: Mapping[tuple[str, Metric], float | None]
) -> dict[tuple[str, int], int]:
    """Return the rows of the series; a value that was never known has none, and gets none for a gap."""
    ids = _known_ids(session, device_id)
    fresh = sorted(key for key, value in values.items() if value is not None and key not in ids)
    if fresh:
        rows = [{"device_id": device_id, "name": name, "metric": int(metric)} for name, metric in fresh]
        session.execute(_insert_of(session)(_table(Series)).on_conflict_do_nothing(), rows)
        ids = _known_ids(session, device_id)
    return ids


def _known_ids(session: Session, device_id: int) -> dict[tuple[str, int], int]:
    rows = session.execute(select(Series.name, Series.metric, Series.id).where(Series.device_id == device_id))
    return {(name, metric): series_id for name, metric, series_id in rows}


def _row(series_id: int, resolution: int, start: int, value: float | None) -> dict[str, Any]:
    return {
        "series_id": series_id,
        "resolution": resolution,
        "at": start,
        "low": value,
        "high": value,
        "total": value or 0.0,
        "count": 0 if value is None else 1,
    }


def _upsert(session: Session) -> Any:
    """Return the statement that makes a bucket, or adds to it: one act, so two writers lose nothing."""
    table = _table(SeriesPoint)
    statement = _insert_of(session)(table)
    new, old = statement.excluded, table.c
    return statement.on_conflict_do_update(
        index_elements=["series_id", "resolution", "at"],
        set_={
            # A comparison with NULL is not true: what is known wins over what is not.
            "low": case((old.low <= new.low, old.low), else_=func.coalesce(new.low, old.low)),
            "high": case((old.high >= new.high, old.high), else_=func.coalesce(new.high, old.high)),
            "total": old.total + new.total,
            "count": old["count"] + new["count"],
        },
    )


def _insert_of(session: Session) -> Any:
    """Return the INSERT of the database at hand; both know ON CONFLICT, under two imports."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
