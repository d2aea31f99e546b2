"""Facts beside ports and meters: addresses, peers, power, UPS and alarms, and how each part was read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AddressFact:
    """An address of the device itself."""

    address: str
    prefix_length: int | None = None
    interface: str | None = None


@dataclass(frozen=True, kw_only=True)
class ArpEntry:
    """Which hardware address answers for an address, ARP or IPv6 neighbour discovery."""

    address: str
    mac: str
    interface: str | None = None


@dataclass(frozen=True, kw_only=True)
class MacEntry:
    """Behind which port a hardware address was seen."""

    mac: str
    interface: str | None = None
    vlan: int | None = None
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class Vlan:
    """One VLAN."""

    number: int
    name: str | None = None
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class BgpPeer:
    """One BGP peer; `established_seconds` counts since the last change into or out of "established"."""

    address: str
    state: str | None = None
    admin_status: str | None = None
    remote_as: int | None = None
    router_id: str | None = None
    established_seconds: int | None = None
    last_error: str | None = None


@dataclass(frozen=True, kw_only=True)
class OspfNeighbour:
    """One OSPF neighbour; "twoWay" is normal between routers that are not designated."""

    address: str
    router_id: str | None = None
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class PowerSupply:
    """One power supply: ok, warning, failed, absent or unknown."""

    name: str
    status: str
    index: str | None = None


@dataclass(frozen=True, kw_only=True)
class UpsStatus:
    """What a UPS says of its battery and its source."""

    source: str | None = None
    battery_charge_percent: float | None = None
    battery_runtime_minutes: float | None = None
    battery_temperature_celsius: float | None = None
    load_percent: float | None = None
    input_volts: float | None = None
    battery_status: str | None = None
    last_transfer_cause: str | None = None


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm that is active now."""

    name: str
    severity: str
    detail: str | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """How one part was read: `asked` are the OIDs or the commands, `rows` how many rows or facts it gave."""

    name: str
    protocol: str
    asked: tuple[str, ...]
    started_at: datetime
    duration_ms: int
    complete: bool
    stopped_by: str | None = None
    rows: int = 0
