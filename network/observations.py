"""What a device looked like at one moment: one vocabulary for all vendors, units in the names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from network.facts import (
    AddressFact,
    Alarm,
    ArpEntry,
    BgpPeer,
    Item,
    MacEntry,
    OspfNeighbour,
    PowerSupply,
    UpsStatus,
    Vlan,
)
from network.messages import describe_failure
from network.plain import from_plain, to_plain

SCHEMA_VERSION: Final = 3
# Each version only adds, so what lacks the new is still read. Version 2: duplex, addresses, tables, peers,
# power, UPS and alarms. Version 3: how each part was read, and the width of the unicast counters.
_READABLE_VERSIONS: Final = (1, 2, 3)


class UnreadableSnapshot(ValueError):
    """A stored snapshot that does not have the form this version writes."""


_BEYOND_32_BITS: Final = 2**32 - 1  # ifSpeed where the truth would be in an ifHighSpeed that is missing


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something that could not be read, by name, with a sentence a person understands."""

    code: str
    probe: str
    message: str
    stopped_by: str | None = None
    detail: str | None = None

    @classmethod
    def of(
        cls, code: str, probe: str, *, stopped_by: str | None = None, detail: str | None = None
    ) -> "Failure":
        """Build a failure with its English sentence."""
        message = describe_failure(code, "en", detail)
        return cls(code=code, probe=probe, message=message, stopped_by=stopped_by, detail=detail)

    def describe(self, language: str) -> str:
        """Return the sentence in the reader's language."""
        return describe_failure(self.code, language, self.detail)


@dataclass(frozen=True, kw_only=True)
class TargetSummary:
    """Which device was asked, without any secret."""

    name: str
    address: str
    snmp_port: int | None
    ssh_port: int | None


@dataclass(frozen=True, kw_only=True)
class SystemFacts:
    """Who the device says it is."""

    name: str | None = None
    description: str | None = None
    object_id: str | None = None
    contact: str | None = None
    location: str | None = None
    uptime_seconds: float | None = None
    agent_uptime_seconds: float | None = None
    vendor: str | None = None
    model: str | None = None
    version: str | None = None
    serial: str | None = None


@dataclass(frozen=True, kw_only=True)
class Interface:
    """One port; `name` is its identity, `index` only an attribute.

    `counter_bits` is the width of the octets; errors and discards have 32 bits on every device.
    """

    index: int
    name: str
    description: str | None = None
    alias: str | None = None
    type: str | None = None
    type_number: int | None = None
    mtu: int | None = None
    speed_bps: int | None = None
    mac: str | None = None
    admin_status: str | None = None
    oper_status: str | None = None
    duplex: str | None = None
    last_change_seconds: float | None = None
    in_octets: int | None = None
    out_octets: int | None = None
    in_unicast_packets: int | None = None
    out_unicast_packets: int | None = None
    in_errors: int | None = None
    out_errors: int | None = None
    in_discards: int | None = None
    out_discards: int | None = None
    counter_bits: int | None = None
    unicast_counter_bits: int | None = None
    discontinuity_seconds: float | None = None

    @property
    def rated_bps(self) -> int | None:
        """The speed to reckon with: None where the device said only that it is beyond 32 bits, or nothing."""
        return rated_speed(self.speed_bps)


def rated_speed(speed_bps: float | None) -> int | None:
    """Return a speed that a load may be measured by, None for 0 and for the largest number of 32 bits."""
    return int(speed_bps) if speed_bps and speed_bps != _BEYOND_32_BITS else None


@dataclass(frozen=True, kw_only=True)
class Processor:
    """How busy one processor is."""

    name: str
    usage_percent: float | None
    index: str | None = None


@dataclass(frozen=True, kw_only=True)
class MemoryPool:
    """One memory pool; a device that gives only a percentage leaves the bytes empty."""

    name: str
    used_bytes: int | None = None
    total_bytes: int | None = None
    usage_percent: float | None = None
    index: str | None = None


@dataclass(frozen=True, kw_only=True)
class StorageVolume:
    """One disk or file system."""

    name: str
    used_bytes: int | None = None
    total_bytes: int | None = None
    usage_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """One measured value with its unit."""

    name: str
    kind: str
    value: float | None
    unit: str
    index: str | None = None


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A device seen on a port."""

    protocol: str
    local_interface: str | None
    remote_name: str | None
    remote_port: str | None
    remote_chassis: str | None = None
    remote_description: str | None = None
    remote_platform: str | None = None
    remote_address: str | None = None


@dataclass(frozen=True, kw_only=True)
class CommandOutput:
    """What a command printed, secrets masked."""

    command: str
    output: str
    complete: bool
    duration_ms: int
    error: str | None = None
    # of a running configuration: of the text as it came, and of what of it is the configuration
    raw_sha256: str | None = None
    normalised_sha256: str | None = None
    started_at: datetime | None = None
    template: str | None = None
    rows: tuple[dict[str, str | list[str]], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that was read from one device within one budget."""

    target: TargetSummary
    taken_at: datetime
    duration_ms: int
    complete: bool
    platform: str | None
    system: SystemFacts
    interfaces: tuple[Interface, ...] = ()
    processors: tuple[Processor, ...] = ()
    memory: tuple[MemoryPool, ...] = ()
    storage: tuple[StorageVolume, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    power: tuple[PowerSupply, ...] = ()
    ups: UpsStatus | None = None
    addresses: tuple[AddressFact, ...] = ()
    arp: tuple[ArpEntry, ...] = ()
    mac_table: tuple[MacEntry, ...] = ()
    vlans: tuple[Vlan, ...] = ()
    bgp_peers: tuple[BgpPeer, ...] = ()
    ospf_neighbours: tuple[OspfNeighbour, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    commands: tuple[CommandOutput, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[Failure, ...] = ()
    items: tuple[Item, ...] = ()
    ssh_host_key_sha256: str | None = None
    old_ciphers_allowed: bool = False
    schema_version: int = SCHEMA_VERSION

    @property
    def has_data(self) -> bool:
        """Tell whether the device gave anything at all."""
        return bool(self.system.description or self.system.object_id or self.interfaces or self.commands)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; times are ISO 8601 in UTC."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Snapshot":
        """Rebuild a snapshot from what `to_dict` gave."""
        version = data.get("schema_version")
        if version not in _READABLE_VERSIONS:
            raise UnreadableSnapshot(f"Schema version {version!r} is not one of {_READABLE_VERSIONS}.")
        try:
            snapshot: Snapshot = from_plain(cls, data)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UnreadableSnapshot(f"This is not a snapshot: {error}") from error
        return snapshot
