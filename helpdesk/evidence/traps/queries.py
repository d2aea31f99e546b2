"""Reading traps, and what is needed to match and act on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.devices.models import Credential, Device
from helpdesk.devices.rules import SNMP_KINDS
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.traps.models import ReceivedTrap, TrapReceiverState

OPEN_STATES = ("due", "leased")


def select_traps(
    *,
    device_id: int | None = None,
    known: bool | None = None,
    code: str = "",
    words: str = "",
) -> Select[ReceivedTrap]:
    """Return the statement of a list of traps, the latest first."""
    statement = select(ReceivedTrap).options(joinedload(ReceivedTrap.device))
    if device_id is not None:
        statement = statement.where(ReceivedTrap.device_id == device_id)
    if known is not None:
        column = ReceivedTrap.device_id
        statement = statement.where(column.is_not(None) if known else column.is_(None))
    if code:
        statement = statement.where(ReceivedTrap.code == code)
    for word in words.split()[:8]:
        names = select(Device.id).where(Device.name.icontains(word, autoescape=True))
        statement = statement.where(
            ReceivedTrap.source.icontains(word, autoescape=True)
            | ReceivedTrap.oid.startswith(word, autoescape=True)
            | ReceivedTrap.device_id.in_(names)
        )
    return statement.order_by(ReceivedTrap.received_at.desc(), ReceivedTrap.id.desc())


def list_codes(session: Session) -> Sequence[str]:
    """Return the names of the traps that were received."""
    column = ReceivedTrap.code
    return session.scalars(select(column).where(column != "").distinct().order_by(column)).all()


def find_state(session: Session) -> TrapReceiverState | None:
    """Return what the receiver last said of itself."""
    return session.get(TrapReceiverState, 1)


def devices_by_address(session: Session, addresses: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """Return the devices in use at each of the addresses: number and name."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = session.execute(
        select(Device.address, Device.id, Device.name).where(
            Device.is_active, Device.address.in_(list(addresses))
        )
    )
    for address, device_id, name in rows:
        found[address].append((device_id, name))
    return dict(found)


def list_trap_credentials(session: Session) -> Sequence[Credential]:
    """Return the SNMP credentials that devices in use are read with: their traps are accepted."""
    used = select(Device.snmp_credential_id).where(Device.is_active)
    return session.scalars(
        select(Credential).where(Credential.id.in_(used), Credential.kind.in_(SNMP_KINDS))
    ).all()


def latest_trap_run_at(session: Session, device_id: int) -> datetime | None:
    """Return when a trap last had the device read."""
    return session.scalar(
        select(func.max(SnapshotRun.due_at)).where(
            SnapshotRun.device_id == device_id, SnapshotRun.reason == "trap"
        )
    )


def count_waiting_runs(session: Session, device_id: int) -> int:
    """Return how many readings of the device are due: they will tell its state as well."""
    waiting = select(func.count()).where(SnapshotRun.device_id == device_id, SnapshotRun.state == "due")
    return session.scalar(waiting) or 0


def count_open_trap_runs(session: Session) -> int:
    """Return how many readings because of traps are due or under way."""
    is_open = SnapshotRun.state.in_(OPEN_STATES)
    return session.scalar(select(func.count()).where(SnapshotRun.reason == "trap", is_open)) or 0
