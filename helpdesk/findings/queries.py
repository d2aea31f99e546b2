"""Reading findings: which are open, of which devices, with what history."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.devices.models import Device
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.rules import storable
from helpdesk.findings.errors import FindingNotFound, WindowNotFound
from helpdesk.findings.models import FindingRecord, MaintenanceWindow
from helpdesk.findings.rules import ALIVE, TOLD, State

LONGEST_KEY = 120
_ALIVE = tuple(state.value for state in ALIVE)
_TOLD = tuple(state.value for state in TOLD)
_WEIGHT = case({"critical": 0, "warning": 1}, value=FindingRecord.severity, else_=2)


def list_alive(session: Session, device_id: int) -> Sequence[FindingRecord]:
    """Return the findings of a device that go on, locked for who changes them."""
    return session.scalars(
        select(FindingRecord)
        .where(FindingRecord.device_id == device_id, FindingRecord.state.in_(_ALIVE))
        .order_by(FindingRecord.id)
        .with_for_update(of=FindingRecord)
    ).all()


def parents_above(session: Session, device_id: int) -> dict[int, int | None]:
    """Return the way to the device: for it and each one above, the device that it is reached through."""
    parents: dict[int, int | None] = {}
    at: int | None = device_id
    while at is not None and at not in parents:
        parents[at] = getattr(session.get(Device, at), "parent_id", None)
        at = parents[at]
    return parents


def list_silent_device_ids(session: Session, device_ids: Collection[int]) -> set[int]:
    """Return which of the devices are found to be unreachable now."""
    return set(
        session.scalars(
            select(FindingRecord.device_id).where(
                FindingRecord.device_id.in_(device_ids),
                FindingRecord.rule == "unreachable",
                FindingRecord.state == State.OPEN.value,
            )
        )
    )


def find_latest_of(session: Session, device_id: int, rule: str, object_key: str) -> FindingRecord | None:
    """Return the last finding of the same thing, over or not."""
    return session.scalar(
        select(FindingRecord)
        .where(
            FindingRecord.device_id == device_id,
            FindingRecord.rule == rule,
            FindingRecord.object_key == object_key,
        )
        .order_by(FindingRecord.id.desc())
        .limit(1)
    )


def list_told(session: Session, device_ids: Collection[int]) -> Sequence[FindingRecord]:
    """Return the open findings of the devices, the worst first; what is muted is among them."""
    if not device_ids:
        return []
    return session.scalars(
        select(FindingRecord)
        .where(FindingRecord.device_id.in_(device_ids), FindingRecord.state.in_(_TOLD))
        .order_by(FindingRecord.device_id, _WEIGHT, FindingRecord.opened_at, FindingRecord.id)
        .options(joinedload(FindingRecord.last_snapshot))
    ).all()


def list_shown(session: Session, moments: Mapping[int, Collection[datetime]]) -> Sequence[FindingRecord]:
    """Return what is open on the devices, or was so at a moment that evidence was taken; the worst first.

    `moments` are those of the evidence, by device. What is over by now was true in the evidence all the same.
    """
    if not moments:
        return []
    earliest = min(one for taken in moments.values() for one in taken)
    found = session.scalars(
        select(FindingRecord)
        .where(
            FindingRecord.device_id.in_(moments),
            or_(
                FindingRecord.state.in_(_TOLD),
                and_(FindingRecord.state == State.RECOVERED.value, FindingRecord.last_seen_at >= earliest),
            ),
        )
        .order_by(FindingRecord.device_id, _WEIGHT, FindingRecord.opened_at, FindingRecord.id)
        .options(joinedload(FindingRecord.last_snapshot), joinedload(FindingRecord.device))
    )
    return [one for one in found if one.state in _TOLD or _was_shown(one, moments[one.device_id])]


def _was_shown(finding: FindingRecord, moments: Collection[datetime]) -> bool:
    return any(finding.first_seen_at <= at <= finding.last_seen_at for at in moments)


def select_findings(
    *, site_id: int | None = None, device_id: int | None = None, severity: str = "", over: bool = False
) -> Select[FindingRecord]:
    """Return the statement of a list: what is open, the worst first, or what is over, the latest first."""
    statement = (
        select(FindingRecord)
        .join(FindingRecord.device)
        .options(
            joinedload(FindingRecord.device).joinedload(Device.site), joinedload(FindingRecord.last_snapshot)
        )
    )
    if over:
        statement = statement.where(FindingRecord.state == State.RECOVERED.value)
        statement = statement.order_by(FindingRecord.recovered_at.desc(), FindingRecord.id.desc())
    else:
        statement = statement.where(FindingRecord.state.in_(_TOLD))
        statement = statement.order_by(_WEIGHT, FindingRecord.opened_at.desc(), FindingRecord.id.desc())
    if site_id is not None:
        statement = statement.where(Device.site_id == site_id)
    if device_id is not None:
        statement = statement.where(FindingRecord.device_id == device_id)
    return statement.where(FindingRecord.severity == severity) if severity else statement


def count_told(session: Session) -> int:
    """Return how many findings are open and not muted."""
    statement = select(func.count()).where(FindingRecord.state.in_(_TOLD), FindingRecord.is_muted.is_(False))
    return session.scalar(statement) or 0


def get_finding(session: Session, finding_id: int) -> FindingRecord:
    """Return a finding, or raise FindingNotFound."""
    found = session.get(FindingRecord, finding_id)
    if found is None:
        raise FindingNotFound
    return found


def is_in_maintenance(session: Session, device: Device, at: datetime) -> bool:
    """Tell whether somebody works on the device, or on its site, at the moment."""
    concerned = or_(MaintenanceWindow.device_id == device.id, MaintenanceWindow.site_id == device.site_id)
    statement = select(MaintenanceWindow.id).where(
        concerned, MaintenanceWindow.starts_at <= at, MaintenanceWindow.ends_at > at
    )
    return session.scalar(statement.limit(1)) is not None


def list_windows(session: Session, *, after: datetime) -> Sequence[MaintenanceWindow]:
    """Return the windows that go on or are to come, the next first."""
    return session.scalars(
        select(MaintenanceWindow)
        .where(MaintenanceWindow.ends_at > after)
        .order_by(MaintenanceWindow.starts_at, MaintenanceWindow.id)
        .options(
            joinedload(MaintenanceWindow.device),
            joinedload(MaintenanceWindow.site),
            joinedload(MaintenanceWindow.planned_by),
        )
    ).all()


def get_window(session: Session, window_id: int) -> MaintenanceWindow:
    """Return a window, or raise WindowNotFound."""
    found = session.get(MaintenanceWindow, window_id)
    if found is None:
        raise WindowNotFound
    return found


def has_later_snapshot(session: Session, snapshot: Snapshot) -> bool:
    """Tell whether the device was read after this moment already: a late result judges nothing."""
    statement = select(Snapshot.id).where(
        Snapshot.device_id == snapshot.device_id,
        Snapshot.taken_at > snapshot.taken_at,
        Snapshot.id != snapshot.id,
    )
    return session.scalar(statement.limit(1)) is not None


def object_key(subject: str) -> str:
    """Return what an index holds of an object: its name, or where that is long its SHA-256."""
    cleaned = str(storable(subject))
    if len(cleaned) <= LONGEST_KEY:
        return cleaned
    return hashlib.sha256(cleaned.encode("utf-8", "surrogatepass")).hexdigest()
