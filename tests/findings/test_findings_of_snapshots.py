"""Each stored snapshot takes the findings of its device one reading on, in the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.audit.models import Event
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.findings import queries, service
from helpdesk.findings.errors import WindowOver, WindowRefused
from helpdesk.findings.models import FindingRecord
from network import Processor
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import make_person
from tests.factories.snapshots import make_facts, make_port, make_silence, store

STEP = timedelta(minutes=5)
DOWN = {"oper_status": "down"}


@pytest.fixture
def device(session: Session) -> Device:
    service.listen_to_snapshots(reading.load_rules())
    return make_device(session)


@pytest.fixture
def technician(session: Session) -> Person:
    return make_person(session, "technician")


def at(number: int) -> datetime:
    return MORNING + STEP * number


def states(session: Session) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(FindingRecord).order_by(FindingRecord.id))
    return [(row.rule, row.object, row.state) for row in rows]


def acts(session: Session) -> list[str]:
    kinds = session.scalars(select(Event.kind).order_by(Event.id))
    return [kind for kind in kinds if kind.startswith("finding_")]


def test_a_port_that_falls_is_found_and_is_over_after_two_good_readings(
    session: Session, device: Device
) -> None:
    store(session, device, make_facts(device, at(0), make_port()))
    fell = store(session, device, make_facts(device, at(1), make_port(**DOWN)))
    store(session, device, make_facts(device, at(2), make_port(**DOWN)))
    (finding,) = queries.list_told(session, [device.id])
    assert (finding.rule, finding.object, finding.first_snapshot_id) == ("port_went_down", "Gi1", fell.id)
    assert finding.opened_at == at(1)
    store(session, device, make_facts(device, at(3), make_port()))
    assert states(session) == [("port_went_down", "Gi1", "recovering")]
    store(session, device, make_facts(device, at(4), make_port()))
    assert states(session) == [("port_went_down", "Gi1", "recovered")]
    assert acts(session) == ["finding_opened", "finding_recovered"]
    assert [turn.turn for turn in finding.turns] == ["opened", "recovered"]


def test_one_bad_reading_of_a_rule_that_holds_two_is_not_told(session: Session, device: Device) -> None:
    busy = (Processor(name="CPU", usage_percent=99),)
    store(session, device, make_facts(device, at(0), make_port(), processors=busy))
    store(
        session,
        device,
        make_facts(device, at(1), make_port(), processors=(Processor(name="CPU", usage_percent=5),)),
    )
    assert states(session) == [("processor", "CPU", "dismissed")]
    assert acts(session) == []


def test_a_silent_device_keeps_its_findings_and_gets_one_more(session: Session, device: Device) -> None:
    store(session, device, make_facts(device, at(0), make_port()))
    store(session, device, make_facts(device, at(1), make_port(**DOWN)))
    for number in (2, 3):
        store(session, device, make_silence(device, at(number)))
    assert states(session) == [("port_went_down", "Gi1", "open"), ("unreachable", device.name, "open")]


def test_a_result_that_comes_late_judges_nothing(session: Session, device: Device) -> None:
    store(session, device, make_facts(device, at(5), make_port()))
    store(session, device, make_silence(device, at(1)))
    assert states(session) == []


def test_a_rolled_back_snapshot_leaves_no_finding(session: Session, device: Device) -> None:
    session.commit()
    store(session, device, make_silence(device, at(0)))
    assert states(session) != []
    session.rollback()
    assert states(session) == []


def test_no_two_findings_of_one_thing_live_at_once(session: Session, device: Device) -> None:
    snapshot = store(session, device, make_facts(device, at(0), make_port()))
    values = {
        "device_id": device.id,
        "rule": "memory",
        "object": "RAM",
        "object_key": "RAM",
        "severity": "warning",
        "values": {},
        "streak": 1,
        "swings": [],
        "first_seen_at": at(0),
        "last_seen_at": at(0),
        "first_snapshot_id": snapshot.id,
        "last_snapshot_id": snapshot.id,
    }
    session.add_all([FindingRecord(**values, state="recovered"), FindingRecord(**values, state="recovered")])
    session.flush()
    session.add_all([FindingRecord(**values, state="open"), FindingRecord(**values, state="pending")])
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_name_too_long_for_an_index_is_found_all_the_same(session: Session, device: Device) -> None:
    name = "GigabitEthernet" * 400
    store(session, device, make_facts(device, at(0), make_port(name)))
    for number in (1, 2):
        store(session, device, make_facts(device, at(number), make_port(name, **DOWN)))
    assert states(session) == [("port_went_down", name, "open")]


def test_maintenance_mutes_and_does_not_skip(session: Session, device: Device, technician: Person) -> None:
    store(session, device, make_facts(device, at(0), make_port()))
    service.plan_maintenance(
        session,
        device=device,
        starts_at=at(1),
        ends_at=at(3),
        reason="Ganti modul",
        now=at(0),
        by=technician,
    )
    store(session, device, make_facts(device, at(1), make_port(**DOWN)))
    (finding,) = queries.list_told(session, [device.id])
    assert (finding.state, finding.is_muted) == ("open", True)
    assert (acts(session), queries.count_told(session)) == ([], 0)
    store(session, device, make_facts(device, at(3), make_port(**DOWN)))
    assert not finding.is_muted
    assert (acts(session), queries.count_told(session)) == (["finding_opened"], 1)


def test_what_was_over_before_the_maintenance_ended_is_never_told(
    session: Session, device: Device, technician: Person
) -> None:
    service.plan_maintenance(
        session,
        site=device.site,
        starts_at=at(0),
        ends_at=at(9),
        reason="Listrik gedung",
        now=at(0),
        by=technician,
    )
    for number, state in enumerate(["up", "down", "up", "up"]):
        store(session, device, make_facts(device, at(number), make_port(oper_status=state)))
    assert states(session) == [("port_went_down", "Gi1", "recovered")]
    assert acts(session) == []


def test_a_window_ends_early_once(session: Session, device: Device, technician: Person) -> None:
    window = service.plan_maintenance(
        session, device=device, starts_at=at(0), ends_at=at(9), reason="x", now=at(0), by=technician
    )
    service.end_maintenance(session, window, now=at(2), by=technician)
    assert not queries.is_in_maintenance(session, device, at(2))
    assert queries.is_in_maintenance(session, device, at(1))
    with pytest.raises(WindowOver):
        service.end_maintenance(session, window, now=at(3), by=technician)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("device_id", {"device": None}),
        ("ends_at", {"ends_at": at(0)}),
        ("ends_at", {"starts_at": at(-9), "ends_at": at(-8)}),
        ("ends_at", {"ends_at": at(0) + timedelta(days=40)}),
        ("reason", {"reason": "  "}),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_the_field(
    session: Session, device: Device, technician: Person, field: str, changed: dict[str, object]
) -> None:
    given = {"device": device, "starts_at": at(0), "ends_at": at(3), "reason": "x", **changed}
    with pytest.raises(WindowRefused) as refused:
        service.plan_maintenance(session, now=at(0), by=technician, **given)  # type: ignore[arg-type]
    assert refused.value.field == field
