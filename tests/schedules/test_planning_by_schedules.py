from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from helpdesk.calendars.catalogue import default_calendar
from helpdesk.database import transaction
from helpdesk.devices import grouping
from helpdesk.devices.models import Device, DeviceGroup
from helpdesk.evidence.models import SnapshotRun
from helpdesk.jobs.planning import plan_due_snapshots
from helpdesk.schedules import queries, service
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Kind, Level, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput
from tests.factories.network import make_device, make_site
from tests.factories.people import make_person

OFFICE = default_calendar()
DAILY = Timing(rhythm=Rhythm.DAILY, at_minute=6 * 60)


def _plan(session: Session, now: datetime) -> int:
    planned = plan_due_snapshots(session, default_minutes=15, now=now, calendar=OFFICE)
    session.commit()
    return planned


def _finish_all(session: Session) -> None:
    for run in session.scalars(select(SnapshotRun)):
        run.state = "done"
    session.commit()


def _schedule(session: Session, now: datetime, timing: Timing, **scope: int) -> Schedule:
    made = service.add_schedule(session, ScheduleInput(kind=Kind.SNAPSHOT, timing=timing, **scope), now=now)
    session.commit()
    return made


def _minutes(count: int, *, working_only: bool = False) -> Timing:
    return Timing(rhythm=Rhythm.INTERVAL, every_minutes=count, working_only=working_only)


def _group(session: Session, now: datetime, *devices: Device, name: str = "Inti") -> DeviceGroup:
    group = grouping.add_group(session, name=name, device_ids=[one.id for one in devices], now=now)
    session.commit()
    return group


def test_a_group_is_read_by_its_own_schedule_and_the_rest_of_the_site_by_the_sites(
    session: Session, now: datetime
) -> None:
    site = make_site(session, snapshot_minutes=60)
    core, access = make_device(session, site=site), make_device(session, site=site)
    group = _group(session, now, core)
    _schedule(session, now, _minutes(5), group_id=group.id)
    _plan(session, now)
    assert core.next_due_at is not None
    assert access.next_due_at is not None
    assert core.next_due_at - now <= timedelta(minutes=5)
    _finish_all(session)
    _plan(session, now + timedelta(minutes=6))
    runs = Counter(session.scalars(select(SnapshotRun.device_id)))
    assert runs[core.id] == 2
    assert runs[access.id] == (1 if access.next_due_at > now + timedelta(minutes=6) else 2)


def test_a_schedule_at_a_time_of_day_is_due_then_and_once(session: Session, now: datetime) -> None:
    device = make_device(session)
    _schedule(session, now, DAILY)
    assert _plan(session, now) == 1
    _finish_all(session)
    next_due = device.next_due_at
    assert next_due is not None
    assert next_due.astimezone(OFFICE.zone).strftime("%d %H.%M") == "24 06.00"
    assert _plan(session, next_due - timedelta(seconds=1)) == 0
    assert _plan(session, next_due) == 1
    assert _plan(session, next_due + timedelta(seconds=2)) == 0


def test_slots_missed_over_days_are_one_reading(session: Session, now: datetime) -> None:
    make_device(session)
    _schedule(session, now, DAILY)
    _plan(session, now)
    _finish_all(session)
    assert _plan(session, now + timedelta(days=5)) == 1


def test_outside_of_working_time_nothing_is_planned_and_the_opening_is_the_next_moment(
    session: Session, now: datetime
) -> None:
    device = make_device(session)
    _schedule(session, now, _minutes(15, working_only=True))
    evening = now.replace(hour=20)
    assert _plan(session, evening) == 0
    assert device.next_due_at is not None
    morning = device.next_due_at.astimezone(OFFICE.zone)
    assert (morning.day, morning.hour) == (24, 7)
    assert _plan(session, device.next_due_at) == 1


def test_a_paused_schedule_leaves_its_devices_to_the_next_rule(session: Session, now: datetime) -> None:
    device = make_device(session, site=make_site(session, snapshot_minutes=30))
    schedule = _schedule(session, now, DAILY, site_id=device.site_id)
    assert queries.find_governing(session, device, 15).level is Level.SITE
    service.pause_schedule(session, schedule, now=now, by=make_person(session))
    rule = queries.find_governing(session, device, 15)
    assert (rule.level, rule.timing) == (Level.SITE_INTERVAL, _minutes(30))


def test_a_new_schedule_holds_from_the_next_round_and_takes_no_slot_twice(
    session: Session, now: datetime
) -> None:
    device = make_device(session)
    _plan(session, now)
    _finish_all(session)
    _schedule(session, now, _minutes(60), site_id=make_site(session).id)
    assert _plan(session, now) == 0, "its own slot was taken already"
    assert device.next_due_at is not None


def test_a_device_that_joins_a_group_is_reckoned_by_its_schedule(session: Session, now: datetime) -> None:
    device = make_device(session, site=make_site(session, snapshot_minutes=1440))
    _schedule(session, now, _minutes(5), group_id=_group(session, now).id)
    _plan(session, now)
    _finish_all(session)
    group = session.scalars(select(DeviceGroup)).one()
    grouping.put_in_groups(session, device, [group.id], now=now)
    _plan(session, now)
    assert device.next_due_at is not None
    assert device.next_due_at - now <= timedelta(minutes=5)


def test_a_round_asks_the_database_as_often_for_many_devices_as_for_few(
    session: Session, engine: Engine, now: datetime
) -> None:
    def statements_of_a_round(moment: datetime) -> int:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", note)
        plan_due_snapshots(session, default_minutes=15, now=moment, calendar=OFFICE)
        event.remove(engine, "before_cursor_execute", note)
        session.commit()
        return sum(statement.startswith("SELECT") for statement in seen)

    sites = [make_site(session) for _ in range(3)]
    make_device(session, site=sites[0])
    few = statements_of_a_round(now)
    for number in range(60):
        make_device(session, site=sites[number % 3])
    assert statements_of_a_round(now) == few


def test_two_planners_at_once_plan_each_device_once(engine: Engine, session: Session, now: datetime) -> None:
    devices = [make_device(session).id for _ in range(40)]
    session.commit()
    start = threading.Barrier(2)
    planned: list[int] = []

    def plan() -> None:
        with Session(engine) as own, transaction(own):
            start.wait()
            planned.append(plan_due_snapshots(own, default_minutes=15, now=now, calendar=OFFICE))

    threads = [threading.Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(planned) == 2, "neither planner failed"
    # What one of them left to the other is there at the latest after the next round.
    _plan(session, now)
    assert Counter(session.scalars(select(SnapshotRun.device_id))) == Counter(devices)
