"""Reading sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from helpdesk import leases
from helpdesk.devices.models import Device
from helpdesk.devices.sweeps.models import Sweep
from helpdesk.errors import NotFound


class SweepNotFound(NotFound):
    """There is no such sweep."""

    code = "sweep_not_found"
    message = "This sweep does not exist."


def get_sweep(session: Session, sweep_id: int) -> Sweep:
    """Return the sweep with what it found, or raise SweepNotFound."""
    sweep = session.get(Sweep, sweep_id, options=[joinedload(Sweep.asked_by), selectinload(Sweep.finds)])
    if sweep is None:
        raise SweepNotFound
    return sweep


def select_sweeps() -> Select[Sweep]:
    """Return the statement of the list of sweeps, the latest first."""
    return (
        select(Sweep).options(joinedload(Sweep.asked_by), selectinload(Sweep.finds)).order_by(Sweep.id.desc())
    )


def has_open_sweep(session: Session) -> bool:
    """Whether a sweep waits or is under way."""
    is_open = Sweep.state.in_(("due", "leased"))
    return bool(session.scalar(select(func.count()).select_from(Sweep).where(is_open)))


def list_free_sweep_ids(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the sweeps that wait to be taken, or whose lease has run out."""
    is_free = leases.is_free(Sweep, now)
    return session.scalars(select(Sweep.id).where(is_free).order_by(Sweep.id)).all()


def devices_at(session: Session, addresses: Sequence[str], port: int) -> dict[str, Device]:
    """Return the devices that are known at the addresses, in use or not."""
    rows = session.scalars(
        select(Device).where(Device.address.in_(list(addresses)), Device.snmp_port == port)
    )
    return {device.address: device for device in rows}
