from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.devices import grouping
from helpdesk.devices.errors import GroupInUse, GroupRefused
from helpdesk.events import Event
from helpdesk.schedules import service
from helpdesk.schedules.errors import ScheduleRefused
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Kind, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput
from tests.factories.network import make_device, make_site
from tests.factories.people import make_person

QUARTER = Timing(rhythm=Rhythm.INTERVAL, every_minutes=15)
WEEKLY = Timing(rhythm=Rhythm.WEEKLY, weekday=0, at_minute=360)


def _input(kind: Kind = Kind.SNAPSHOT, timing: Timing = QUARTER, **fields: object) -> ScheduleInput:
    return ScheduleInput(kind=kind, timing=timing, **fields)  # type: ignore[arg-type]


def test_one_scope_has_one_rule_of_snapshots_and_one_report_of_each_rhythm(
    session: Session, now: datetime
) -> None:
    site = make_site(session)
    service.add_schedule(session, _input(site_id=site.id), now=now)
    with pytest.raises(ScheduleRefused) as refusal:
        service.add_schedule(session, _input(timing=WEEKLY, site_id=site.id), now=now)
    assert refusal.value.details["field"] == "scope"
    monthly = Timing(rhythm=Rhythm.MONTHLY)
    for timing in (WEEKLY, monthly):
        service.add_schedule(session, _input(Kind.HEALTH_REPORT, timing, site_id=site.id), now=now)
    with pytest.raises(ScheduleRefused):
        service.add_schedule(session, _input(Kind.HEALTH_REPORT, WEEKLY, site_id=site.id), now=now)


def test_a_schedule_keeps_its_people_and_every_change_is_recorded(session: Session, now: datetime) -> None:
    head, other = make_person(session), make_person(session)
    schedule = service.add_schedule(
        session, _input(Kind.HEALTH_REPORT, WEEKLY, recipient_ids=[other.id]), now=now, by=head
    )
    service.change_schedule(
        session,
        schedule,
        _input(Kind.HEALTH_REPORT, WEEKLY, recipient_ids=[head.id, other.id]),
        now=now,
        by=head,
    )
    service.pause_schedule(session, schedule, now=now, by=head)
    service.pause_schedule(session, schedule, now=now, by=head)
    service.resume_schedule(session, schedule, now=now, by=head)
    service.delete_schedule(session, schedule, now=now, by=head)
    session.commit()
    assert session.scalars(select(Schedule)).all() == []
    kinds = [one.kind for one in session.scalars(select(Event).order_by(Event.id))]
    assert kinds == [
        "schedule_added",
        "schedule_changed",
        "schedule_paused",
        "schedule_resumed",
        "schedule_deleted",
    ]


def test_a_group_that_something_needs_stays(session: Session, now: datetime) -> None:
    by, device = make_person(session), make_device(session)
    group = grouping.add_group(session, name="Inti", device_ids=[device.id], now=now)
    with pytest.raises(GroupInUse):
        grouping.delete_group(session, group, now=now, by=by)
    grouping.change_group(session, group, name="Inti", description="", device_ids=(), now=now, by=by)
    schedule = service.add_schedule(session, _input(group_id=group.id), now=now)
    session.commit()
    with pytest.raises(GroupInUse):
        grouping.delete_group(session, group, now=now, by=by)
    service.delete_schedule(session, schedule, now=now, by=by)
    grouping.delete_group(session, group, now=now, by=by)
    session.commit()
    assert grouping.list_groups(session) == []


def test_a_groups_name_is_its_own_in_any_case_of_letters(session: Session, now: datetime) -> None:
    grouping.add_group(session, name="Inti", now=now)
    with pytest.raises(GroupRefused):
        grouping.add_group(session, name=" INTI ", now=now)


def test_a_device_is_in_any_number_of_groups(session: Session, now: datetime) -> None:
    device = make_device(session)
    ids = [grouping.add_group(session, name=name, now=now).id for name in ("Inti", "Lantai 3", "Tepi")]
    grouping.put_in_groups(session, device, ids[:2], now=now)
    grouping.put_in_groups(session, device, ids[:2], now=now)
    grouping.put_in_groups(session, device, ids[1:], now=now)
    session.commit()
    assert [group.name for group in device.groups] == ["Lantai 3", "Tepi"]
    acts = [
        one.data["groups"] for one in session.scalars(select(Event).where(Event.kind == "device_grouped"))
    ]
    assert acts == [[[], ["Inti", "Lantai 3"]], [["Inti", "Lantai 3"], ["Lantai 3", "Tepi"]]]
