from __future__ import annotations

from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk.demo.sweeps import add_sweep
from tests.factories.network import make_credential, make_device
from tests.factories.people import Office


def test_the_demo_has_a_sweep_whose_finds_can_be_taken(
    client: FlaskClient, session: Session, sign_in: Any, office: Office, now: datetime
) -> None:
    credential = make_credential(session, name="SNMP pusat")
    device = make_device(session, snmp_credential_id=credential.id)
    add_sweep(session, {device.name: device}, by=office.admin, now=now)
    session.commit()
    sign_in(client, office.admin)
    assert "192.0.2.192/28" in client.get("/devices/sweeps").text
    page = client.get("/devices/sweeps/1").text
    assert page.count('type="checkbox" name="find"') == 2
    assert "refuses every credential" in page


def test_a_demo_without_network_has_no_sweep(
    client: FlaskClient, session: Session, sign_in: Any, office: Office, now: datetime
) -> None:
    add_sweep(session, {}, by=office.admin, now=now)
    sign_in(client, office.admin)
    assert "No sweeps yet" in client.get("/devices/sweeps").text
