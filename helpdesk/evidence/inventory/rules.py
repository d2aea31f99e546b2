"""Rules of neighbours: which of those seen on ports are not known yet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sighting:
    """Where a neighbour was seen: device, its site, and the port."""

    device_id: int
    device_name: str
    site_id: int
    port: str


@dataclass(frozen=True)
class UnknownNeighbour:
    """A neighbour that no registered device is, with all places where it was seen."""

    name: str
    address: str
    platform: str
    sightings: tuple[Sighting, ...]


@dataclass
class Known:
    """By what a registered device is recognised: names without domain, addresses, hardware addresses."""

    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    hardware: set[str] = field(default_factory=set)

    def add_device(self, name: str, address: str) -> None:
        """Add what the list of devices says."""
        self.names.add(short_name(name))
        self.addresses.add(address.lower())
        if not _is_number(address):
            self.names.add(short_name(address))

    def add_facts(self, facts: Mapping[str, Any]) -> None:
        """Add what the device said of itself: its own name, every address and every hardware address."""
        self.names.add(short_name(str((facts.get("system") or {}).get("name") or "")))
        self.addresses.update(str(each.get("address") or "").lower() for each in facts.get("addresses") or [])
        self.hardware.update(str(each.get("mac") or "").lower() for each in facts.get("interfaces") or [])
        for names in (self.names, self.addresses, self.hardware):
            names.discard("")

    def has(self, neighbour: Mapping[str, Any]) -> bool:
        """Whether the neighbour is a registered device."""
        return (
            short_name(str(neighbour.get("remote_name") or "")) in self.names
            or str(neighbour.get("remote_address") or "").lower() in self.addresses
            or str(neighbour.get("remote_chassis") or "").lower() in self.hardware
        )


def short_name(name: str) -> str:
    """Return a host's name in small letters and without its domain; an address stays whole."""
    plain = name.strip().lower()
    return plain if _is_number(plain) else plain.partition(".")[0]


def _is_number(text: str) -> bool:
    return text.replace(".", "").isdigit() or ":" in text


def unknown_neighbours(
    seen: Iterable[tuple[Sighting, Mapping[str, Any]]], known: Known
) -> list[UnknownNeighbour]:
    """Return each neighbour once, however many ports and protocols see it, those seen most first."""
    groups: dict[str, list[tuple[Sighting, Mapping[str, Any]]]] = {}
    for sighting, neighbour in seen:
        key = _key(neighbour)
        if key and not known.has(neighbour):
            groups.setdefault(key, []).append((sighting, neighbour))
    found = [_merge(group) for group in groups.values()]
    return sorted(found, key=lambda each: (-len(each.sightings), each.name.lower(), each.address))


def _key(neighbour: Mapping[str, Any]) -> str:
    """Return by what two sightings are the same machine: its name, else its address, else its chassis."""
    name = short_name(str(neighbour.get("remote_name") or ""))
    return name or str(neighbour.get("remote_address") or neighbour.get("remote_chassis") or "").lower()


def _merge(group: Sequence[tuple[Sighting, Mapping[str, Any]]]) -> UnknownNeighbour:
    def first(*keys: str) -> str:
        values = (str(neighbour.get(key) or "") for key in keys for _, neighbour in group)
        return next((value for value in values if value), "")

    return UnknownNeighbour(
        name=first("remote_name", "remote_chassis"),
        address=first("remote_address"),
        platform=first("remote_platform", "remote_description"),
        sightings=tuple(dict.fromkeys(sighting for sighting, _ in group)),
    )
