"""A device group with schedules of its own, and the health report of yesterday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import Person
from helpdesk.demo.history import take_scheduled
from helpdesk.demo.walk import Act, Stage
from helpdesk.devices import grouping
from helpdesk.devices.models import Device
from helpdesk.documents.health import service as health_reports
from helpdesk.documents.health.desk import report_desk
from helpdesk.documents.health.rules import Period, period_before
from helpdesk.documents.health.service import Scope
from helpdesk.schedules import service as schedules
from helpdesk.schedules.rules import Kind, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput

GROUP = "Perangkat inti"
CORE_DEVICES = 2
GROUPED_SINCE = timedelta(days=30)
LOOKS_EVERY = timedelta(hours=2)
EVERY_FIVE_MINUTES = Timing(rhythm=Rhythm.INTERVAL, every_minutes=5)
EVERY_MORNING = Timing(rhythm=Rhythm.DAILY, at_minute=6 * 60)


def schedule_acts(stage: Stage, settings: HelpdeskSettings, by: Person) -> Iterator[Act]:
    """Yield what happened: the group was made, its devices were read all day, then reported on."""
    core = list(stage.devices.values())[:CORE_DEVICES]
    yesterday = period_before(Rhythm.DAILY, stage.now.astimezone(settings.zone).date())
    begin, midnight = yesterday.bounds(settings.zone)
    yield Act(stage.now - GROUPED_SINCE, partial(_make_group, stage.session, core, by))
    for number, device in enumerate(core if stage.network else []):
        for look in range((midnight - begin) // LOOKS_EVERY):
            at = begin + look * LOOKS_EVERY + timedelta(minutes=2 + number)
            yield Act(at, partial(_look, stage, device))
    told = next(iter(stage.people.values()))
    yield Act(midnight, partial(_report, stage.session, settings, yesterday, by, told))


def _make_group(session: Session, core: list[Device], by: Person, at: datetime) -> None:
    group = grouping.add_group(
        session,
        name=GROUP,
        description="Dibaca lebih rapat daripada perangkat lain",
        device_ids=[device.id for device in core],
        now=at,
        by=by,
    )
    given = ScheduleInput(kind=Kind.SNAPSHOT, timing=EVERY_FIVE_MINUTES, group_id=group.id)
    schedules.add_schedule(session, given, now=at, by=by)


def _look(stage: Stage, device: Device, at: datetime) -> None:
    assert stage.network is not None, "only where there is a network"
    take_scheduled(stage.session, stage.network, device, at)


def _report(
    session: Session, settings: HelpdeskSettings, yesterday: Period, by: Person, told: Person, at: datetime
) -> None:
    group = grouping.find_group_by_name(session, GROUP)
    assert group is not None, "it was made before"
    given = ScheduleInput(
        kind=Kind.HEALTH_REPORT, timing=EVERY_MORNING, group_id=group.id, recipient_ids=[told.id]
    )
    schedules.add_schedule(session, given, now=at, by=by)
    desk = report_desk(settings)
    report = health_reports.request_report(session, Scope(group_id=group.id), yesterday, desk, now=at, by=by)
    health_reports.make_at_once(session, report, desk, now=at)
