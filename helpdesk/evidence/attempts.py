"""One try to read a device: what is known before it, and what it leaves for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.evidence.models import SnapshotRun
from helpdesk.sealing import KeyRing


@dataclass(frozen=True)
class Attempt:
    """All that a reading needs, so that no transaction is open while it lasts."""

    target: reading.Target
    memory: reading.OneDevice
    expects_silence: bool = False
    parent: str | None = None
    parent_target: reading.Target | None = None
    parent_is_silent: bool = False


def prepare(run: SnapshotRun, ring: KeyRing) -> Attempt | str:
    """Return how the device of a run is read, or the code of why it cannot be."""
    device, parent = run.device, run.device.parent
    target = reading.target_or_failure(device, ring)
    if isinstance(target, str):
        return target
    in_use = parent is not None and parent.is_active
    parent_target = reading.target_or_failure(parent, ring) if parent is not None and in_use else None
    parent_is_silent = parent is not None and in_use and parent.silent_readings > 0
    return Attempt(
        target=target,
        memory=reading.OneDevice(device.suitability),
        # Who asks in person gets a whole reading, whatever the schedule has found.
        expects_silence=run.reason == "schedule" and (device.silent_readings > 0 or parent_is_silent),
        parent=parent.name if parent is not None and in_use else None,
        parent_target=parent_target if isinstance(parent_target, reading.Target) else None,
        parent_is_silent=parent_is_silent,
    )


def collect(attempt: Attempt, *, budget_seconds: float, also: Sequence[str] = ()) -> reading.Snapshot:
    """Read the device; of a silence tell whether the device in front of it is silent too."""
    facts = reading.collect_snapshot(
        attempt.target,
        budget_seconds=budget_seconds,
        also=also,
        suitability=attempt.memory,
        expects_silence=attempt.expects_silence,
    )
    if attempt.parent is None or not reading.is_silent(facts):
        return facts
    # Both may have gone in the same moment, and this one be read first: so the parent is asked now.
    asked = attempt.parent_target
    if attempt.parent_is_silent if asked is None or asked.snmp is None else not reading.answers(asked):
        return reading.blame_parent(facts, attempt.parent)
    return facts


def note_outcome(
    device: Device, facts: reading.Snapshot, memory: reading.OneDevice, *, slot: datetime
) -> None:
    """Keep on the device what the next reading should know."""
    if device.suitability != memory.plain:
        device.suitability = memory.plain
    if reading.is_silent(facts):
        device.silent_readings, device.silent_at = device.silent_readings + 1, slot
    elif device.silent_readings and _was_there(facts):
        device.silent_readings, device.silent_at = 0, None
        for child in device.children:
            # The way to them may be open again: they are tried in the next round.
            if child.silent_readings:
                child.silent_at, child.next_due_at = None, None


def _was_there(facts: reading.Snapshot) -> bool:
    """Tell an answer, be it a refusal, from a reading that only ran out of its time."""
    return facts.has_data or any(failure.code != "timeout_budget" for failure in facts.failures)


def is_left_alone(device: Device, slot: datetime, interval: timedelta) -> bool:
    """Tell whether a device was silent so often that this slot of the schedule passes it by."""
    if not device.silent_readings or device.silent_at is None:
        return False
    return slot < device.silent_at + reading.retry_delay(device.silent_readings, interval)
