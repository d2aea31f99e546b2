"""What suits a device: which engine reads it whole, and how large a request it answers."""

import dataclasses
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from network.snmp.reader import WorkingSize
from network.targets import Target

# One bad reading may be a bad minute of the network; after the second the fast engine is left out.
_DOUBTS_UNTIL_REFERENCE: Final = 2
_REMEMBERED_DEVICES: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Suitability:
    """What was found to suit one device, as long as it describes itself the same."""

    description: str | None = None
    doubts: int = 0
    columns: int = WorkingSize.columns
    repetitions: int = WorkingSize.repetitions
    getnext_only: bool = False
    rows: int = 0  # of the first table asked for, so that the next time one answer holds it

    @property
    def wants_reference_engine(self) -> bool:
        """Tell whether the fast engine has failed this device too often."""
        return self.doubts >= _DOUBTS_UNTIL_REFERENCE

    def working_size(self) -> WorkingSize:
        """Return the size of the first request to the device."""
        return WorkingSize(self.columns, self.repetitions, self.getnext_only)


class OneDevice:
    """A store of one device, as plain values that a caller keeps with the device."""

    def __init__(self, kept: Mapping[str, Any] | None) -> None:
        self._kept = dict(kept) if kept else None

    @property
    def plain(self) -> dict[str, Any] | None:
        """Return what is to be kept now."""
        return self._kept

    def recall(self, target: Target) -> Suitability | None:
        """Return what is known, unless the device has another address or is asked in another version."""
        if self._kept is None or self._kept.get("of") != _spell(target):
            return None
        names = {field.name for field in dataclasses.fields(Suitability)}
        return Suitability(**{name: value for name, value in self._kept.items() if name in names})

    def remember(self, target: Target, suitability: Suitability) -> None:
        """Keep what was found."""
        self._kept = {"of": _spell(target), **dataclasses.asdict(suitability)}


class SuitabilityStore(Protocol):
    """Where a caller keeps what suits its devices; another version or address is another device."""

    def recall(self, target: Target) -> Suitability | None:
        """Return what is known of a device."""

    def remember(self, target: Target, suitability: Suitability) -> None:
        """Keep what was found."""


class ProcessMemory:
    """A store for the life of the process, the oldest devices forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, str], Suitability] = OrderedDict()

    def recall(self, target: Target) -> Suitability | None:
        """Return what is known of a device."""
        return self._known.get(_key(target))

    def remember(self, target: Target, suitability: Suitability) -> None:
        """Keep what was found."""
        key = _key(target)
        self._known[key] = suitability
        self._known.move_to_end(key)
        if len(self._known) > _REMEMBERED_DEVICES:
            self._known.popitem(last=False)


def _key(target: Target) -> tuple[str, int, str]:
    return target.address, target.snmp_port, type(target.snmp).__name__


def _spell(target: Target) -> str:
    address, port, kind = _key(target)
    return f"{kind} [{address}]:{port}"
