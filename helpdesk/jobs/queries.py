"""Reading what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device, Site
from helpdesk.evidence.models import SnapshotRun


def list_scheduled_sites(session: Session, default_minutes: int) -> list[tuple[int, timedelta]]:
    """Return the sites that are read by schedule, with their intervals."""
    rows = session.execute(select(Site.id, Site.snapshot_minutes))
    intervals = ((site_id, default_minutes if minutes is None else minutes) for site_id, minutes in rows)
    return [(site_id, timedelta(minutes=minutes)) for site_id, minutes in intervals if minutes > 0]


def list_due_devices(
    session: Session, site_id: int, interval: timedelta, *, now: datetime
) -> Sequence[Device]:
    """Return the site's devices in use whose next slot has come.

    A next slot further away than the interval was reckoned with a longer one: it counts as come.
    """
    come = or_(Device.next_due_at.is_(None), Device.next_due_at <= now, Device.next_due_at > now + interval)
    return session.scalars(
        select(Device).where(Device.site_id == site_id, Device.is_active, come).order_by(Device.id)
    ).all()


def has_open_scheduled_run(session: Session, device_id: int) -> bool:
    """Whether an earlier slot of the device is still to be taken."""
    open_run = exists().where(
        SnapshotRun.device_id == device_id,
        SnapshotRun.reason == "schedule",
        SnapshotRun.state.in_(("due", "leased")),
    )
    return bool(session.scalar(select(open_run)))


def has_run(session: Session, device_id: int, due_at: datetime) -> bool:
    """Whether the slot is planned already."""
    same = exists().where(SnapshotRun.device_id == device_id, SnapshotRun.due_at == due_at)
    return bool(session.scalar(select(same)))
