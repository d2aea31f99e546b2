"""Which readings are due: one row for each, however often and by however many it is planned.

The slots follow from the schedules alone, a slot has one row by a constraint, and a device is planned by one
planner at a time: so no reading is lost when a scheduler is killed, and none is taken twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.devices.models import Device
from helpdesk.evidence.attempts import is_left_alone
from helpdesk.evidence.models import SnapshotRun
from helpdesk.jobs import queries
from helpdesk.schedules.queries import Plan, load_plan
from helpdesk.schedules.rules import ALWAYS_OPEN, Timing, latest_slot, next_slot


def plan_due_snapshots(
    session: Session, *, default_minutes: int, now: datetime, calendar: WorkingCalendar = ALWAYS_OPEN
) -> int:
    """Write down a run for every device whose slot has come, and return how many."""
    plan = load_plan(session, default_minutes)
    shortest = _shortest_gap(plan)
    if shortest is None:
        return 0
    timings = {
        row.id: timing
        for row in queries.list_devices_to_look_at(session, shortest, now=now)
        if (timing := plan.rule_of(row.id, row.site_id).timing) is not None
        and _has_come(row.next_due_at, timing, now)
    }
    if not timings:
        return 0
    slots: dict[int, datetime] = {}
    for device in queries.lock_devices(session, timings):
        slot = _reckon(device, timings[device.id], calendar, now)
        interval = timedelta(minutes=timings[device.id].usual_minutes)
        # A device that was silent again and again is left alone longer and longer.
        if slot is not None and not is_left_alone(device, slot, interval):
            slots[device.id] = slot
    # One backlog is enough: the run that still waits will tell the state of now as well.
    known = queries.devices_with_open_run(session, slots) | queries.planned_slots(session, slots)
    planned = [
        SnapshotRun(device_id=device_id, due_at=slot, reason="schedule", state="due", attempts=0)
        for device_id, slot in slots.items()
        if device_id not in known
    ]
    session.add_all(planned)
    session.flush()
    return len(planned)


def _shortest_gap(plan: Plan) -> timedelta | None:
    """Return the least that lies between two slots of any device; None where nothing is scheduled."""
    minutes = [rule.timing.usual_minutes for rule in plan.rules() if rule.timing is not None]
    return timedelta(minutes=min(minutes)) if minutes else None


def _has_come(next_due_at: datetime | None, timing: Timing, now: datetime) -> bool:
    """Whether the device's slot has come.

    A next slot further away than the schedule allows was reckoned with another one: it counts as come.
    """
    gap = timing.longest_gap
    return next_due_at is None or next_due_at <= now or (gap is not None and next_due_at > now + gap)


def _reckon(device: Device, timing: Timing, calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """Note when the device is due next, and return the slot that is to be taken now, if there is one."""
    if not _has_come(device.next_due_at, timing, now):
        # Another planner was here in the meantime.
        return None
    device.next_due_at = next_slot(timing, device.id, now, calendar)
    return latest_slot(timing, device.id, now, calendar)
