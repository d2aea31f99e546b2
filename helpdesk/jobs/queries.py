"""Reading what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence.models import SnapshotRun


def list_devices_to_look_at(
    session: Session, shortest: timedelta, *, now: datetime
) -> Sequence[Row[int, int, datetime | None]]:
    """Return `id, site_id, next_due_at` of the devices in use whose slot may have come, by their ids.

    A next slot further away than the shortest interval may have been reckoned with a longer one.
    """
    come = or_(Device.next_due_at.is_(None), Device.next_due_at <= now, Device.next_due_at > now + shortest)
    return session.execute(
        select(Device.id, Device.site_id, Device.next_due_at)
        .where(Device.is_active, come)
        .order_by(Device.id)
    ).all()


def lock_devices(session: Session, device_ids: Collection[int]) -> Sequence[Device]:
    """Return the devices for planning, without those that another planner holds at this moment."""
    found: list[Device] = []
    for some in batched(device_ids):
        found += session.scalars(
            select(Device)
            .where(Device.id.in_(some), Device.is_active)
            .order_by(Device.id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    return found


def devices_with_open_run(session: Session, device_ids: Collection[int]) -> set[int]:
    """Return those of the devices of which an earlier slot is still to be taken."""
    found: set[int] = set()
    for some in batched(device_ids):
        found.update(
            session.scalars(
                select(SnapshotRun.device_id).where(
                    SnapshotRun.device_id.in_(some),
                    SnapshotRun.reason == "schedule",
                    SnapshotRun.state.in_(("due", "leased")),
                )
            )
        )
    return found


def planned_slots(session: Session, slots: Mapping[int, datetime]) -> set[int]:
    """Return those of the devices whose slot is planned already."""
    found: set[int] = set()
    for some in batched(slots):
        rows = session.execute(
            select(SnapshotRun.device_id, SnapshotRun.due_at).where(
                SnapshotRun.device_id.in_(some), SnapshotRun.due_at.in_({slots[one] for one in some})
            )
        )
        found.update(row.device_id for row in rows if slots[row.device_id] == row.due_at)
    return found


def batched(ids: Collection[int], size: int = 500) -> Iterator[list[int]]:
    """Yield the ids in parts that every database takes as values of one statement."""
    listed = list(ids)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]
