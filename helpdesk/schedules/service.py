"""Use cases of schedules. Functions take the session and the moment, and never commit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.grouping import get_group
from helpdesk.devices.models import Device
from helpdesk.devices.queries import get_site, lock_all_devices
from helpdesk.events import record
from helpdesk.schedules.errors import ScheduleRefused
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Kind, Timing, timing_problem

SCOPE_TAKEN = "There is such a schedule for this already. Change that one instead."


@dataclass(frozen=True, kw_only=True)
class ScheduleInput:
    """A schedule as a person describes it; without a site and a group it is for the whole office."""

    kind: Kind
    timing: Timing
    site_id: int | None = None
    group_id: int | None = None
    recipient_ids: Collection[int] = ()

    @property
    def scope(self) -> str:
        """The scope in one word."""
        if self.group_id is not None:
            return f"group:{self.group_id}"
        return f"site:{self.site_id}" if self.site_id is not None else "all"


def add_schedule(
    session: Session, given: ScheduleInput, *, now: datetime, by: Person | None = None
) -> Schedule:
    """Add a schedule; it holds from the next round on."""
    schedule = Schedule(
        kind=given.kind.value, is_enabled=True, created_at=now, created_by_id=by.id if by else None
    )
    _ensure_can_be(session, given, None)
    _forget_moments(session, schedule)
    _assign(session, schedule, given)
    _note(session, "schedule_added", schedule, by=by, now=now, **_as_kept(schedule))
    return schedule


def change_schedule(
    session: Session, schedule: Schedule, given: ScheduleInput, *, now: datetime, by: Person
) -> None:
    """Change a schedule; the moments it had reckoned are reckoned anew."""
    _ensure_can_be(session, given, schedule)
    before = _as_kept(schedule)
    _forget_moments(session, schedule)
    _assign(session, schedule, given)
    after = _as_kept(schedule)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changed:
        _note(session, "schedule_changed", schedule, by=by, now=now, changed=changed)


def pause_schedule(session: Session, schedule: Schedule, *, now: datetime, by: Person) -> None:
    """Let the schedule rest: its devices follow the next rule that holds for them."""
    if schedule.is_enabled:
        schedule.is_enabled, schedule.next_due_at = False, None
        _forget_moments(session, schedule)
        _note(session, "schedule_paused", schedule, by=by, now=now)


def resume_schedule(session: Session, schedule: Schedule, *, now: datetime, by: Person) -> None:
    """Let the schedule hold again."""
    if not schedule.is_enabled:
        schedule.is_enabled, schedule.next_due_at = True, None
        _forget_moments(session, schedule)
        _note(session, "schedule_resumed", schedule, by=by, now=now)


def delete_schedule(session: Session, schedule: Schedule, *, now: datetime, by: Person) -> None:
    """Delete the schedule; what it had taken and made stays."""
    _forget_moments(session, schedule)
    _note(session, "schedule_deleted", schedule, by=by, now=now, **_as_kept(schedule))
    session.delete(schedule)
    session.flush()


def _ensure_can_be(session: Session, given: ScheduleInput, schedule: Schedule | None) -> None:
    problem = timing_problem(given.kind, given.timing)
    if problem is not None:
        raise ScheduleRefused(field=problem[0], reason=problem[1])
    if given.site_id is not None:
        get_site(session, given.site_id)
    if given.group_id is not None:
        get_group(session, given.group_id)
    same = select(Schedule.id).where(Schedule.kind == given.kind.value, Schedule.scope == given.scope)
    if given.kind is Kind.HEALTH_REPORT:
        # A day's, a week's and a month's report of one site are three; its snapshots have one rule.
        same = same.where(Schedule.rhythm == given.timing.rhythm.value)
    if schedule is not None:
        same = same.where(Schedule.id != schedule.id)
    if session.scalar(same) is not None:
        raise ScheduleRefused(field="scope", reason=SCOPE_TAKEN)


def _assign(session: Session, schedule: Schedule, given: ScheduleInput) -> None:
    timing = given.timing
    recipients = session.scalars(
        select(Person).where(Person.id.in_(given.recipient_ids)).order_by(Person.name)
    ).all()
    values: dict[str, Any] = {
        "scope": given.scope,
        "site_id": given.site_id if given.group_id is None else None,
        "group_id": given.group_id,
        "rhythm": timing.rhythm.value,
        "every_minutes": timing.every_minutes,
        "at_minute": timing.at_minute,
        "weekday": timing.weekday,
        "month_day": timing.month_day,
        "working_only": timing.working_only,
        "next_due_at": None,
        "recipients": list(recipients) if given.kind is Kind.HEALTH_REPORT else [],
    }
    try:
        with session.begin_nested():
            for key, value in values.items():
                setattr(schedule, key, value)
            session.add(schedule)
    except IntegrityError:
        # Somebody else made the same in this very moment.
        raise ScheduleRefused(field="scope", reason=SCOPE_TAKEN) from None


def _forget_moments(session: Session, schedule: Schedule) -> None:
    """Have the next round reckon the devices' moments anew: the slots follow from the schedules alone.

    A slot that was taken already is not taken twice, so forgetting too much costs nothing.
    """
    if schedule.kind != Kind.SNAPSHOT.value:
        return
    lock_all_devices(session)
    session.execute(update(Device).values(next_due_at=None).execution_options(synchronize_session="fetch"))


def _as_kept(schedule: Schedule) -> dict[str, Any]:
    timing = schedule.timing
    return {
        "schedule_kind": schedule.kind,
        "scope": schedule.scope,
        "rhythm": timing.rhythm.value,
        "every_minutes": timing.every_minutes,
        "at_minute": timing.at_minute,
        "weekday": timing.weekday,
        "month_day": timing.month_day,
        "working_only": timing.working_only,
        "recipients": [person.id for person in schedule.recipients],
    }


def _note(
    session: Session, kind: str, schedule: Schedule, *, by: Person | None, now: datetime, **data: Any
) -> None:
    record(session, kind, at=now, by=by, schedule_id=schedule.id, **data)
