"""The SSH host key that a device showed and nobody has confirmed: kept until a person decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.errors import HostKeyNotShown
from helpdesk.devices.logins import Reason
from helpdesk.devices.models import Device
from helpdesk.events import record

UNDECIDED = frozenset({"host_key_unknown", "host_key_changed"})


def note_shown(
    session: Session, device: Device, shown: str | None, failures: Iterable[Reason], *, now: datetime
) -> None:
    """Keep the key at which a session stopped; the confirmed key seen again settles the matter."""
    if shown is None:
        return
    if not any(failure.code in UNDECIDED for failure in failures):
        if shown == device.ssh_host_key:
            forget(device)
        return
    if shown in (device.ssh_key_shown, device.ssh_host_key):
        return
    device.ssh_key_shown, device.ssh_key_shown_at, device.ssh_key_rejected_at = shown, now, None
    record(
        session,
        "host_key_shown",
        at=now,
        device_id=device.id,
        name=device.name,
        confirmed=device.ssh_host_key,
        shown=shown,
    )


def reject(session: Session, device: Device, fingerprint: str, *, now: datetime, by: Person) -> None:
    """Write down that a person does not trust the key; nothing is asked of whoever shows it, as before."""
    if fingerprint != device.ssh_key_shown:
        raise HostKeyNotShown
    if device.ssh_key_rejected_at is not None:
        return
    device.ssh_key_rejected_at = now
    record(
        session,
        "host_key_rejected",
        at=now,
        by=by,
        device_id=device.id,
        name=device.name,
        confirmed=device.ssh_host_key,
        rejected=fingerprint,
    )


def forget(device: Device) -> None:
    """Leave nothing to decide: the key was confirmed, or the device is another one."""
    device.ssh_key_shown, device.ssh_key_shown_at, device.ssh_key_rejected_at = None, None, None
