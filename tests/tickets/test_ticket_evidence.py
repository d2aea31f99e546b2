"""A ticket that names a device gets its state: the latest snapshot and a fresh one, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from helpdesk.devices import credentials
from helpdesk.devices.models import Device
from helpdesk.documents import facts
from helpdesk.evidence import service as evidence_service
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.sop.service import Yield
from helpdesk.tickets import service
from helpdesk.tickets.models import EvidenceItem, Ticket
from tests.factories.lab import LabAgent, running_agents
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.tickets import disposition_to, make_programme_item, make_ticket, make_ticket_office

RING = {"k1": bytes(32)}
SETTINGS = SimpleNamespace(snapshot_budget_seconds=10, key_ring=lambda: RING)


@pytest.fixture(scope="module")
def agent() -> Iterator[LabAgent]:
    with running_agents(1) as agents:
        yield agents[0]


@pytest.fixture
def device(session: Session, agent: LabAgent, now: datetime) -> Device:
    credential = credentials.add_credential(
        session,
        name="baca",
        kind="snmp_v2c",
        public={},
        secret={"community": agent.community},
        ring=RING,
        now=now,
    )
    return make_device(session, address="127.0.0.1", snmp_port=agent.port, snmp_credential_id=credential.id)


def take(engine: Engine, session: Session, run: SnapshotRun) -> int:
    """Carry the run out, as the scheduler does."""
    run_id = run.id
    session.commit()
    snapshot_id = evidence_service.carry_out_run(engine, run_id, SETTINGS, "test:1")
    assert snapshot_id is not None
    return snapshot_id


def hand_over_the_first_step(session: Session, ticket: Ticket, office: Office, now: datetime) -> None:
    work = make_ticket_office()
    item = make_programme_item(session, on=now)
    service.choose_work_programme_item(session, ticket, item.id, work, now=now)
    first = work.procedure_of(ticket.run).first_step
    service.complete_step(
        session,
        ticket,
        step_run=ticket.run.steps[0],
        version=ticket.run.steps[0].version,
        yields=[Yield(first.yields[0], disposition_to(office.kasubbag, instruction="Proses."))],
        assignee_id=office.kasubbag.id,
        office=work,
        by=office.kabag,
        now=now,
    )


def test_at_the_step_that_prepares_evidence_a_named_device_brings_its_latest_and_a_fresh_snapshot(
    engine: Engine, session: Session, office: Office, device: Device
) -> None:
    service.listen_to_events()
    start = datetime.now(UTC) - timedelta(minutes=5)
    scheduled = evidence_service.request_snapshot(session, device, reason="schedule", now=start)
    latest_id = take(engine, session, scheduled)
    ticket = make_ticket(session, now=start)
    # The device was named when nothing had been read of it for this ticket yet.
    naming = service.name_device(
        session, ticket, device, office=make_ticket_office(), by=office.kabag, now=start
    )
    first_id = take(engine, session, naming)
    hand_over_the_first_step(session, ticket, office, datetime.now(UTC))
    fresh = session.scalars(select(SnapshotRun).where(SnapshotRun.state == "due")).one()
    assert (fresh.device_id, fresh.reason, fresh.ticket_id) == (device.id, "ticket", ticket.id)
    fresh_id = take(engine, session, fresh)
    session.expire_all()
    attached = session.scalars(
        select(EvidenceItem.snapshot_id).where(EvidenceItem.ticket_id == ticket.id).order_by(EvidenceItem.id)
    ).all()
    assert attached == [latest_id, first_id, fresh_id]


def test_the_annex_shows_the_latest_snapshot_and_what_changed_since_the_one_before(
    engine: Engine, session: Session, office: Office, device: Device
) -> None:
    service.listen_to_events()
    start = datetime.now(UTC) - timedelta(minutes=5)
    ticket = make_ticket(session, now=start)
    first_id = take(
        engine,
        session,
        service.name_device(session, ticket, device, office=make_ticket_office(), by=office.kabag, now=start),
    )
    again = evidence_service.request_snapshot(
        session, device, reason="ticket", now=start + timedelta(minutes=1), ticket_id=ticket.id
    )
    second_id = take(engine, session, again)
    session.expire_all()
    (annex,) = facts.snapshot_annexes(session, ticket)
    second, first = session.get_one(Snapshot, second_id), session.get_one(Snapshot, first_id)
    assert annex.sha256 == second.sha256
    assert annex.previous_taken_at == first.taken_at
    assert annex.snapshot["interfaces"]
