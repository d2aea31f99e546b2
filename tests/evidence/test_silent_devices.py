"""What a reading leaves for the next: what suits the device, how long it is silent, and behind whom."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.accounts.models import Person
from helpdesk.devices import credentials, reading
from helpdesk.devices.models import Device
from helpdesk.evidence import queries, service
from helpdesk.evidence.attempts import is_left_alone
from helpdesk.evidence.models import SnapshotRun
from helpdesk.jobs import tasks
from helpdesk.schedules import service as schedules
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Kind, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput
from network import Failure, OneDevice, Suitability, SystemFacts
from tests.factories.network import make_device
from tests.factories.people import make_person
from tests.factories.waiting import beside

RING = {"k1": bytes(32)}
SETTINGS = SimpleNamespace(snapshot_budget_seconds=5, key_ring=lambda: RING)
QUARTER = timedelta(minutes=15)


class Network:
    """Devices by name that answer or do not; what was asked of them is written down."""

    def __init__(self) -> None:
        self.dead: set[str] = set()
        self.code = "unreachable"
        self.expected_silence: dict[str, bool] = {}
        self.asked: list[str] = []

    def collect(self, target: reading.Target, **options: Any) -> reading.Snapshot:
        self.expected_silence[target.name] = options["expects_silence"]
        options["suitability"].remember(target, Suitability(description="IOS 15", repetitions=5))
        dead = target.name in self.dead
        return reading.Snapshot(
            target=SimpleNamespace(name=target.name, address=target.address, snmp_port=161, ssh_port=None),
            taken_at=datetime.fromisoformat("2026-11-23T01:00:00+00:00"),
            duration_ms=1,
            complete=not dead,
            platform=None,
            system=SystemFacts() if dead else SystemFacts(description="IOS 15"),
            failures=(Failure.of(self.code, "snmp"),) if dead else (),
        )

    def answers(self, target: reading.Target) -> bool:
        self.asked.append(target.name)
        return target.name not in self.dead


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    found = Network()
    monkeypatch.setattr(reading, "collect_snapshot", found.collect)
    monkeypatch.setattr(reading, "answers", found.answers)
    monkeypatch.setattr(reading.Snapshot, "to_dict", lambda self: {"system": {}})
    return found


@pytest.fixture
def parent(session: Session, now: datetime) -> Device:
    credential = credentials.add_credential(
        session, name="umum", kind="snmp_v2c", public={}, secret={"community": "public"}, ring=RING, now=now
    )
    made = make_device(session, name="inti", snmp_credential_id=credential.id)
    session.commit()
    return made


@pytest.fixture
def child(session: Session, parent: Device) -> Device:
    made = make_device(
        session, name="cabang", parent=parent, snmp_credential_id=parent.snmp_credential_id, site=parent.site
    )
    session.commit()
    return made


def _read(
    engine: Engine, session: Session, device: Device, now: datetime, reason: str = "schedule"
) -> list[str]:
    """Read the device and return the codes of the failures."""
    run = SnapshotRun(device_id=device.id, due_at=now, reason=reason, state="due", attempts=0)
    session.add(run)
    session.flush()
    run_id = run.id
    session.commit()  # or SQLite would let nobody else write
    snapshot_id = service.carry_out_run(engine, run_id, SETTINGS, "web:1", now=lambda: now)
    assert snapshot_id is not None
    session.expire_all()
    return [failure["code"] for failure in queries.get_snapshot(session, snapshot_id).failures]


def test_what_suits_a_device_is_kept_with_it_and_given_to_the_next_reading(
    engine: Engine, session: Session, parent: Device, network: Network, now: datetime
) -> None:
    _read(engine, session, parent, now)
    assert parent.suitability is not None
    target = reading.build_target(parent, RING)
    assert OneDevice(parent.suitability).recall(target) == Suitability(description="IOS 15", repetitions=5)


def test_what_suited_another_address_is_not_used(session: Session, parent: Device) -> None:
    store = OneDevice(None)
    store.remember(reading.build_target(parent, RING), Suitability(doubts=2))
    parent.address = "192.0.2.250"
    assert OneDevice(store.plain).recall(reading.build_target(parent, RING)) is None


def test_silence_is_counted_and_ends_with_the_first_answer(
    engine: Engine, session: Session, parent: Device, network: Network, now: datetime
) -> None:
    network.dead = {"inti"}
    for number in range(3):
        assert _read(engine, session, parent, now + number * QUARTER) == ["unreachable"]
    assert (parent.silent_readings, parent.silent_at) == (3, now + 2 * QUARTER)
    assert network.expected_silence["inti"] is True
    network.dead = set()
    assert _read(engine, session, parent, now + 9 * QUARTER) == []
    assert (parent.silent_readings, parent.silent_at) == (0, None)


@pytest.mark.parametrize(
    ("code", "silent_readings"),
    [("wrong_credentials", 0), ("connection_refused", 0), ("timeout_budget", 2), ("network_unreachable", 3)],
)
def test_a_refusal_ends_a_silence_and_a_reading_that_ran_out_of_time_says_nothing(
    engine: Engine,
    session: Session,
    parent: Device,
    network: Network,
    now: datetime,
    code: str,
    silent_readings: int,
) -> None:
    network.dead = {"inti"}
    for number in range(2):
        _read(engine, session, parent, now + number * QUARTER)
    network.code = code
    _read(engine, session, parent, now + 2 * QUARTER)
    assert parent.silent_readings == silent_readings


def test_a_person_gets_a_whole_reading_of_a_silent_device(
    engine: Engine, session: Session, parent: Device, network: Network, now: datetime
) -> None:
    network.dead = {"inti"}
    for number in range(3):
        _read(engine, session, parent, now + number * QUARTER)
    _read(engine, session, parent, now + 3 * QUARTER, reason="manual")
    assert network.expected_silence["inti"] is False


def test_a_child_is_cut_off_when_its_parent_is_silent_whichever_was_read_first(
    engine: Engine, session: Session, parent: Device, child: Device, network: Network, now: datetime
) -> None:
    network.dead = {"inti", "cabang"}
    assert _read(engine, session, child, now) == ["parent_unreachable"]
    assert _read(engine, session, parent, now) == ["unreachable"]
    assert _read(engine, session, child, now + QUARTER) == ["parent_unreachable"]
    assert network.asked == ["inti", "inti"]


def test_a_child_whose_parent_answers_is_itself_the_silent_one(
    engine: Engine, session: Session, parent: Device, child: Device, network: Network, now: datetime
) -> None:
    network.dead = {"cabang"}
    assert _read(engine, session, child, now) == ["unreachable"]


def test_a_parent_that_answers_again_has_its_children_tried_at_once(
    engine: Engine, session: Session, parent: Device, child: Device, network: Network, now: datetime
) -> None:
    network.dead = {"inti", "cabang"}
    for number in range(4):
        _read(engine, session, parent, now + number * QUARTER)
        _read(engine, session, child, now + number * QUARTER)
    assert is_left_alone(child, now + 4 * QUARTER, QUARTER)
    network.dead = {"cabang"}
    _read(engine, session, parent, now + 4 * QUARTER)
    assert not is_left_alone(child, now + 4 * QUARTER, QUARTER)


def test_the_schedule_passes_a_silent_device_by_longer_and_longer_up_to_an_hour(
    session: Session, parent: Device, now: datetime
) -> None:
    five = timedelta(minutes=5)
    slots = []
    tasks.plan_due_snapshots(session, default_minutes=5, now=now)
    first = session.scalars(select(SnapshotRun)).one().due_at
    for number in range(60):
        tasks.plan_due_snapshots(session, default_minutes=5, now=first + number * five)
        for run in session.scalars(select(SnapshotRun).where(SnapshotRun.state == "due")):
            run.state = "done"
            parent.silent_readings, parent.silent_at = parent.silent_readings + 1, run.due_at
            slots.append((run.due_at - first) // five)
    assert slots == [0, 1, 3, 7, 15, 27, 39, 51]


def _ask(session: Session, device: Device, now: datetime) -> int:
    run = SnapshotRun(device_id=device.id, due_at=now, reason="schedule", state="due", attempts=0)
    session.add(run)
    session.flush()
    return run.id


def _read_while(
    engine: Engine, run_id: int, now: datetime, start: Callable[[], Future[None]]
) -> Future[None]:
    """Read the device of a run, and start something else once it has begun to write of the device."""
    makes, begun = sessionmaker(engine), list[Future[None]]()

    def note(writing: Session, _context: object) -> None:
        if not begun and any(isinstance(each, Device) for each in writing.dirty):
            begun.append(start())

    event.listen(makes, "after_flush", note)
    service.carry_out_run(makes, run_id, SETTINGS, "web:1", now=lambda: now)
    return begun[0]


def test_two_silences_noted_at_once_are_two(
    engine: Engine, session: Session, parent: Device, network: Network, now: datetime
) -> None:
    network.dead = {"inti"}
    first, second = _ask(session, parent, now), _ask(session, parent, now + QUARTER)
    session.commit()

    def read(_own: Session) -> None:
        service.carry_out_run(engine, second, SETTINGS, "web:2", now=lambda: now)

    with beside(engine, session, read) as start:
        reading_too = _read_while(engine, first, now, start)
    reading_too.result()
    session.expire_all()
    assert parent.silent_readings == 2


def test_a_schedule_changed_while_children_are_woken_waits_for_that_and_not_in_a_ring(
    engine: Engine, session: Session, parent: Device, child: Device, network: Network, now: datetime
) -> None:
    every = ScheduleInput(kind=Kind.SNAPSHOT, timing=Timing(rhythm=Rhythm.INTERVAL, every_minutes=15))
    schedule_id = schedules.add_schedule(session, every, now=now).id
    official, run_id = make_person(session, "technician").id, _ask(session, parent, now)
    child.silent_readings, child.silent_at, child.next_due_at = 3, now, now + timedelta(hours=1)
    session.flush()
    # PostgreSQL keeps the row that was written last behind the others, and writes all in that order.
    parent.silent_readings = 3
    session.commit()

    def pause(own: Session) -> None:
        schedule, by = own.get_one(Schedule, schedule_id), own.get_one(Person, official)
        schedules.pause_schedule(own, schedule, now=now, by=by)

    with beside(engine, session, pause) as start:
        pausing = _read_while(engine, run_id, now, start)
    pausing.result()
    session.expire_all()
    assert (parent.silent_readings, child.silent_at, child.next_due_at) == (0, None, None)
