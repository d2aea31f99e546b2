"""The trouble of the demo network goes the way of the product: reading, finding, ticket, set, "pulih"."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import build_settings
from helpdesk import schema
from helpdesk.database import make_engine
from helpdesk.demo.filling import fill
from helpdesk.demo.incident import DEVICE, incident_acts
from helpdesk.demo.stories import list_stories
from helpdesk.devices.models import Device
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.traps.models import ReceivedTrap
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets.automatic.models import FindingTicket
from helpdesk.tickets.incidents.models import EvidenceSet
from helpdesk.tickets.incidents.rules import FREEZE_WITHIN, read_manifest
from helpdesk.tickets.models import Ticket
from network.lab import LabDevice, inventory

# A Saturday: the trouble does not wait for Monday.
NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


def core_switch(folder: Path) -> LabDevice:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    found = inventory(port, 1, state_folder=folder)[0]
    assert (found.name, found.snmp_port) == (DEVICE, port)
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("demo")
    settings = build_settings(data_directory=folder, testing=True, automatic_tickets=True)
    schema.upgrade(settings)
    engine = make_engine(settings.database_url)
    assert fill(engine, settings, [core_switch(folder / "lab")], now=NOW)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_lost_power_supply_opened_one_ticket_that_waits_for_the_technician(demo: Session) -> None:
    link = demo.scalars(select(FindingTicket)).one()
    assert (link.finding.rule, link.finding.device.name) == ("power", DEVICE)
    assert link.ticket.channel == "monitoring"
    current = sop_queries.find_current(link.ticket.run)
    assert current is not None
    assert current.step_number == 3
    assert current.assignee is not None
    assert current.assignee.username == "dewi"
    assert demo.scalar(select(func.count()).select_from(Ticket)) == len(list_stories()) + 1


def test_its_trap_had_the_device_read_and_the_reading_is_evidence(demo: Session) -> None:
    ticket = demo.scalars(select(FindingTicket)).one().ticket
    trap = demo.scalars(
        select(ReceivedTrap).where(ReceivedTrap.code == "ciscoEnvMonRedundantSupplyNotification")
    ).one()
    reasons = demo.scalars(select(Snapshot.reason).order_by(Snapshot.taken_at)).all()
    attached = [item.snapshot_id for item in ticket.evidence if item.snapshot_id]
    first = demo.scalars(select(Snapshot).where(Snapshot.reason == "trap")).one()
    assert reasons.count("trap") == 1
    assert first.id in attached
    assert timedelta(0) <= first.taken_at - trap.received_at < timedelta(seconds=5)
    assert trap.device_id == demo.scalars(select(Device.id)).one()


def test_the_set_was_frozen_within_a_minute_and_whole_and_the_device_answered(demo: Session) -> None:
    frozen = demo.scalars(select(EvidenceSet)).one()
    assert frozen.state == "frozen"
    assert frozen.frozen_at is not None
    assert timedelta(0) < frozen.frozen_at - frozen.event_at <= FREEZE_WITHIN
    assert frozen.attachment is not None
    contents = read_manifest(frozen.attachment.file.content)
    assert all(one["complete"] for one in contents["files"])
    told = {one["name"]: one["remark"] for one in contents["files"]}
    assert not told["keterjangkauan.csv"].startswith("0 dari")
    assert not told["grafik-01-jam.csv"]


def test_that_it_was_over_stands_on_the_ticket_and_only_a_person_ends_it(demo: Session) -> None:
    link = demo.scalars(select(FindingTicket)).one()
    assert link.finding.state == "recovered"
    assert any("Pulih" in message.body for message in link.ticket.messages)
    assert (link.ticket.status, link.ended_at) == ("open", None)


@pytest.mark.parametrize("lacks", ["tickets", "network", "device"])
def test_an_office_that_wants_no_tickets_of_monitoring_or_has_no_network_gets_none(
    lacks: str, tmp_path: Path
) -> None:
    stage = SimpleNamespace(
        network=None if lacks == "network" else object(),
        devices={} if lacks == "device" else {DEVICE: object()},
        now=NOW,
    )
    settings = build_settings(data_directory=tmp_path, testing=True, automatic_tickets=lacks != "tickets")
    assert list(incident_acts(stage, settings, {})) == []  # type: ignore[arg-type]  # as much as it looks at
