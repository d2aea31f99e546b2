"""A finding opens one ticket, what follows is noted on it, and only a person ends it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config import Letterhead, build_settings
from helpdesk import events
from helpdesk.database import transaction
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.errors import SettingsInvalid
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.findings import queries as findings_queries
from helpdesk.findings import service as findings_service
from helpdesk.findings.models import FindingRecord
from helpdesk.tickets import service as tickets_service
from helpdesk.tickets.automatic import service as automatic
from helpdesk.tickets.automatic.models import FindingTicket
from helpdesk.tickets.models import Message, Ticket
from network.health.rulebook import shipped_rules
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import KABAG, make_person
from tests.factories.snapshots import make_facts, make_port, make_silence, store
from tests.factories.tickets import NUMBER, make_ticket_office
from tests.factories.waiting import beside

STEP = timedelta(minutes=20)  # slow enough that nothing flaps
DOWN = {"oper_status": "down"}


@dataclass(frozen=True)
class Monitoring:
    automatic_tickets: bool = True
    procedure_number: str = NUMBER
    ticket_prefix: str = "TKT"
    letterhead: Letterhead = field(default_factory=Letterhead)


def rules() -> reading.RuleBook:
    """The shipped rules; a port that falls opens a ticket too."""
    shipped = dict(shipped_rules())
    shipped["port_went_down"] = shipped["port_went_down"].model_copy(update={"opens_ticket": True})
    return shipped


def listen(settings: Monitoring) -> None:
    findings_service.listen_to_snapshots(rules())
    tickets_service.listen_to_events()
    automatic.listen_to_findings(rules(), settings, lambda _session: make_ticket_office())


@pytest.fixture
def device(session: Session) -> Device:
    listen(Monitoring())
    made = make_device(session, name="sw-inti")
    session.commit()
    return made


def at(number: int, step: timedelta = STEP) -> datetime:
    return MORNING + step * number


def read(
    session: Session, device: Device, states: Sequence[str], first: int = 0, step: timedelta = STEP
) -> None:
    for number, state in enumerate(states, start=first):
        store(session, device, make_facts(device, at(number, step), make_port(oper_status=state)))


def tickets(session: Session) -> list[Ticket]:
    session.flush()
    return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def notes(session: Session) -> list[str]:
    return [one.split(":")[0] for one in session.scalars(select(Message.body).order_by(Message.id))]


def cancel(session: Session, ticket: Ticket, now: datetime) -> None:
    tickets_service.cancel_ticket(
        session,
        ticket,
        reason="Sudah diperbaiki.",
        office=make_ticket_office(),
        by=make_person(session, KABAG),
        role=KABAG,
        now=now,
    )


def test_a_finding_opens_a_ticket_of_the_office_with_what_shows_it(session: Session, device: Device) -> None:
    read(session, device, ["up", "down"])
    (ticket,) = tickets(session)
    assert (ticket.requester_name, ticket.channel) == ("Pemantauan jaringan", "monitoring")
    assert ticket.subject == "Port terputus: sw-inti, Gi1"
    assert [step.step_number for step in ticket.run.steps] == [1]
    shown = session.scalars(select(Snapshot).order_by(Snapshot.id.desc())).first()
    assert shown is not None
    assert [item.snapshot_id for item in ticket.evidence] == [shown.id]
    assert shown.sha256 in ticket.description
    asked = session.scalars(select(SnapshotRun).where(SnapshotRun.ticket_id == ticket.id)).one()
    assert (asked.state, asked.reason) == ("due", "ticket")
    assert timedelta(0) <= asked.due_at - at(1) < timedelta(seconds=60)


def test_the_fresh_look_joins_the_evidence(session: Session, device: Device) -> None:
    read(session, device, ["up", "down"])
    (ticket,) = tickets(session)
    fresh = make_facts(device, at(1) + timedelta(seconds=20), make_port(**DOWN))
    store(session, device, fresh, reason="ticket", ticket_id=ticket.id)
    assert len(ticket.evidence) == 2


def test_what_follows_is_noted_and_the_ticket_stays_open(session: Session, device: Device) -> None:
    read(session, device, ["up", "down", "up", "down", "up", "up", "down"])
    (ticket,) = tickets(session)
    assert notes(session) == ["Memburuk lagi sebelum pulih", "Pulih", "Terjadi lagi"]
    assert ticket.status == "open"


def test_after_a_person_ended_it_only_a_new_turn_opens_another(session: Session, device: Device) -> None:
    read(session, device, ["up", "down"])
    cancel(session, tickets(session)[0], at(1))
    read(session, device, ["down", "down"], first=2)
    assert len(tickets(session)) == 1
    read(session, device, ["up", "up", "down"], first=4)
    assert [ticket.status for ticket in tickets(session)] == ["cancelled", "open"]


def test_what_swings_is_noted_once(session: Session, device: Device) -> None:
    read(session, device, ["up", *["down", "up"] * 8], step=timedelta(minutes=2))
    assert len(tickets(session)) == 1
    assert notes(session).count("Berubah-ubah (flapping)") == 1
    assert len(notes(session)) <= 3


def test_nothing_is_opened_unless_the_office_and_the_rule_say_so(session: Session, device: Device) -> None:
    listen(Monitoring(automatic_tickets=False))
    read(session, device, ["up", "down"])
    assert tickets(session) == []
    listen(Monitoring())
    store(session, device, make_facts(device, at(2)))
    assert tickets(session) == []


def test_maintenance_opens_nothing_until_it_is_over(session: Session, device: Device) -> None:
    findings_service.plan_maintenance(
        session,
        device=device,
        starts_at=at(0),
        ends_at=at(3),
        reason="Ganti modul",
        now=at(0),
        by=make_person(session, "technician"),
    )
    read(session, device, ["up", "down", "down"])
    assert tickets(session) == []
    read(session, device, ["down"], first=3)
    assert len(tickets(session)) == 1


def test_what_a_ticket_tells_of_is_over_for_it_during_maintenance_too(
    session: Session, device: Device
) -> None:
    read(session, device, ["up", "down"])
    findings_service.plan_maintenance(
        session,
        device=device,
        starts_at=at(2),
        ends_at=at(9),
        reason="Ganti modul",
        now=at(2),
        by=make_person(session, "technician"),
    )
    read(session, device, ["up", "up"], first=2)
    assert notes(session) == ["Pulih"]


def test_a_device_behind_a_silent_one_is_noted_on_the_ticket_of_that_one(
    session: Session, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = make_device(session, name="sw-lantai-3")
    parents = {child.id: device.id, device.id: None}
    monkeypatch.setattr(findings_queries, "parents_above", lambda _session, _device_id: parents)
    for number in (0, 1):
        store(session, device, make_silence(device, at(number)))
    for number in (0, 1):
        store(session, child, make_silence(child, at(number)))
    (ticket,) = tickets(session)
    assert ticket.subject == "Tidak terjangkau: sw-inti"
    assert notes(session) == ["sw-lantai-3 tidak dapat dijangkau lewat sw-inti.\nBukti"]
    assert {item.title for item in ticket.evidence} == {"sw-inti", "sw-lantai-3"}


def test_a_crash_in_between_leaves_neither_ticket_nor_finding(
    session: Session, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(session, device, ["up"])
    session.commit()

    class Crash(BaseException):
        pass

    def crash(*_arguments: object, **_named: object) -> None:
        raise Crash

    monkeypatch.setattr(automatic, "bring_device", crash)
    with pytest.raises(Crash), transaction(session):
        read(session, device, ["down"], first=1)
    counted = [
        session.scalar(select(func.count()).select_from(table))
        for table in (FindingRecord, Ticket, FindingTicket)
    ]
    assert counted == [0, 0, 0]
    monkeypatch.undo()
    read(session, device, ["down"], first=1)
    assert len(tickets(session)) == 1


def test_two_that_store_at_once_open_one_ticket(engine: Engine, session: Session, device: Device) -> None:
    read(session, device, ["up"])
    device_id = device.id
    session.commit()
    start = Barrier(4)

    def take(number: int) -> None:
        start.wait(timeout=30)
        with Session(engine) as own, transaction(own):
            mine = own.get_one(Device, device_id)
            moment = at(1) + timedelta(seconds=number)
            store(own, mine, make_facts(mine, moment, make_port(**DOWN)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(4)))
    assert len(tickets(session)) == 1
    assert session.scalar(select(func.count()).select_from(FindingRecord)) == 1
    assert session.scalar(select(func.count()).select_from(Snapshot)) == 5


def test_what_happens_while_its_ticket_is_being_ended_is_a_ticket_of_its_own(
    engine: Engine, session: Session, device: Device
) -> None:
    read(session, device, ["up", "down", "up"])
    (ticket,), device_id = tickets(session), device.id
    session.commit()

    def fall_again(own: Session) -> None:
        read(own, own.get_one(Device, device_id), ["down"], first=3)

    with beside(engine, session, fall_again) as start:
        cancel(session, ticket, at(3))
        session.flush()
        falling = start()
        session.commit()
    falling.result()
    assert [one.status for one in tickets(session)] == ["cancelled", "open"]
    assert notes(session) == []


def test_a_rule_that_opens_tickets_of_nothing_stops_the_start() -> None:
    broken = {"power": shipped_rules()["power"].model_copy(update={"procedure": "TIDAK.ADA"})}
    with pytest.raises(automatic.RuleOpensNothing, match="TIDAK"):
        automatic.ensure_rules_open(broken, Monitoring(), make_ticket_office().catalogue)
    automatic.ensure_rules_open(rules(), Monitoring(), make_ticket_office().catalogue)


def test_listeners_of_two_applications_open_one_ticket(session: Session, device: Device) -> None:
    listen(Monitoring())
    read(session, device, ["up", "down"])
    assert len(tickets(session)) == 1
    assert events._listeners["finding_opened"].count(automatic._note_bad) == 1


def test_automatic_tickets_are_off_by_default(tmp_path: Path) -> None:
    assert not build_settings(testing=True, data_directory=tmp_path).automatic_tickets
    with pytest.raises(SettingsInvalid, match="AUTOMATIC_TICKETS"):
        build_settings(testing=True, data_directory=tmp_path, automatic_tickets="mungkin")
