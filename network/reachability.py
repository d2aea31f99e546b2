"""When a silent device is tried again, and whose silence it is. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from network.observations import Failure, Snapshot
from network.targets import Target

LONGEST_WAIT: Final = timedelta(hours=1)
# What a device that is cut off looks like from here; a refusal or a wrong key comes from the device itself.
SILENCE: Final = frozenset({"unreachable", "network_unreachable", "parent_unreachable"})


def retry_delay(silent_readings: int, interval: timedelta) -> timedelta:
    """Return how long a device is left alone after so many readings in a row that met silence.

    The first may have been a bad minute of the network: only from the second on the waits grow.
    """
    doublings = max(0, min(silent_readings - 1, 12))
    grown = interval * (1 << doublings)
    return max(interval, min(grown, LONGEST_WAIT))


def is_silent(snapshot: Snapshot) -> bool:
    """Tell whether nothing at all came back, so that the fault may be another device's."""
    return not snapshot.has_data and any(failure.code in SILENCE for failure in snapshot.failures)


def blame_parent(snapshot: Snapshot, parent: str) -> Snapshot:
    """Say of a silent device that it cannot be reached through another one, which is silent too."""
    return replace(snapshot, failures=(Failure.of("parent_unreachable", "target", detail=parent),))


class Watch:
    """What a fleet remembers of its devices between sweeps: who was silent, how often and when."""

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval
        self._silent: dict[Target, tuple[int, datetime]] = {}

    def is_silent(self, target: Target) -> bool:
        """Tell whether the latest reading of a device brought nothing."""
        return target in self._silent

    def is_due(self, target: Target, now: datetime) -> bool:
        """Tell whether a device is to be read in a sweep that begins now."""
        if target not in self._silent:
            return True
        readings, last = self._silent[target]
        return now >= last + retry_delay(readings, self._interval)

    def note(self, target: Target, snapshot: Snapshot, now: datetime) -> None:
        """Keep what a sweep that began at this moment found."""
        if is_silent(snapshot):
            readings, _ = self._silent.get(target, (0, now))
            self._silent[target] = (readings + 1, now)
        else:
            self._silent.pop(target, None)
