"""What suits a device: which engine reads it whole, and how large a request it answers."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Protocol

from network.snmp.reader import WorkingSize
from network.targets import SnmpV3Credentials, Target

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

    @property
    def wants_reference_engine(self) -> bool:
        """Tell whether the fast engine has failed this device too often."""
        return self.doubts >= _DOUBTS_UNTIL_REFERENCE

    def working_size(self) -> WorkingSize:
        """Return the size of the first request to the device."""
        return WorkingSize(self.columns, self.repetitions, self.getnext_only)


class SuitabilityStore(Protocol):
    """Where a caller keeps what suits its devices; another version or address is another device."""

    def recall(self, target: Target) -> Suitability | None:
        """Return what is known of a device."""

    def remember(self, target: Target, suitability: Suitability) -> None:
        """Keep what was found."""


class ProcessMemory:
    """A store for the life of the process, the oldest devices forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, bool], Suitability] = OrderedDict()

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


def _key(target: Target) -> tuple[str, int, bool]:
    return target.address, target.snmp_port, isinstance(target.snmp, SnmpV3Credentials)
