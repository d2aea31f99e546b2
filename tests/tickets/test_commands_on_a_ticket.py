"""At a step a person picks a command for a device of the ticket; what it prints is evidence of that step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from helpdesk.errors import DomainError, NotFound
from helpdesk.events import Event
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.tickets import service
from helpdesk.tickets.models import EvidenceItem, Ticket, TicketDevice
from network.lab.ssh_device import FakeSshDevice
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.ssh_logins import make_row_of, running_switch
from tests.factories.tickets import make_ticket_office

SignIn = Callable[[FlaskClient, Person], None]
LOGGED = "sw1: %LINK-3-UPDOWN: Interface Gi1/0/7, changed state to down"


@pytest.fixture
def switch() -> Iterator[FakeSshDevice]:
    """Give a switch that keeps a log."""
    with running_switch({"show logging": LOGGED}) as running:
        yield running


@pytest.fixture
def device(
    session: Session,
    settings: HelpdeskSettings,
    now: datetime,
    switch: FakeSshDevice,
    ticket: Ticket,
    office: Office,
) -> Device:
    """Give the row of the switch, named by the ticket."""
    device = make_row_of(switch, session, settings, now=now)
    ticket.device_links.append(TicketDevice(device_id=device.id, added_by_id=office.kabag.id, added_at=now))
    session.commit()
    return device


def test_who_works_at_a_step_picks_a_command_and_its_text_is_frozen_onto_that_step(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    office: Office,
    ticket: Ticket,
    device: Device,
    walk: Callable[[int], None],
) -> None:
    walk(3)
    sign_in(client, office.pelaksana)
    page = f"/tickets/{ticket.id}/devices/{device.id}/commands"
    assert f'href="{page}"' in client.get(f"/tickets/{ticket.id}").text
    assert '<option value="show logging">' in client.get(page).text
    answer = client.post(page, data={"command": "show logging"}, follow_redirects=True)
    assert "sw1: show logging" in answer.text
    item = session.scalars(select(EvidenceItem).where(EvidenceItem.title == "sw1: show logging")).one()
    step = next(step for step in ticket.run.steps if step.id == item.step_run_id)
    assert step.step_number == 3
    snapshot = session.get_one(Snapshot, item.snapshot_id)
    assert item.sha256 == snapshot.sha256
    output = evidence_queries.load_content(snapshot)["commands"][-1]
    assert (output["command"], output["output"]) == ("show logging", LOGGED)
    assert f"/snapshots/{snapshot.id}#commands" in answer.text
    event = session.scalars(select(Event).where(Event.kind == "command_picked")).one()
    assert (event.ticket_id, event.data["command"]) == (ticket.id, "show logging")


def test_the_auditor_reads_the_ticket_and_runs_nothing_and_the_admin_opens_none(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    office: Office,
    ticket: Ticket,
    device: Device,
    switch: FakeSshDevice,
) -> None:
    page = f"/tickets/{ticket.id}/devices/{device.id}/commands"
    for person in (office.auditor, office.admin):
        sign_in(client, person)
        assert client.get(page).status_code == 403
        assert client.post(page, data={"command": "show logging"}).status_code == 403
    assert session.scalars(select(SnapshotRun)).all() == []
    assert switch.received == []


def test_a_whole_configuration_and_a_typed_command_are_refused(
    client: FlaskClient,
    sign_in: SignIn,
    office: Office,
    ticket: Ticket,
    device: Device,
    switch: FakeSshDevice,
) -> None:
    sign_in(client, office.kabag)
    page = f"/tickets/{ticket.id}/devices/{device.id}/commands"
    for command in ("show running-config", "reload", "show logging\nreload"):
        answer = client.post(page, data={"command": command})
        assert answer.status_code == 422
        assert "error-summary" in answer.text
    assert switch.received == []


def test_the_service_refuses_whoever_has_no_office_and_a_device_of_another_ticket(
    session: Session, office: Office, ticket: Ticket, device: Device, now: datetime
) -> None:
    work = make_ticket_office()
    other = make_device(session, name="sw2", ssh_credential_id=device.ssh_credential_id)
    with pytest.raises(DomainError):
        service.request_command(
            session, ticket, device, "show logging", None, office=work, by=office.auditor, now=now
        )
    with pytest.raises(NotFound):
        service.request_command(
            session, ticket, other, "show logging", None, office=work, by=office.kabag, now=now
        )
    assert session.scalars(select(SnapshotRun)).all() == []
