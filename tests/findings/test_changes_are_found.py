"""What changed is found once, with the difference as its evidence, and is quiet during maintenance."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.events import Event
from helpdesk.evidence.configurations.models import Configuration
from helpdesk.evidence.configurations.service import keep_output
from helpdesk.evidence.traps.service import keep_traps
from helpdesk.findings import queries, service
from helpdesk.findings.models import FindingRecord, StateChange
from helpdesk.findings.wording import sentence_in
from network import CommandOutput
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import make_person
from tests.factories.snapshots import make_facts, make_port, store

STEP = timedelta(minutes=15)
TEXT = "hostname sw\ninterface Gi1\n no shutdown\nend"
CHANGED = TEXT.replace(" no shutdown", " shutdown\n description gudang")


@pytest.fixture
def device(session: Session) -> Device:
    service.listen_to_snapshots(reading.load_rules())
    return make_device(session, name="sw-inti")


def at(number: float) -> datetime:
    return MORNING + STEP * number


def look(session: Session, device: Device, number: float, **port: object) -> None:
    store(session, device, make_facts(device, at(number), make_port(**port)))
    session.flush()


def keep(session: Session, device: Device, number: float, text: str) -> Configuration:
    output = CommandOutput(command="show running-config", output=text, complete=True, duration_ms=5)
    return keep_output(session, device.id, output, platform="cisco_ios", taken_at=at(number))


def found(session: Session, rule: str) -> list[FindingRecord]:
    return list(
        session.scalars(select(FindingRecord).where(FindingRecord.rule == rule).order_by(FindingRecord.id))
    )


def told(session: Session) -> list[str]:
    kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("finding_")).order_by(Event.id))
    return [kind.removeprefix("finding_") for kind in kinds]


def test_a_configuration_that_changed_is_a_finding_with_the_difference(
    session: Session, device: Device
) -> None:
    keep(session, device, 0, TEXT)
    look(session, device, 0.1)
    assert found(session, "configuration_changed") == []
    changed = keep(session, device, 0.5, CHANGED)
    look(session, device, 1)
    (finding,) = found(session, "configuration_changed")
    assert (finding.state, finding.severity) == ("open", "warning")
    assert finding.values["configuration_id"] == str(changed.id)
    assert finding.values["sha256"] == changed.raw_sha256
    sentence = sentence_in(finding, reading.load_rules(), "id")
    assert sentence == "Konfigurasi sw-inti berubah: 2 baris ditambahkan, 1 baris dihapus."
    assert told(session) == ["opened"]


def test_a_change_is_told_once_and_is_over_after_a_day(session: Session, device: Device) -> None:
    keep(session, device, 0, TEXT)
    look(session, device, 0.1)
    keep(session, device, 0.5, CHANGED)
    for number in (1, 2, 3):
        look(session, device, number)
    (finding,) = found(session, "configuration_changed")
    assert finding.state == "recovering"
    look(session, device, 3 + 4 * 24)
    assert (finding.state, told(session)) == ("recovered", ["opened", "recovered"])
    look(session, device, 4 + 4 * 24)
    keep(session, device, 4.5 + 4 * 24, TEXT)
    look(session, device, 5 + 4 * 24)
    assert [one.state for one in found(session, "configuration_changed")] == ["recovered", "open"]


def test_a_configuration_that_was_stored_late_is_still_found(session: Session, device: Device) -> None:
    keep(session, device, 0, TEXT)
    look(session, device, 0.1)
    look(session, device, 1)
    keep(session, device, 0.9, CHANGED)
    look(session, device, 2)
    assert len(found(session, "configuration_changed")) == 1


@pytest.mark.parametrize("work_ends", [0.8, 4])
def test_what_was_configured_during_maintenance_is_never_told(
    session: Session, device: Device, work_ends: float
) -> None:
    keep(session, device, 0, TEXT)
    look(session, device, 0.1)
    service.plan_maintenance(
        session,
        device=device,
        starts_at=at(0.2),
        ends_at=at(work_ends),
        reason="Pemindahan rak.",
        now=at(0.2),
        by=make_person(session, "technician"),
    )
    keep(session, device, 0.5, CHANGED)
    for number in (1, 2, 5, 6):
        look(session, device, number)
    (finding,) = found(session, "configuration_changed")
    assert finding.is_muted
    assert told(session) == []


def test_a_port_that_comes_and_goes_is_a_finding_of_its_own(session: Session, device: Device) -> None:
    for number, state in enumerate(["up", "down", "up", "down", "up"]):
        look(session, device, number / 3, oper_status=state)
    (finding,) = found(session, "port_flapping")
    assert (finding.object, finding.values["count"], finding.state) == ("Gi1", "4", "open")
    look(session, device, 3)
    look(session, device, 6)
    assert finding.state == "recovered"


def test_a_port_that_blinked_between_two_readings_is_counted_by_its_own_clock(
    session: Session, device: Device
) -> None:
    for number in range(3):
        look(session, device, number, last_change_seconds=100.0 * (number + 1))
    (finding,) = found(session, "port_flapping")
    assert finding.values["count"] == "4"


def test_what_the_traps_tell_between_two_readings_counts_too(session: Session, device: Device) -> None:
    look(session, device, 0)
    traps = [
        SimpleNamespace(
            received_at=at(0.1 + number / 100),
            source=device.address,
            version="v2c",
            oid=f"1.3.6.1.6.3.1.1.5.{3 + number % 2}",
            uptime_seconds=None,
            varbinds=[SimpleNamespace(oid="1.3.6.1.2.1.2.2.1.1.1", kind="integer", value="1")],
            kind=SimpleNamespace(code=("linkDown", "linkUp")[number % 2], snapshot=False),
        )
        for number in range(6)
    ]
    keep_traps(session, traps, now=at(0.5))
    look(session, device, 1)
    (finding,) = found(session, "port_flapping")
    assert finding.values["count"] == "6"


def test_old_changes_are_forgotten_with_the_next(session: Session, device: Device) -> None:
    for number, state in ((0, "up"), (1, "down"), (50, "down"), (51, "up")):
        look(session, device, number, oper_status=state)
    assert session.scalar(select(func.count()).select_from(StateChange)) == 1
    assert queries.list_alive(session, device.id) != []
