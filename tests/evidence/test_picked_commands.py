"""A person picks a command and a value; only what the list, the role and the device allow is sent."""

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
from helpdesk.errors import DomainError
from helpdesk.events import Event
from helpdesk.evidence import commands, queries
from helpdesk.evidence.command_rules import kinds_of
from helpdesk.evidence.errors import ArgumentRefused, CommandNotListed
from helpdesk.evidence.models import SnapshotRun
from network.lab.ssh_device import FakeSshDevice
from tests.factories.people import Office
from tests.factories.ssh_logins import make_row_of, running_switch

SignIn = Callable[[FlaskClient, Person], None]
PORT = "GigabitEthernet1/0/1"
PORT_TEXT = (
    f"{PORT} is up, line protocol is up (connected)\n  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,"
)
TEXTS = {"show interfaces": PORT_TEXT, f"show interfaces {PORT}": PORT_TEXT}
ONE_PORT = "show interfaces {interface}"


@pytest.fixture
def switch() -> Iterator[FakeSshDevice]:
    """Give a switch with one port."""
    with running_switch(TEXTS) as running:
        yield running


@pytest.fixture
def device(session: Session, settings: HelpdeskSettings, now: datetime, switch: FakeSshDevice) -> Device:
    """Give the row of the switch, read over SSH alone."""
    device = make_row_of(switch, session, settings, now=now)
    session.commit()
    return device


def test_a_configuration_is_for_the_admin_and_nothing_is_for_the_auditor() -> None:
    assert kinds_of(["pelaksana"]) == {"look", "probe"}
    assert "configuration" in kinds_of(["pelaksana", "admin"])
    assert not kinds_of(["auditor"])
    assert not kinds_of([])


def test_a_picked_command_becomes_evidence_with_its_text_and_its_table(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, device: Device
) -> None:
    page = f"/devices/{device.id}"
    sign_in(client, office.pelaksana)
    client.post(f"{page}/snapshot")
    listed = client.get(f"{page}/commands").text
    assert f'<option value="{PORT}">' in listed
    assert "show running-config" not in listed
    answer = client.post(f"{page}/commands", data={"command": ONE_PORT, "interface": PORT})
    assert answer.status_code == 302
    session.expire_all()
    snapshot = queries.list_snapshots(session, device.id)[0]
    output = queries.load_content(snapshot)["commands"][-1]
    assert output["command"] == f"show interfaces {PORT}"
    assert (output["template"], output["rows"][0]["mtu"]) == ("cisco_ios_show_interfaces", "1500")
    assert snapshot.reason == "manual"
    shown = client.get(answer.headers["Location"]).text
    assert "Read from the output" in shown
    event = session.scalars(select(Event).where(Event.kind == "command_picked")).one()
    assert event.data["command"] == f"show interfaces {PORT}"


@pytest.mark.parametrize(
    ("command", "argument"),
    [
        ("show running-config", None),
        ("reload", None),
        ("show version\nreload", None),
        ("show interfaces Gi1/0/1", None),
        ("", None),
    ],
)
def test_what_is_not_on_the_list_of_the_role_is_refused(
    session: Session, now: datetime, office: Office, device: Device, command: str, argument: str | None
) -> None:
    with pytest.raises(CommandNotListed):
        commands.request_command(
            session, device, command, argument, roles=["pelaksana"], by=office.pelaksana, now=now
        )
    assert session.scalars(select(SnapshotRun)).all() == []


@pytest.mark.parametrize(
    ("command", "value"),
    [("ping {address}", "192.0.2.1"), ("show vlan id {vlan}", "10"), (ONE_PORT, PORT)],
)
def test_a_hostile_value_is_refused_by_the_service(
    session: Session, now: datetime, office: Office, device: Device, command: str, value: str
) -> None:
    marks = "\n\r;|?\t\x03\x1b\0 >"
    for hostile in (
        text for mark in marks for text in (f"{value}{mark}reload", f"{value}{mark}", f"{mark}{value}")
    ):
        with pytest.raises(DomainError) as refusal:
            commands.request_command(
                session, device, command, hostile, roles=["admin"], by=office.admin, now=now
            )
        assert isinstance(refusal.value, ArgumentRefused)


def test_a_hostile_form_sends_nothing_to_the_device(
    client: FlaskClient, sign_in: SignIn, office: Office, device: Device, switch: FakeSshDevice
) -> None:
    sign_in(client, office.pelaksana)
    for data in (
        {"command": "ping {address}", "value": "192.0.2.1\nreload"},
        {"command": "ping {address}", "value": "192.0.2.1\rreload"},
        {"command": ONE_PORT, "interface": "Gi9/9/9"},
        {"command": "configure terminal"},
        {"command": "show version\nconfigure terminal"},
        {},
    ):
        answer = client.post(f"/devices/{device.id}/commands", data=data)
        assert answer.status_code == 422
        assert "error-summary" in answer.text
    assert switch.received == []
    assert switch.login_attempts == 0
