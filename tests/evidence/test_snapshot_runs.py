from __future__ import annotations

import hashlib
import threading
import zlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import events
from helpdesk.devices import credentials, reading
from helpdesk.devices.models import Device
from helpdesk.events import Event
from helpdesk.evidence import queries, service
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.models import Snapshot, SnapshotRun, StoredFile
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.snapshots import make_facts, make_port, store
from tests.factories.waiting import beside

RING = {"k1": bytes(32)}
SETTINGS = SimpleNamespace(snapshot_budget_seconds=5, key_ring=lambda: RING)


@pytest.fixture
def device(session: Session, now: datetime, lab_agent: Any) -> Device:
    """A device that the lab's agent answers for."""
    credential = credentials.add_credential(
        session,
        name="umum",
        kind="snmp_v2c",
        public={},
        secret={"community": lab_agent.community},
        ring=RING,
        now=now,
    )
    made = make_device(
        session, address="127.0.0.1", snmp_port=lab_agent.port, snmp_credential_id=credential.id
    )
    session.commit()
    return made


def _request(session: Session, device: Device, **fields: Any) -> int:
    values: dict[str, Any] = {"reason": "manual", "now": datetime.now(UTC)}
    run = service.request_snapshot(session, device, **{**values, **fields})
    run_id = run.id
    session.commit()
    return run_id


def test_a_run_reads_the_device_and_freezes_what_it_said(
    engine: Engine, session: Session, device: Device, office: Office
) -> None:
    run_id = _request(session, device, by=office.pelaksana, ticket_id=None)
    snapshot_id = service.carry_out_run(engine, run_id, SETTINGS, "web:1")
    assert snapshot_id is not None
    snapshot = queries.get_snapshot(session, snapshot_id)
    facts = queries.load_content(snapshot)
    assert snapshot.reachable
    assert facts["interfaces"]
    assert snapshot.summary["interfaces"] == len(facts["interfaces"])
    assert session.get_one(SnapshotRun, run_id).state == "done"
    event = session.scalars(select(Event).where(Event.kind == "snapshot_taken")).one()
    digest = session.get_one(Snapshot, snapshot_id).sha256
    told = {"snapshot_id": snapshot_id, "device_id": device.id, "reason": "manual", "sha256": digest}
    assert event.data == told
    assert event.actor_name == office.pelaksana.name


def test_a_device_that_is_silent_gives_a_snapshot_with_its_named_failure(
    engine: Engine, session: Session, device: Device
) -> None:
    device.snmp_port = 9
    run_id = _request(session, device)
    quick = SimpleNamespace(snapshot_budget_seconds=2, key_ring=lambda: RING)
    snapshot_id = service.carry_out_run(engine, run_id, quick, "web:1")
    assert snapshot_id is not None
    snapshot = queries.get_snapshot(session, snapshot_id)
    assert not snapshot.reachable
    assert snapshot.failures[0]["code"] in {"unreachable", "connection_refused", "timeout_budget"}
    assert queries.find_latest_snapshot(session, device.id) is None
    assert queries.find_latest_snapshot(session, device.id, reachable=False) is snapshot


def test_a_secret_that_does_not_open_is_a_named_failure_of_the_snapshot(
    engine: Engine, session: Session, device: Device
) -> None:
    run_id = _request(session, device)
    other = SimpleNamespace(snapshot_budget_seconds=2, key_ring=lambda: {"k2": bytes(32)})
    snapshot_id = service.carry_out_run(engine, run_id, other, "web:1")
    assert snapshot_id is not None
    assert queries.get_snapshot(session, snapshot_id).failures[0]["code"] == "credential_unreadable"


def test_a_run_is_leased_to_one_owner_only(session: Session, device: Device) -> None:
    run_id = _request(session, device)
    now = datetime.now(UTC)
    assert service.lease_run(session, run_id, owner="a", now=now, seconds=30)
    assert not service.lease_run(session, run_id, owner="b", now=now, seconds=30)
    later = now + timedelta(seconds=30) + service.LEASE_MARGIN + timedelta(seconds=1)
    assert service.lease_run(session, run_id, owner="b", now=later, seconds=30)


def test_many_takers_at_once_make_one_snapshot(engine: Engine, session: Session, device: Device) -> None:
    run_id = _request(session, device)
    barrier = threading.Barrier(6)
    results: list[int | None] = []

    def take(number: int) -> None:
        barrier.wait()
        results.append(service.carry_out_run(engine, run_id, SETTINGS, f"taker:{number}"))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([result for result in results if result is not None]) == 1
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 1


def test_a_second_result_of_the_same_run_is_discarded_quietly(
    engine: Engine, session: Session, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _request(session, device)
    collect = reading.collect_snapshot
    inner: list[int | None] = []

    def slow_collect(target: reading.Target, **options: Any) -> reading.Snapshot:
        # While this one reads, its lease is taken away and somebody else finishes the run.
        monkeypatch.setattr(reading, "collect_snapshot", collect)
        with Session(engine) as other, other.begin():
            assert service.release_leases(other, owner_prefix="slow:") == 1
        inner.append(service.carry_out_run(engine, run_id, SETTINGS, "quick:1"))
        return collect(target, **options)

    monkeypatch.setattr(reading, "collect_snapshot", slow_collect)
    outer = service.carry_out_run(engine, run_id, SETTINGS, "slow:1")
    assert inner == [outer]
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 1


def test_no_transaction_is_open_while_the_device_is_read(
    engine: Engine, session: Session, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    device_id, run_id = device.id, _request(session, device)
    collect = reading.collect_snapshot

    def writing_collect(target: reading.Target, **options: Any) -> reading.Snapshot:
        with Session(engine) as other, other.begin():
            other.get_one(Device, device_id).description = "written meanwhile"
        return collect(target, **options)

    monkeypatch.setattr(reading, "collect_snapshot", writing_collect)
    assert service.carry_out_run(engine, run_id, SETTINGS, "web:1") is not None


def test_a_run_that_stopped_its_reader_again_and_again_is_given_up_with_a_record(
    engine: Engine, session: Session, device: Device
) -> None:
    run_id = _request(session, device)
    session.get_one(SnapshotRun, run_id).attempts = service.ATTEMPTS
    session.commit()
    snapshot_id = service.carry_out_run(engine, run_id, SETTINGS, "web:1")
    assert snapshot_id is not None
    assert queries.get_snapshot(session, snapshot_id).failures[0]["code"] == "collector_stopped"


def test_a_device_out_of_use_ends_its_run_without_a_snapshot(
    engine: Engine, session: Session, device: Device
) -> None:
    run_id = _request(session, device)
    device.is_active = False
    session.commit()
    assert service.carry_out_run(engine, run_id, SETTINGS, "web:1") is None
    session.expire_all()
    assert session.get_one(SnapshotRun, run_id).state == "done"


def test_asking_twice_in_the_same_moment_makes_two_runs_and_no_error(
    session: Session, device: Device, now: datetime
) -> None:
    first, second = (service.request_snapshot(session, device, reason="manual", now=now) for _ in range(2))
    assert first.id != second.id


def test_the_next_snapshot_knows_the_one_before_and_what_changed(
    engine: Engine, session: Session, device: Device
) -> None:
    ids = [service.carry_out_run(engine, _request(session, device), SETTINGS, "web:1") for _ in range(2)]
    first, second = (queries.get_snapshot(session, snapshot_id or 0) for snapshot_id in ids)
    assert second.previous_id == first.id
    assert queries.changes_since_previous(session, first) == []
    assert isinstance(queries.changes_since_previous(session, second), list)
    assert queries.latest_snapshots(session, [device.id]) == {device.id: second}


def test_a_changed_byte_in_the_database_is_noticed(engine: Engine, session: Session, device: Device) -> None:
    snapshot_id = service.carry_out_run(engine, _request(session, device), SETTINGS, "web:1")
    snapshot = queries.get_snapshot(session, snapshot_id or 0)
    broken = bytearray(snapshot.content)
    broken[len(broken) // 2] ^= 1
    snapshot.content = bytes(broken)
    session.commit()
    assert not queries.is_intact(snapshot)
    with pytest.raises(EvidenceBroken):
        queries.load_content(snapshot)


def test_a_listener_that_fails_keeps_the_snapshot_from_being_stored_by_half(
    engine: Engine, session: Session, device: Device
) -> None:
    def refuse(_session: Session, _event: Event) -> None:
        raise RuntimeError("no")

    events.listen("snapshot_taken", refuse)
    run_id = _request(session, device)
    with pytest.raises(RuntimeError):
        service.carry_out_run(engine, run_id, SETTINGS, "web:1")
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 0
    assert session.get_one(SnapshotRun, run_id).state == "leased"


def test_the_same_bytes_are_kept_once(session: Session, now: datetime) -> None:
    first = service.store_file(session, b"isi", "text/plain", now=now)
    assert service.store_file(session, b"isi", "text/plain", now=now) is first
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_the_same_bytes_stored_by_many_at_once_are_kept_once(engine: Engine, now: datetime) -> None:
    barrier = threading.Barrier(5)
    ids: list[int] = []

    def store() -> None:
        with Session(engine) as own, own.begin():
            barrier.wait()
            ids.append(service.store_file(own, b"isi yang sama", "text/plain", now=now).id)

    threads = [threading.Thread(target=store) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 5
    assert len(set(ids)) == 1


def test_a_snapshot_after_the_first_is_kept_as_a_difference_and_gives_back_what_was_frozen(
    engine: Engine, session: Session, device: Device
) -> None:
    ids = [service.carry_out_run(engine, _request(session, device), SETTINGS, "web:1") for _ in range(3)]
    first, second, third = (queries.get_snapshot(session, one or 0) for one in ids)
    assert (first.base_id, second.base_id, third.base_id) == (None, first.id, first.id)
    assert len(third.content) < len(first.content)
    for snapshot in (first, second, third):
        plain = queries.load_canonical(snapshot)
        assert hashlib.sha256(plain).hexdigest() == snapshot.sha256
        assert len(plain) == snapshot.size_bytes


def test_what_rests_on_a_spoilt_base_is_broken_too_and_a_base_is_never_lost(
    engine: Engine, session: Session, device: Device
) -> None:
    ids = [service.carry_out_run(engine, _request(session, device), SETTINGS, "web:1") for _ in range(2)]
    first, second = (queries.get_snapshot(session, one or 0) for one in ids)
    with pytest.raises(IntegrityError):
        session.execute(delete(Snapshot).where(Snapshot.id == first.id))
    session.rollback()
    first.content = zlib.compress(b'{"system":{}}')
    session.commit()
    assert not queries.is_intact(second)
    with pytest.raises(EvidenceBroken):
        queries.load_content(second)


def test_after_many_snapshots_one_is_kept_whole_again(
    engine: Engine, session: Session, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SNAPSHOTS_A_BASE", 2)
    ids = [service.carry_out_run(engine, _request(session, device), SETTINGS, "web:1") for _ in range(5)]
    bases = [queries.get_snapshot(session, one or 0).base_id for one in ids]
    assert bases == [None, ids[0], ids[0], None, ids[3]]


def test_a_snapshot_that_waited_for_another_of_its_device_is_compared_with_it(
    engine: Engine, session: Session, now: datetime
) -> None:
    device_id = make_device(session).id
    session.commit()

    def store_at(own: Session, moment: datetime) -> Snapshot:
        mine = own.get_one(Device, device_id)
        return store(own, mine, make_facts(mine, moment, make_port()))

    def store_later(own: Session) -> int | None:
        return store_at(own, now + timedelta(seconds=1)).previous_id

    with beside(engine, session, store_later) as start:
        first = store_at(session, now).id
        waiting = start()
        assert not waiting.done(), "the second was stored while the first was not yet"
        session.commit()
    assert waiting.result() == first
