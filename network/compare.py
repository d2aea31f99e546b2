"""Two snapshots of one device: what changed between them, with rates and never raw differences."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from network.observations import Interface, Snapshot

_SYS_UPTIME_WRAP_SECONDS: Final = 2**32 / 100
_WRAP_32: Final = 2**32
# A rate past this part of the line's speed cannot be true.
_PLAUSIBLE_LOAD: Final = 1.1
_MINIMUM_INTERVAL_SECONDS: Final = 1.0

_COMPARED: Final = (
    "index",
    "description",
    "alias",
    "type",
    "mtu",
    "speed_bps",
    "mac",
    "admin_status",
    "oper_status",
)
_SYSTEM_COMPARED: Final = ("name", "description", "location", "contact", "model", "version", "serial")


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One value that is not what it was."""

    field: str
    before: str | int | None
    after: str | int | None


@dataclass(frozen=True, kw_only=True)
class InterfaceChange:
    """What changed on one port."""

    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class InterfaceRates:
    """The traffic and the errors of a port between two snapshots; None where no honest number exists."""

    name: str
    in_bps: float | None
    out_bps: float | None
    in_errors_per_second: float | None
    out_errors_per_second: float | None
    in_discards_per_second: float | None
    out_discards_per_second: float | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Everything that differs between two snapshots of a device."""

    interval_seconds: float | None
    restarted: bool
    system: tuple[FieldChange, ...]
    added_interfaces: tuple[str, ...]
    removed_interfaces: tuple[str, ...]
    changed_interfaces: tuple[InterfaceChange, ...]
    rates: tuple[InterfaceRates, ...]
    added_neighbours: tuple[str, ...]
    removed_neighbours: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing but counters moved."""
        lists = (self.system, self.added_interfaces, self.removed_interfaces, self.changed_interfaces)
        return not (self.restarted or any(lists) or self.added_neighbours or self.removed_neighbours)


def compare_snapshots(before: Snapshot, after: Snapshot) -> Changes:
    """Compare two snapshots of the same device, port by port by name."""
    old, new = index_interfaces(before), index_interfaces(after)
    # A snapshot that read no ports, or not all, says nothing about the missing ones.
    old_is_whole, new_is_whole = _is_whole(before), _is_whole(after)
    restarted, interval = _interval_seconds(before, after)
    both = [name for name in new if name in old]
    changed = (InterfaceChange(name=name, changes=_changes_of(old[name], new[name])) for name in both)
    seen_before, seen_after = neighbour_names(before), neighbour_names(after)
    return Changes(
        interval_seconds=interval,
        restarted=restarted,
        system=_system_changes(before, after),
        added_interfaces=tuple(name for name in new if name not in old) if old_is_whole else (),
        removed_interfaces=tuple(name for name in old if name not in new) if new_is_whole else (),
        changed_interfaces=tuple(change for change in changed if change.changes),
        rates=tuple(_rates(name, old[name], new[name], interval) for name in both),
        added_neighbours=tuple(sorted(seen_after - seen_before)) if old_is_whole else (),
        removed_neighbours=tuple(sorted(seen_before - seen_after)) if new_is_whole else (),
    )


def has_restarted(before: Snapshot, after: Snapshot) -> bool:
    """Tell whether the device restarted between the two."""
    return _interval_seconds(before, after)[0]


def index_interfaces(snapshot: Snapshot) -> dict[str, Interface]:
    """Return the ports by name; where a name stands twice, the index is added to it."""
    names = Counter(interface.name for interface in snapshot.interfaces)
    return {
        item.name if names[item.name] == 1 else f"{item.name} ({item.index})": item
        for item in snapshot.interfaces
    }


def _is_whole(snapshot: Snapshot) -> bool:
    broken = {failure.probe for failure in snapshot.failures}
    return bool(snapshot.interfaces) and not broken & {"interfaces", "neighbours", "snmp", "system"}


def _interval_seconds(before: Snapshot, after: Snapshot) -> tuple[bool, float | None]:
    """Return whether the device restarted, and the seconds between by its own clock."""
    first, second = before.system.agent_uptime_seconds, after.system.agent_uptime_seconds
    if first is None or second is None:
        return False, None
    if second >= first:
        interval = second - first
        return False, interval if interval >= _MINIMUM_INTERVAL_SECONDS else None
    longest_first, longest_second = before.system.uptime_seconds, after.system.uptime_seconds
    grew = longest_first is not None and longest_second is not None and longest_second > longest_first
    if grew:
        # The hundredths wrapped after 497 days while the engine's seconds went on.
        return False, second - first + _SYS_UPTIME_WRAP_SECONDS
    return True, None


def _changes_of(old: Interface, new: Interface) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in _COMPARED)
    return tuple(
        FieldChange(field=name, before=was, after=now) for name, was, now in pairs if _differs(was, now)
    )


def _system_changes(before: Snapshot, after: Snapshot) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(before.system, name), getattr(after.system, name)) for name in _SYSTEM_COMPARED)
    return tuple(
        FieldChange(field=name, before=was, after=now) for name, was, now in pairs if _differs(was, now)
    )


def _differs(was: object, now: object) -> bool:
    """A value that was not read has not changed."""
    return was is not None and now is not None and was != now


def _rates(name: str, old: Interface, new: Interface, interval: float | None) -> InterfaceRates:
    usable = interval if _counters_go_on(old, new) else None
    speed = new.rated_bps
    bits = new.counter_bits or 32

    def rate(field: str, limit: float | None, width: int) -> float | None:
        return _rate(getattr(old, field), getattr(new, field), usable, limit, width)

    octet_limit = speed / 8 * _PLAUSIBLE_LOAD if speed else None
    packet_limit = speed / 512 * _PLAUSIBLE_LOAD if speed else None
    octets = {field: rate(field, octet_limit, bits) for field in ("in_octets", "out_octets")}
    return InterfaceRates(
        name=name,
        in_bps=_times_eight(octets["in_octets"]),
        out_bps=_times_eight(octets["out_octets"]),
        in_errors_per_second=rate("in_errors", packet_limit, 32),
        out_errors_per_second=rate("out_errors", packet_limit, 32),
        in_discards_per_second=rate("in_discards", packet_limit, 32),
        out_discards_per_second=rate("out_discards", packet_limit, 32),
    )


def _counters_go_on(old: Interface, new: Interface) -> bool:
    """Tell whether the counters of both moments are one series."""
    return old.discontinuity_seconds == new.discontinuity_seconds and old.counter_bits == new.counter_bits


def _rate(
    was: int | None, now: int | None, seconds: float | None, limit: float | None, bits: int
) -> float | None:
    if was is None or now is None or not seconds:
        return None
    difference = now - was
    if difference < 0:
        if bits != 32 or limit is None:
            return None
        # One wrap of a 32-bit counter is believed only where the speed allows no second one.
        if limit * seconds > _WRAP_32:
            return None
        difference += _WRAP_32
    rate = difference / seconds
    return rate if limit is None or rate <= limit else None


def _times_eight(rate: float | None) -> float | None:
    return None if rate is None else rate * 8


def neighbour_names(snapshot: Snapshot) -> set[str]:
    """Return the neighbours of a snapshot, each by its port and its name."""
    return {
        f"{n.local_interface or '?'} → {n.remote_name or n.remote_chassis or '?'}"
        for n in snapshot.neighbours
    }
