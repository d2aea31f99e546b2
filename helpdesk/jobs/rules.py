"""Rules of the schedule: when a device is due. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def jitter_seconds(device_id: int, interval: timedelta) -> int:
    """Return the device's own place within the interval: always the same, spread over all devices."""
    digest = hashlib.sha256(f"device:{device_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % int(interval.total_seconds())


def latest_slot(device_id: int, interval: timedelta, now: datetime) -> datetime:
    """Return the last moment at or before now at which the device is due.

    Slots that passed while nobody was there are not made up for: one reading tells the state of now.
    """
    jitter = timedelta(seconds=jitter_seconds(device_id, interval))
    passed = (now - EPOCH - jitter) // interval
    return EPOCH + jitter + passed * interval
