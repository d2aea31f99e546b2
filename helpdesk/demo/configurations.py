"""The running configuration of the demo's core switch as it was twice before: what a history looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from helpdesk.demo.walk import Act
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.evidence.configurations import service

DEVICE: Final = "sw-inti-jkt"
PLATFORM: Final = "cisco_ios"
BEGINNING: Final = """version 15.2
service timestamps log datetime msec
hostname sw-inti-jkt
!
enable secret <secret hidden>
!
vlan 20
 name manajemen
!
interface GigabitEthernet1/0/1
 description ke rt-wan-jkt ge-0/0/1
 switchport mode trunk
!
"""
END: Final = """interface Vlan20
 ip address 10.20.0.2 255.255.255.0
!
snmp-server community <secret hidden> RO
ntp server 10.20.0.1
end
"""
PORT: Final = """interface GigabitEthernet1/0/9
 description ruang rapat A
 switchport access vlan 20
!
"""
# How long before today each version was read first.
VERSIONS: Final = ((timedelta(days=40), BEGINNING + END), (timedelta(days=9), BEGINNING + PORT + END))


def configuration_acts(devices: Mapping[str, Device], now: datetime) -> Iterator[Act]:
    """Yield the readings of the past."""
    device = devices.get(DEVICE)
    if device is None:
        return
    for age, text in VERSIONS:
        yield Act((now - age).astimezone(UTC), partial(_keep, device, text))


def _keep(device: Device, text: str, at: datetime) -> None:
    session = Session.object_session(device)
    assert session is not None, "the office is being filled"
    output = reading.CommandOutput(
        command="show running-config", output=text, complete=True, duration_ms=1800, started_at=at
    )
    service.keep_output(session, device.id, output, platform=PLATFORM, taken_at=at)
