"""A host key that nobody confirmed stops every session; both are shown, and a person decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import Person
from helpdesk.devices import host_keys, service
from helpdesk.devices.errors import HostKeyNotShown
from helpdesk.devices.models import Device
from helpdesk.events import Event
from network.lab.ssh_device import FakeSshDevice
from network.observations import Failure
from network.ssh.host_key import fingerprint_of
from tests.factories.people import Office
from tests.factories.ssh_logins import make_row_of, running_switch

SignIn = Callable[[FlaskClient, Person], None]
CONFIRMED, OTHER = "SHA256:" + "A" * 43, "SHA256:" + "B" * 43
CHANGED = (Failure.of("host_key_changed", "ssh"),)


@pytest.fixture
def switch() -> Iterator[FakeSshDevice]:
    """Give a switch whose key is another one than the confirmed."""
    with running_switch({"show version": "Cisco IOS"}) as running:
        yield running


@pytest.fixture
def device(session: Session, settings: HelpdeskSettings, now: datetime, switch: FakeSshDevice) -> Device:
    """Give the row of the switch."""
    device = make_row_of(switch, session, settings, now=now, host_key=CONFIRMED)
    session.commit()
    return device


def kinds(session: Session) -> list[str]:
    return list(
        session.scalars(select(Event.kind).where(Event.kind.startswith("host_key")).order_by(Event.id))
    )


def test_a_changed_key_stands_on_the_page_with_both_fingerprints_until_somebody_decides(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    office: Office,
    device: Device,
    switch: FakeSshDevice,
) -> None:
    shown = fingerprint_of(switch.identity.host_key)
    page = f"/devices/{device.id}"
    sign_in(client, office.pelaksana)
    client.post(f"{page}/snapshot")
    seen = client.get(page).text
    assert CONFIRMED in seen
    assert shown in seen
    assert "Ask who maintains it" in seen
    assert f'action="{page}/host-key"' not in seen
    assert client.post(f"{page}/host-key", data={"fingerprint": shown}).status_code == 403
    answer = client.post(f"{page}/host-key/reject", data={"fingerprint": shown}, follow_redirects=True)
    assert "The SSH host key was rejected" in answer.text
    assert f'action="{page}/host-key/reject"' not in answer.text
    session.expire_all()
    assert device.ssh_host_key == CONFIRMED
    assert switch.login_attempts == 0
    assert kinds(session) == ["host_key_shown", "host_key_rejected"]
    event = session.scalars(select(Event).where(Event.kind == "host_key_rejected")).one()
    assert (event.data["confirmed"], event.data["rejected"]) == (CONFIRMED, shown)


def test_the_admin_may_confirm_a_rejected_key_and_then_it_is_read(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    office: Office,
    device: Device,
    switch: FakeSshDevice,
) -> None:
    shown = fingerprint_of(switch.identity.host_key)
    page = f"/devices/{device.id}"
    sign_in(client, office.admin)
    client.post(f"{page}/snapshot")
    client.post(f"{page}/host-key/reject", data={"fingerprint": shown})
    client.post(f"{page}/host-key", data={"fingerprint": shown})
    session.expire_all()
    assert (device.ssh_host_key, device.ssh_key_shown, device.ssh_key_rejected_at) == (shown, None, None)
    client.post(f"{page}/snapshot")
    assert switch.login_attempts == 1


def test_the_same_key_is_told_once_and_another_one_is_to_be_decided_anew(
    session: Session, office: Office, device: Device, now: datetime
) -> None:
    for _ in range(2):
        host_keys.note_shown(session, device, OTHER, CHANGED, now=now)
    host_keys.reject(session, device, OTHER, now=now, by=office.pelaksana)
    host_keys.note_shown(session, device, OTHER, CHANGED, now=now)
    assert device.ssh_key_rejected_at == now
    third = "SHA256:" + "C" * 43
    host_keys.note_shown(session, device, third, CHANGED, now=now)
    assert (device.ssh_key_shown, device.ssh_key_rejected_at) == (third, None)
    assert kinds(session) == ["host_key_shown", "host_key_rejected", "host_key_shown"]


def test_a_key_that_is_not_shown_cannot_be_rejected(
    session: Session, office: Office, device: Device, now: datetime
) -> None:
    host_keys.note_shown(session, device, OTHER, CHANGED, now=now)
    with pytest.raises(HostKeyNotShown):
        host_keys.reject(session, device, "SHA256:" + "C" * 43, now=now, by=office.pelaksana)


def test_the_confirmed_key_seen_again_and_a_confirmation_leave_nothing_to_decide(
    session: Session, office: Office, device: Device, now: datetime
) -> None:
    host_keys.note_shown(session, device, OTHER, CHANGED, now=now)
    host_keys.note_shown(session, device, None, (), now=now)
    assert device.ssh_key_shown == OTHER
    host_keys.note_shown(session, device, CONFIRMED, (), now=now)
    assert device.ssh_key_shown is None
    host_keys.note_shown(session, device, OTHER, CHANGED, now=now)
    service.confirm_host_key(session, device, OTHER, now=now, by=office.admin)
    assert device.ssh_key_shown is None
