"""Rules of traps: whose a trap is, and when it has the device read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

# A device that flaps tells of it many times a minute; one reading a minute shows its state.
COALESCE: Final = timedelta(minutes=1)
# When a whole site goes dark, everything tells: no more readings than this wait at a time because of traps.
OPEN_RUNS: Final = 50
UNKNOWN_KEPT: Final = 1_000
KEPT_BY_DEVICE: Final = 5_000
# The receiver gives a sign of life every half minute; without three of them it is taken for gone.
SILENT_AFTER: Final = timedelta(seconds=90)

SYS_NAME: Final = "1.3.6.1.2.1.1.5.0"


def owner_of(source: str, told_name: str, by_address: Mapping[str, Sequence[tuple[int, str]]]) -> int | None:
    """Return the device that sent the trap by its source address, or None.

    Several devices behind one address are told apart by the name the trap itself carries, or not at all:
    a guess would be wrong evidence.
    """
    candidates = by_address.get(source, ())
    if len(candidates) == 1:
        return candidates[0][0]
    name = told_name.strip().lower()
    named = [device_id for device_id, known in candidates if name and known.lower() == name]
    return named[0] if len(named) == 1 else None


def told_name(varbinds: Sequence[Mapping[str, Any]]) -> str:
    """Return the sysName that the trap carries, or nothing."""
    return next((str(each["value"]) for each in varbinds if each["oid"] == SYS_NAME), "")


def may_trigger(*, latest_run_at: datetime | None, waiting: int, open_runs: int, now: datetime) -> bool:
    """Whether a trap may have its device read now: not twice a minute, and never a storm of readings."""
    if waiting or open_runs >= OPEN_RUNS:
        return False
    return latest_run_at is None or latest_run_at <= now - COALESCE


def is_silent(seen_at: datetime, now: datetime) -> bool:
    """Whether the receiver has given no sign of life for too long."""
    return now - seen_at > SILENT_AFTER
