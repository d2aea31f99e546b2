"""Traps that devices of the demo network sent before today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence.traps.models import ReceivedTrap

_IF_INDEX, _IF_DESCR, _IF_STATE = (f"1.3.6.1.2.1.2.2.1.{column}" for column in (1, 2, 8))
_PORT = (
    (f"{_IF_INDEX}.13", "Integer", "13"),
    (f"{_IF_DESCR}.13", "OctetString", "GigabitEthernet1/0/13"),
)
_SOURCE = ("1.3.6.1.4.1.9.9.43.1.1.6.1.3.41", "Integer", "1")
# Part of the device's name → minutes before now, the trap, its OID and what it carries.
_STORY = (
    ("sw-lt2", 134, "linkDown", "1.3.6.1.6.3.1.1.5.3", (*_PORT, (f"{_IF_STATE}.13", "Integer", "2"))),
    ("sw-lt2", 129, "linkUp", "1.3.6.1.6.3.1.1.5.4", (*_PORT, (f"{_IF_STATE}.13", "Integer", "1"))),
    ("sw-inti", 47, "ciscoConfigManEvent", "1.3.6.1.4.1.9.9.43.2.0.1", (_SOURCE,)),
    ("ups", 22, "upsTrapOnBattery", "1.3.6.1.2.1.33.2.1", (("1.3.6.1.2.1.33.1.2.3.0", "Integer", "38"),)),
)
_STRANGER = "192.0.2.200"


def add_traps(session: Session, devices: Mapping[str, Device], *, now: datetime) -> None:
    """Keep some traps with the devices that sent them, and one of a stranger."""
    for part, minutes, code, oid, objects in _STORY:
        device = next((each for name, each in devices.items() if part in name), None)
        if device is not None:
            session.add(_trap(now - timedelta(minutes=minutes), device, code, oid, objects))
    session.add(_trap(now - timedelta(minutes=75), None, "coldStart", "1.3.6.1.6.3.1.1.5.1", ()))
    session.flush()


def _trap(
    at: datetime, device: Device | None, code: str, oid: str, objects: tuple[tuple[str, str, str], ...]
) -> ReceivedTrap:
    return ReceivedTrap(
        received_at=at,
        device_id=device.id if device else None,
        source=device.address if device else _STRANGER,
        version="v2c",
        oid=oid,
        code=code,
        uptime_seconds=8_640_000,
        varbinds=[{"oid": name, "kind": kind, "value": value} for name, kind, value in objects],
    )
