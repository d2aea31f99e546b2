"""Reading schedules: which are kept, and which of them governs a device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from helpdesk.devices.models import Device, DeviceGroup, Site, device_group_members
from helpdesk.schedules.errors import ScheduleNotFound
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Governing, Kind, Level, governing_rule


@dataclass(frozen=True)
class Plan:
    """All that decides when devices are read, as plain values: a few statements for any number of devices."""

    default_minutes: int
    site_minutes: Mapping[int, int | None]
    of_sites: Mapping[int, Governing] = field(default_factory=dict)
    of_groups: Mapping[int, Governing] = field(default_factory=dict)
    of_everything: Governing | None = None
    # The groups of each device that is in a group with a schedule.
    groups_of: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def rule_of(self, device_id: int, site_id: int) -> Governing:
        """Return the rule that governs the device."""
        groups = [self.of_groups[group_id] for group_id in self.groups_of.get(device_id, ())]
        return governing_rule(
            groups,
            self.of_sites.get(site_id),
            self.site_minutes.get(site_id),
            self.of_everything,
            self.default_minutes,
        )

    def rules(self) -> list[Governing]:
        """Return every rule that may govern some device."""
        found = [*self.of_sites.values(), *self.of_groups.values()]
        # A site without a device asks for nothing; a device without any rule takes the office's.
        for site_id in self.site_minutes:
            found.append(self.rule_of(0, site_id))
        return found


def load_plan(session: Session, default_minutes: int) -> Plan:
    """Return what is in force now; a paused schedule does not count, as if it were not there."""
    schedules = session.scalars(
        select(Schedule)
        .where(Schedule.kind == Kind.SNAPSHOT.value, Schedule.is_enabled)
        .options(joinedload(Schedule.group))
    ).all()
    of_groups = _closest(schedules, Level.GROUP)
    of_everything = _closest(schedules, Level.EVERYTHING)
    return Plan(
        default_minutes=default_minutes,
        site_minutes={row.id: row.snapshot_minutes for row in session.execute(_SITES)},
        of_sites=_closest(schedules, Level.SITE),
        of_groups=of_groups,
        of_everything=of_everything.get(0),
        groups_of=_memberships(session, of_groups),
    )


def find_governing(session: Session, device: Device, default_minutes: int) -> Governing:
    """Return the rule that decides when the device is read."""
    return load_plan(session, default_minutes).rule_of(device.id, device.site_id)


def governed_devices(session: Session, default_minutes: int) -> dict[int, list[int]]:
    """Return the devices in use that each schedule governs, by the id of the schedule."""
    plan = load_plan(session, default_minutes)
    governed: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(select(Device.id, Device.site_id).where(Device.is_active)):
        rule = plan.rule_of(row.id, row.site_id)
        if rule.schedule_id is not None:
            governed[rule.schedule_id].append(row.id)
    return dict(governed)


def next_due_of(session: Session, device_ids: Sequence[int]) -> datetime | None:
    """Return the next moment at which one of the devices is due."""
    if not device_ids:
        return None
    return session.scalar(select(func.min(Device.next_due_at)).where(Device.id.in_(device_ids)))


def get_schedule(session: Session, schedule_id: int) -> Schedule:
    """Return the schedule, or raise ScheduleNotFound."""
    schedule = session.get(Schedule, schedule_id)
    if schedule is None:
        raise ScheduleNotFound
    return schedule


def list_schedules(session: Session) -> Sequence[Schedule]:
    """Return all schedules with what they are for: snapshots first, the office before sites and groups."""
    return session.scalars(
        select(Schedule)
        .options(joinedload(Schedule.site), joinedload(Schedule.group), selectinload(Schedule.recipients))
        .order_by(Schedule.kind.desc(), Schedule.scope, Schedule.rhythm, Schedule.id)
    ).all()


def devices_of_scope(session: Session, site_id: int | None, group_id: int | None) -> Sequence[Device]:
    """Return the devices in use of a site, of a group, or of the whole office, by name."""
    statement = select(Device).join(Device.site).where(Device.is_active).options(joinedload(Device.site))
    if site_id is not None:
        statement = statement.where(Device.site_id == site_id)
    if group_id is not None:
        statement = statement.where(Device.groups.any(DeviceGroup.id == group_id))
    return session.scalars(statement.order_by(func.lower(Device.name), Device.id)).all()


_SITES = select(Site.id, Site.snapshot_minutes)


def _closest(schedules: Sequence[Schedule], level: Level) -> dict[int, Governing]:
    """Return the rule of each site, of each group, or of the office under 0; the closest of several."""
    rules: dict[int, Governing] = {}
    by_closeness = sorted(schedules, key=lambda one: (-one.timing.usual_minutes, -one.id))
    for schedule in by_closeness:
        if _level_of(schedule) is level:
            group = schedule.group.name if schedule.group is not None else ""
            rules[schedule.site_id or schedule.group_id or 0] = Governing(
                level=level, timing=schedule.timing, schedule_id=schedule.id, group=group
            )
    return rules


def _level_of(schedule: Schedule) -> Level:
    if schedule.group_id is not None:
        return Level.GROUP
    return Level.SITE if schedule.site_id is not None else Level.EVERYTHING


def _memberships(session: Session, of_groups: Mapping[int, Governing]) -> dict[int, list[int]]:
    if not of_groups:
        return {}
    members = device_group_members.c
    found: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(
        select(members.device_id, members.group_id).where(members.group_id.in_(of_groups))
    ):
        found[row.device_id].append(row.group_id)
    return dict(found)
