"""A login that a device refused is tried again by a person only: repeated tries lock accounts out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import Person
from helpdesk.devices import credentials, logins, reading, service
from helpdesk.devices.models import Credential, Device
from helpdesk.devices.rules import DeviceInput
from helpdesk.events import Event
from network.lab.ssh_device import FakeSshDevice
from network.observations import Failure
from network.ssh.host_key import fingerprint_of
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.ssh_logins import running_switch

SignIn = Callable[[FlaskClient, Person], None]
RING = {"k1": bytes(32)}
REFUSAL = (Failure.of("wrong_credentials", "ssh"),)


@pytest.fixture
def switch() -> Iterator[FakeSshDevice]:
    """Give a switch that accepts one password."""
    with running_switch({"show version": "Cisco IOS"}) as running:
        yield running


def make_login(
    session: Session, now: datetime, ring: dict[str, bytes], password: str = "salah"
) -> Credential:
    return credentials.add_credential(
        session,
        name="masuk",
        kind="ssh",
        public={"username": "pemantau"},
        secret={"password": password},
        ring=ring,
        now=now,
    )


def kinds(session: Session) -> list[str]:
    return [event.kind for event in session.scalars(select(Event).order_by(Event.id))]


def test_a_refused_login_is_stopped_once_and_recorded(session: Session, now: datetime) -> None:
    device = make_device(session, ssh_credential=make_login(session, now, RING))
    for minutes in (1, 2):
        at = now + timedelta(minutes=minutes)
        logins.note_refusal(session, device, REFUSAL, asked_at=at, now=at)
    assert device.ssh_login_stopped_at == now + timedelta(minutes=1)
    assert kinds(session).count("ssh_login_stopped") == 1
    target = reading.build_target(device, RING)
    assert target.ssh is not None
    assert target.ssh.stopped


@pytest.mark.parametrize(("code", "probe"), [("login_timeout", "ssh"), ("wrong_credentials", "snmp")])
def test_only_a_refused_ssh_login_stops_it(session: Session, now: datetime, code: str, probe: str) -> None:
    device = make_device(session, ssh_credential=make_login(session, now, RING))
    logins.note_refusal(session, device, [Failure.of(code, probe)], asked_at=now, now=now)
    assert device.ssh_login_stopped_at is None


def test_a_changed_credential_is_tried_and_an_old_reading_does_not_stop_it(
    session: Session, now: datetime, office: Office
) -> None:
    login = make_login(session, now, RING)
    device = make_device(session, ssh_credential=login)
    logins.note_refusal(session, device, REFUSAL, asked_at=now, now=now)
    later = now + timedelta(minutes=5)
    credentials.change_credential(
        session,
        login,
        name="masuk",
        public={"username": "pemantau"},
        secret={"password": "benar-sekali"},
        ring=RING,
        now=later,
        by=office.admin,
    )
    assert device.ssh_login_stopped_at is None
    # begun with the old password, ended after the change
    logins.note_refusal(session, device, REFUSAL, asked_at=later - timedelta(seconds=9), now=later)
    assert device.ssh_login_stopped_at is None
    logins.note_refusal(session, device, REFUSAL, asked_at=later, now=later)
    assert device.ssh_login_stopped_at == later


def test_another_address_or_credential_is_another_login(
    session: Session, now: datetime, office: Office
) -> None:
    login = make_login(session, now, RING)
    device = make_device(session, ssh_credential=login, ssh_login_stopped_at=now)
    same = {
        name: getattr(device, name)
        for name in ("site_id", "name", "address", "snmp_port", "ssh_port", "ssh_credential_id")
    }
    service.change_device(
        session, device, DeviceInput(**same, description="catatan"), now=now, by=office.admin
    )
    assert device.ssh_login_stopped_at == now
    given = DeviceInput(**same | {"address": "192.0.2.250"})
    service.change_device(session, device, given, now=now, by=office.admin)
    assert device.ssh_login_stopped_at is None


def test_the_device_is_asked_once_whoever_reads_it_until_a_person_presses_try_again(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    settings: HelpdeskSettings,
    office: Office,
    now: datetime,
    switch: FakeSshDevice,
) -> None:
    device: Device = make_device(
        session,
        address="127.0.0.1",
        ssh_port=switch.port,
        platform="cisco_ios",
        ssh_credential=make_login(session, now, settings.key_ring()),
        ssh_host_key=fingerprint_of(switch.identity.host_key),
    )
    session.commit()
    page = f"/devices/{device.id}"
    sign_in(client, office.pelaksana)
    client.post(f"{page}/snapshot")
    assert switch.login_attempts == 1
    again = client.post(f"{page}/snapshot", follow_redirects=True).text
    client.post(f"{page}/test/ssh")
    assert switch.login_attempts == 1
    assert "it is not tried again until a person sees to it" in again
    assert "Try again once" in client.get(page).text
    client.post(f"{page}/ssh-login")
    assert switch.login_attempts == 2
    assert "Try again once" in client.get(page).text
    session.expire_all()
    assert kinds(session).count("ssh_login_stopped") == 2
    assert kinds(session).count("ssh_login_tried_again") == 1
