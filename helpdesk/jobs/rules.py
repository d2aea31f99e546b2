"""Rules of the schedule: when a device is due. They live with the schedules; the names stay."""

from __future__ import annotations

from helpdesk.schedules.rules import EPOCH, jitter_seconds
from helpdesk.schedules.rules import latest_interval_slot as latest_slot

__all__ = ["EPOCH", "jitter_seconds", "latest_slot"]
