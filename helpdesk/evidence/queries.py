"""Reading evidence: snapshots, their frozen content, what changed between two of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from helpdesk import leases
from helpdesk.devices.models import Device
from helpdesk.evidence.changes import Change
from helpdesk.evidence.comparison import list_changed_states
from helpdesk.evidence.errors import EvidenceBroken, FileNotFound, SnapshotNotFound
from helpdesk.evidence.models import Snapshot, SnapshotRun, StoredFile
from helpdesk.evidence.rules import thaw

# What a query that opens many snapshots adds: two statements, however many there are.
WITH_CONTENT = (undefer(Snapshot.content), selectinload(Snapshot.base).undefer(Snapshot.content))


def get_snapshot(session: Session, snapshot_id: int) -> Snapshot:
    """Return the snapshot with its device and site, or raise SnapshotNotFound."""
    snapshot = session.get(
        Snapshot, snapshot_id, options=[joinedload(Snapshot.device).joinedload(Device.site)]
    )
    if snapshot is None:
        raise SnapshotNotFound
    return snapshot


def find_latest_snapshot(
    session: Session, device_id: int, *, reachable: bool = True, before: datetime | None = None
) -> Snapshot | None:
    """Return the device's latest snapshot: the latest that holds facts, or with reachable=False any."""
    statement = _of_device(device_id, reachable=reachable)
    if before is not None:
        statement = statement.where(Snapshot.taken_at < before)
    return session.scalar(statement.limit(1))


def select_snapshots(device_id: int) -> Select[Snapshot]:
    """Return the statement of a device's history, the latest first, for lists in pages."""
    return _of_device(device_id, reachable=False)


def list_snapshots(session: Session, device_id: int, *, limit: int = 50) -> Sequence[Snapshot]:
    """Return the device's latest snapshots, the latest first."""
    return session.scalars(select_snapshots(device_id).limit(limit)).all()


def find_previous_snapshot(session: Session, snapshot: Snapshot) -> Snapshot | None:
    """Return the snapshot that this one is compared with: the last before it that holds facts."""
    return session.get(Snapshot, snapshot.previous_id) if snapshot.previous_id is not None else None


def latest_snapshots(session: Session, device_ids: Sequence[int]) -> dict[int, Snapshot]:
    """Return the latest snapshot of each of the devices, readable or not."""
    if not device_ids:
        return {}
    place = func.row_number().over(
        partition_by=Snapshot.device_id, order_by=(Snapshot.taken_at.desc(), Snapshot.id.desc())
    )
    ranked = select(Snapshot.id, place.label("place")).where(Snapshot.device_id.in_(device_ids)).subquery()
    rows = session.scalars(
        select(Snapshot).join(ranked, ranked.c.id == Snapshot.id).where(ranked.c.place == 1)
    )
    return {snapshot.device_id: snapshot for snapshot in rows}


def load_canonical(snapshot: Snapshot) -> bytes:
    """Return the frozen bytes, or raise EvidenceBroken where they are not what was frozen."""
    plain = _thawed(snapshot)
    if plain is None:
        raise EvidenceBroken(sha256=snapshot.sha256)
    return plain


def _thawed(snapshot: Snapshot) -> bytes | None:
    base = snapshot.base
    # A base is kept whole; one that is no longer what was frozen proves nothing of what rests on it.
    plain = thaw(base.content, base.sha256) if base is not None else None
    return None if base is not None and plain is None else thaw(snapshot.content, snapshot.sha256, plain)


def find_base(session: Session, device_id: int, *, most: int) -> Snapshot | None:
    """Return what the device's next snapshot may be kept beside: its last whole one, until `most` are."""
    base = session.scalar(_of_device(device_id, reachable=True).where(Snapshot.base_id.is_(None)).limit(1))
    if base is None:
        return None
    resting = session.scalar(select(func.count()).where(Snapshot.base_id == base.id)) or 0
    return base if resting < most else None


def load_content(snapshot: Snapshot) -> dict[str, Any]:
    """Return the facts of a snapshot, or raise EvidenceBroken."""
    content: dict[str, Any] = json.loads(load_canonical(snapshot))
    return content


def is_intact(snapshot: Snapshot) -> bool:
    """Whether the stored bytes agree with their SHA-256."""
    return _thawed(snapshot) is not None


def changes_since_previous(session: Session, snapshot: Snapshot) -> list[Change]:
    """Return what differs from the last readable snapshot before: items `{object, what, before, after}`."""
    previous = find_previous_snapshot(session, snapshot)
    if previous is None:
        return []
    return list_changed_states(load_content(previous), load_content(snapshot), reachable=snapshot.reachable)


def get_run(session: Session, run_id: int) -> SnapshotRun | None:
    """Return the run with its device, or None."""
    return session.get(SnapshotRun, run_id, options=[joinedload(SnapshotRun.device)])


def find_snapshot_of_run(session: Session, run_id: int) -> Snapshot | None:
    """Return what the run yielded."""
    return session.scalar(select(Snapshot).where(Snapshot.run_id == run_id))


def list_open_runs(session: Session, device_id: int) -> Sequence[SnapshotRun]:
    """Return the device's runs that are due or under way."""
    return session.scalars(
        select(SnapshotRun)
        .where(SnapshotRun.device_id == device_id, SnapshotRun.state.in_(("due", "leased")))
        .order_by(SnapshotRun.due_at)
    ).all()


def list_due_run_ids(session: Session, *, now: datetime, limit: int) -> Sequence[int]:
    """Return the runs that wait to be taken, or whose lease has run out; what people asked for first."""
    is_free = leases.is_free(SnapshotRun, now)
    return session.scalars(
        select(SnapshotRun.id)
        .where(SnapshotRun.due_at <= now, is_free)
        .order_by(SnapshotRun.reason.in_(("schedule", "trap")), SnapshotRun.due_at, SnapshotRun.id)
        .limit(limit)
    ).all()


def get_file(session: Session, file_id: int) -> StoredFile:
    """Return the stored file, or raise FileNotFound."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise FileNotFound
    return file


def _of_device(device_id: int, *, reachable: bool) -> Select[Snapshot]:
    statement = select(Snapshot).where(Snapshot.device_id == device_id)
    if reachable:
        statement = statement.where(Snapshot.reachable)
    return statement.order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
