from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.audit.models import Event
from helpdesk.devices import credentials
from helpdesk.devices.models import Credential, Device
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.traps import queries, service
from helpdesk.evidence.traps.models import ReceivedTrap
from helpdesk.evidence.traps.receiving import WAITING, TrapProcess
from helpdesk.evidence.traps.rules import may_trigger, owner_of
from network import Trap, TrapVarbind
from tests.factories.moments import MORNING
from tests.factories.network import make_credential, make_device
from tests.factories.people import Office
from tests.factories.traps import COMMUNITY, IF_DESCR, at, make_trap, v2c_datagram

SYS_NAME = "1.3.6.1.2.1.1.5.0"
UNKNOWN_OID = "1.3.6.1.4.1.99999.0.7"
# How long a busy machine is waited for; where all goes well nobody waits.
PATIENCE_SECONDS = 60.0


@pytest.fixture
def device(session: Session) -> Device:
    """A device whose traps come from 192.0.2.7."""
    credential = make_credential(session)
    return make_device(session, name="sw-inti", address="192.0.2.7", snmp_credential_id=credential.id)


def _runs(session: Session, reason: str = "trap") -> list[SnapshotRun]:
    return list(session.scalars(select(SnapshotRun).where(SnapshotRun.reason == reason)))


def _finish_runs(session: Session) -> None:
    for run in session.scalars(select(SnapshotRun)):
        run.state = "done"


@pytest.mark.parametrize(
    ("told", "known", "owner"),
    [
        ("", [(1, "sw-a")], 1),
        ("", [], None),
        ("SW-B", [(1, "sw-a"), (2, "sw-b")], 2),
        ("", [(1, "sw-a"), (2, "sw-b")], None),
        ("sw-c", [(1, "sw-a"), (2, "sw-b")], None),
        ("sw-c", [(1, "sw-a")], 1),
    ],
)
def test_a_trap_belongs_to_the_device_at_its_address_and_never_to_a_guess(
    told: str, known: list[tuple[int, str]], owner: int | None
) -> None:
    assert owner_of("192.0.2.7", told, {"192.0.2.7": known}) == owner


@pytest.mark.parametrize(
    ("seconds_ago", "waiting", "open_runs", "may"),
    [(None, 0, 0, True), (59, 0, 0, False), (60, 0, 0, True), (None, 1, 0, False), (None, 0, 50, False)],
)
def test_a_trap_has_a_device_read_at_most_once_a_minute_and_never_makes_a_storm(
    seconds_ago: int | None, waiting: int, open_runs: int, may: bool
) -> None:
    latest = None if seconds_ago is None else MORNING - timedelta(seconds=seconds_ago)
    assert may_trigger(latest_run_at=latest, waiting=waiting, open_runs=open_runs, now=MORNING) is may


def test_a_known_trap_is_kept_with_its_device_and_has_it_read(
    session: Session, device: Device, now: datetime
) -> None:
    assert service.keep_traps(session, [make_trap()], now=now) == 1
    kept = session.scalars(select(ReceivedTrap)).one()
    assert (kept.device_id, kept.code, kept.version) == (device.id, "linkDown", "v2c")
    assert kept.varbinds == [{"oid": IF_DESCR, "kind": "OctetString", "value": "Gi0/3"}]
    assert [(run.device_id, run.due_at) for run in _runs(session)] == [(device.id, now)]
    act = session.scalars(select(Event).where(Event.kind == "snapshot_triggered")).one()
    assert act.data == {
        "device_id": device.id,
        "name": "sw-inti",
        "trap_id": kept.id,
        "trap": "linkDown",
        "source": "192.0.2.7",
    }


def test_a_burst_of_traps_reads_the_device_once_and_again_after_a_minute(
    session: Session, device: Device, now: datetime
) -> None:
    assert service.keep_traps(session, [make_trap() for _ in range(40)], now=now) == 1
    _finish_runs(session)
    assert service.keep_traps(session, [make_trap()], now=now + timedelta(seconds=30)) == 0
    assert service.keep_traps(session, [make_trap()], now=now + timedelta(seconds=61)) == 1
    assert session.scalar(select(func.count()).select_from(ReceivedTrap)) == 42


@pytest.mark.parametrize(
    "trap",
    [make_trap(oid=UNKNOWN_OID), make_trap(oid="1.3.6.1.6.3.1.1.5.5"), make_trap(source="192.0.2.99")],
    ids=["not known", "authenticationFailure", "unknown source"],
)
def test_what_is_not_known_to_matter_reads_nothing(
    session: Session, device: Device, now: datetime, trap: Trap
) -> None:
    assert service.keep_traps(session, [trap], now=now) == 0
    assert _runs(session) == []


def test_a_device_out_of_use_or_without_credential_is_not_read(session: Session, now: datetime) -> None:
    make_device(session, address="192.0.2.7", snmp_credential_id=None)
    out = make_device(session, address="192.0.2.8", is_active=False)
    assert service.keep_traps(session, [make_trap(), make_trap(source="192.0.2.8")], now=now) == 0
    assert session.scalars(select(ReceivedTrap).where(ReceivedTrap.device_id == out.id)).all() == []


def test_devices_behind_one_address_are_told_apart_by_the_name_in_the_trap(
    session: Session, now: datetime
) -> None:
    make_device(session, name="satu", address="127.0.0.1")
    two = make_device(session, name="dua", address="127.0.0.1")
    named = (TrapVarbind(SYS_NAME, "OctetString", "DUA"),)
    service.keep_traps(session, [make_trap(source="127.0.0.1", varbinds=named)], now=now)
    assert session.scalars(select(ReceivedTrap.device_id)).one() == two.id


def test_unknown_sources_cannot_fill_the_database(
    session: Session, device: Device, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "UNKNOWN_KEPT", 10)
    strange = [make_trap(source="203.0.113.9", received_at=at(number)) for number in range(25)]
    service.keep_traps(session, [*strange, make_trap()], now=now)
    kept = session.scalars(select(ReceivedTrap).where(ReceivedTrap.device_id.is_(None))).all()
    assert [each.received_at for each in kept] == [at(number) for number in range(15, 25)]
    assert session.scalars(queries.select_traps(known=True)).one().device_id == device.id


def test_old_traps_are_forgotten_and_a_device_that_tells_too_much_keeps_its_latest(
    session: Session, device: Device, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEPT_BY_DEVICE", 3)
    recent = [make_trap(received_at=at(number)) for number in range(5)]
    old = make_trap(received_at=now - timedelta(days=31))
    service.keep_traps(session, [old, *recent], now=now)
    service.forget_traps(session, days=30, now=now)
    assert session.scalars(select(ReceivedTrap.received_at).order_by(ReceivedTrap.id)).all() == [
        at(2),
        at(3),
        at(4),
    ]


def test_people_are_served_before_traps(session: Session, device: Device, now: datetime) -> None:
    from helpdesk.evidence import queries as evidence_queries
    from helpdesk.evidence import service as evidence

    service.keep_traps(session, [make_trap()], now=now)
    asked = evidence.request_snapshot(session, device, reason="manual", now=now)
    assert evidence_queries.list_due_run_ids(session, now=now + timedelta(seconds=1), limit=5)[0] == asked.id


# The process


def _credential(session: Session, settings: HelpdeskSettings) -> Credential:
    return credentials.add_credential(
        session,
        name="umum",
        kind="snmp_v2c",
        public={},
        secret={"community": COMMUNITY},
        ring=settings.key_ring(),
        now=clock.now(),
    )


def _run_process(settings: HelpdeskSettings, send: Callable[[TrapProcess], None]) -> TrapProcess:
    """Run the process as its command does, let `send` act once it listens, and stop it."""
    listening = threading.Event()
    process = TrapProcess(settings, lambda _words: listening.set())
    thread = threading.Thread(target=lambda: asyncio.run(process.run("127.0.0.1", 0)))
    thread.start()
    try:
        assert listening.wait(PATIENCE_SECONDS)
        send(process)
    finally:
        process.stop()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    return process


def _send(process: TrapProcess, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for each in datagrams:
            sender.sendto(each, process.receiver.address)
    expected = len(datagrams)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(process.receiver.counts.values()) < expected:
        assert time.monotonic() < deadline, "the datagrams did not arrive"
        time.sleep(0.01)


def test_the_process_accepts_the_communities_of_the_devices_and_writes_before_it_ends(
    session: Session, settings: HelpdeskSettings
) -> None:
    device = make_device(session, address="127.0.0.1", snmp_credential_id=_credential(session, settings).id)
    session.commit()
    process = _run_process(
        settings, lambda each: _send(each, v2c_datagram(), v2c_datagram(community="tebakan"), b"\x30")
    )
    assert session.scalars(select(ReceivedTrap)).one().device_id == device.id
    assert len(_runs(session)) == 1
    state = queries.find_state(session)
    assert state is not None
    assert state.counts == {"accepted": 1, "unauthorised": 1, "malformed": 1}
    assert state.listens_on == f"127.0.0.1:{process.receiver.address[1]}"


def test_a_trap_that_cannot_be_written_holds_up_no_other(
    session: Session, settings: HelpdeskSettings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = service.keep_traps

    def picky(opened: Session, traps: list[Trap], *, now: datetime) -> int:
        if any(trap.source == "203.0.113.66" for trap in traps):
            raise DataError("insert", {}, ValueError("not storable"))
        return real(opened, traps, now=now)

    monkeypatch.setattr(service, "keep_traps", picky)
    process = TrapProcess(settings, lambda _words: None)
    for source in ("192.0.2.7", "203.0.113.66", "192.0.2.8"):
        process._queue(make_trap(source=source))
    process._write()
    assert [trap.source for trap in session.scalars(select(ReceivedTrap))] == ["192.0.2.7", "192.0.2.8"]
    assert (len(process._waiting), process.receiver.counts["not_written"]) == (0, 1)
    process._engine.dispose()


def test_a_database_that_does_not_answer_costs_nothing_but_time(
    settings: HelpdeskSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_arguments: object, **_options: object) -> int:
        raise OperationalError("insert", {}, ValueError("gone"))

    monkeypatch.setattr(service, "keep_traps", silent)
    process = TrapProcess(settings, lambda _words: None)
    for number in range(WAITING + 3):
        process._queue(make_trap(source=f"192.0.2.{number % 200}"))
    process._write()
    assert len(process._waiting) == WAITING
    assert process.receiver.counts["not_written"] == 3
    process._engine.dispose()


# The pages


def test_the_pages_show_what_came_and_never_a_secret(
    client: FlaskClient, session: Session, office: Office, sign_in: Callable[..., None], device: Device
) -> None:
    now = clock.now()
    service.keep_traps(
        session,
        [
            make_trap(received_at=now),
            make_trap(received_at=now, source="203.0.113.9", oid=UNKNOWN_OID),
        ],
        now=now,
    )
    counts = {"accepted": 2, "flood": 7}
    service.note_state(session, listens_on="127.0.0.1:1162", started_at=now, counts=counts, now=now)
    sign_in(client, office.pelaksana)
    page = client.get("/traps").text
    for words in ("A port went down", "ifDescr.3", "Gi0/3", "203.0.113.9", UNKNOWN_OID, "127.0.0.1:1162"):
        assert words in page
    known, unknown = client.get("/traps?sender=known").text, client.get("/traps?sender=unknown").text
    assert "203.0.113.9" not in known
    assert "Gi0/3" in known
    assert "203.0.113.9" in unknown
    assert f'href="/devices/{device.id}"' not in unknown
    assert "No trap fits" in client.get("/traps?code=coldStart").text
    assert "sw-inti" in client.get(f"/traps?device={device.id}").text
    assert client.get("/traps?device=99999").status_code == 200
    shown = client.get(f"/devices/{device.id}").text
    assert "Latest traps" in shown
    assert "A port went down" in shown


def test_a_silent_receiver_is_told_on_the_page(
    client: FlaskClient, session: Session, office: Office, sign_in: Callable[..., None]
) -> None:
    sign_in(client, office.pelaksana)
    assert "No receiver has run yet" in client.get("/traps").text
    long_ago = clock.now() - timedelta(minutes=5)
    service.note_state(session, listens_on="x:1", started_at=long_ago, counts={}, now=long_ago)
    assert "no sign of life" in client.get("/traps").text
