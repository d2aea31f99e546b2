"""Use cases of traps: kept, matched, acted on, forgotten. Functions never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.events import record
from helpdesk.evidence import service as evidence
from helpdesk.evidence.traps import queries
from helpdesk.evidence.traps.models import ReceivedTrap, TrapReceiverState
from helpdesk.evidence.traps.rules import KEPT_BY_DEVICE, UNKNOWN_KEPT, may_trigger, owner_of, told_name


class Varbind(Protocol):
    """One object of a trap, as the receiver gives it."""

    @property
    def oid(self) -> str:
        """Which object."""

    @property
    def kind(self) -> str:
        """The type of the value."""

    @property
    def value(self) -> str:
        """The value as text."""


class Kind(Protocol):
    """What a known trap means."""

    @property
    def code(self) -> str:
        """Its name."""

    @property
    def snapshot(self) -> bool:
        """Whether the device is read because of it."""


class Notification(Protocol):
    """A trap as the receiver gives it."""

    @property
    def received_at(self) -> datetime:
        """When it came."""

    @property
    def source(self) -> str:
        """From which address."""

    @property
    def version(self) -> str:
        """v1, v2c or v3."""

    @property
    def oid(self) -> str:
        """Which trap."""

    @property
    def uptime_seconds(self) -> float | None:
        """How long the device had been up."""

    @property
    def varbinds(self) -> Sequence[Varbind]:
        """What it carries."""

    @property
    def kind(self) -> Kind | None:
        """What it means, where that is known."""


def keep_traps(session: Session, traps: Sequence[Notification], *, now: datetime) -> int:
    """Keep the traps with the devices that sent them; return how many readings they have triggered."""
    by_address = queries.devices_by_address(session, {trap.source for trap in traps})
    triggered = 0
    for trap in traps:
        varbinds = [{"oid": each.oid, "kind": each.kind, "value": each.value} for each in trap.varbinds]
        device_id = owner_of(trap.source, told_name(varbinds), by_address)
        kind = trap.kind
        row = ReceivedTrap(
            received_at=trap.received_at,
            device_id=device_id,
            source=trap.source[:64],
            version=trap.version,
            oid=trap.oid,
            code=kind.code if kind else "",
            uptime_seconds=None if trap.uptime_seconds is None else int(trap.uptime_seconds),
            varbinds=varbinds,
        )
        session.add(row)
        if device_id is not None and kind is not None and kind.snapshot:
            session.flush()
            triggered += _trigger(session, session.get_one(Device, device_id), row, now=now)
    session.flush()
    _cap(session, None, UNKNOWN_KEPT)
    return triggered


def _trigger(session: Session, device: Device, trap: ReceivedTrap, *, now: datetime) -> bool:
    """Have the device read because of the trap, unless that was done a moment ago."""
    if device.snmp_credential_id is None and device.ssh_credential_id is None:
        return False
    if not may_trigger(
        latest_run_at=queries.latest_trap_run_at(session, device.id),
        waiting=queries.count_waiting_runs(session, device.id),
        open_runs=queries.count_open_trap_runs(session),
        now=now,
    ):
        return False
    evidence.request_snapshot(session, device, reason="trap", now=now)
    record(
        session,
        "snapshot_triggered",
        at=now,
        device_id=device.id,
        name=device.name,
        trap_id=trap.id,
        trap=trap.code,
        source=trap.source,
    )
    return True


def note_state(
    session: Session, *, listens_on: str, started_at: datetime, counts: Mapping[str, int], now: datetime
) -> None:
    """Write down that the receiver lives, and what came of the datagrams since it started."""
    state = queries.find_state(session)
    if state is None:
        state = TrapReceiverState(id=1)
        session.add(state)
    state.listens_on, state.started_at = listens_on, started_at
    state.seen_at, state.counts = now, dict(counts)
    session.flush()


def forget_traps(session: Session, *, days: int, now: datetime) -> None:
    """Forget traps older than so many days, and all but the latest of a device that told too much."""
    session.execute(delete(ReceivedTrap).where(ReceivedTrap.received_at < now - timedelta(days=days)))
    for device_id in session.scalars(
        select(ReceivedTrap.device_id).where(ReceivedTrap.device_id.is_not(None)).distinct()
    ).all():
        _cap(session, device_id, KEPT_BY_DEVICE)


def _cap(session: Session, device_id: int | None, kept: int) -> None:
    whose = ReceivedTrap.device_id == device_id if device_id else ReceivedTrap.device_id.is_(None)
    oldest_kept = session.scalar(
        select(ReceivedTrap.id).where(whose).order_by(ReceivedTrap.id.desc()).offset(kept - 1).limit(1)
    )
    if oldest_kept is not None:
        session.execute(delete(ReceivedTrap).where(whose, ReceivedTrap.id < oldest_kept))
