"""Nobody but who keeps the credentials has one sent to another machine: there it could be read."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from tests.factories.network import make_credential, make_device, make_site
from tests.factories.people import Office

SignIn = Callable[[FlaskClient, Person], None]


@pytest.fixture
def device(session: Session) -> Device:
    """Return a device with both of its credentials."""
    return make_device(
        session,
        name="sw-inti",
        address="192.0.2.10",
        snmp_credential_id=make_credential(session, name="komunitas").id,
        ssh_credential_id=make_credential(session, name="masuk", kind="ssh").id,
    )


def form_of(device: Device, **changes: object) -> dict[str, object]:
    """Return the form of the device as it stands, with changes."""
    places = ["address", "snmp_port", "ssh_port", "snmp_credential_id", "ssh_credential_id"]
    names = ["name", "site_id", "description", *places]
    return {name: getattr(device, name) for name in names} | {"platform": ""} | changes


@pytest.mark.parametrize("change", [{"address": "192.0.2.66"}, {"snmp_port": 1161}, {"ssh_port": 2222}])
def test_a_technician_aims_no_stored_secret_at_another_place(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    office: Office,
    device: Device,
    change: dict[str, object],
) -> None:
    address = f"/devices/{device.id}/edit"
    sign_in(client, office.pelaksana)
    answer = client.post(address, data=form_of(device, **change))
    assert "Only who keeps the credentials" in answer.text
    without = {"snmp_credential_id": "", "ssh_credential_id": ""}
    assert client.post(address, data=form_of(device, description="lantai 3")).status_code == 302
    assert client.post(address, data=form_of(device, **change, **without)).status_code == 302
    session.expire_all()
    assert (device.snmp_credential_id, device.ssh_credential_id) == (None, None)


def test_a_technician_adds_a_device_without_and_the_admin_with_credentials(
    client: FlaskClient, sign_in: SignIn, office: Office, device: Device
) -> None:
    new = form_of(device, name="sw-baru", address="192.0.2.66")
    sign_in(client, office.pelaksana)
    assert "Only who keeps the credentials" in client.post("/devices/new", data=new).text
    bare = {**new, "snmp_credential_id": "", "ssh_credential_id": ""}
    assert client.post("/devices/new", data=bare).status_code == 302
    sign_in(client, office.admin)
    other = {**new, "name": "sw-lain", "address": "192.0.2.67"}
    assert client.post("/devices/new", data=other).status_code == 302


def test_a_list_of_devices_moves_no_secret_either(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, device: Device
) -> None:
    site = make_site(session)
    rows = f"site,name,address,snmp_credential\n{site.code},sw-baru,192.0.2.66,komunitas\n"
    rows += f"{device.site.code},sw-inti,192.0.2.99,\n"
    for person, is_refused in ((office.pelaksana, True), (office.admin, False)):
        sign_in(client, person)
        page = client.post("/devices/import", data={"file": (BytesIO(rows.encode()), "daftar.csv")}).text
        assert ("Only who keeps the credentials" in page) is is_refused
