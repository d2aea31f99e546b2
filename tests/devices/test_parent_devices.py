"""A device may stand behind another one, and never behind itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices import service
from helpdesk.devices.errors import DeviceRefused
from helpdesk.devices.models import Device
from helpdesk.devices.rules import DeviceInput, parent_problem
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.waiting import beside


def _given(device: Device, **fields: object) -> DeviceInput:
    kept = DeviceInput(
        site_id=device.site_id, name=device.name, address=device.address, snmp_port=device.snmp_port
    )
    return replace(kept, **fields)


def test_a_circle_of_devices_is_refused_with_what_to_do(
    session: Session, now: datetime, office: Office
) -> None:
    core = make_device(session)
    floor = make_device(session, parent=core)
    room = make_device(session, parent=floor)
    for through in (core, floor, room):
        with pytest.raises(DeviceRefused) as refusal:
            service.change_device(session, core, _given(core, parent_id=through.id), now=now, by=office.admin)
        assert refusal.value.field == "parent_id"
        assert "Choose another one" in refusal.value.details["reason"]
    service.change_device(session, room, _given(room, parent_id=core.id), now=now, by=office.admin)
    assert room.parent_id == core.id


def test_two_devices_are_not_put_behind_each_other_in_the_same_moment(
    engine: Engine, session: Session, now: datetime, office: Office
) -> None:
    first, second, admin = make_device(session), make_device(session), office.admin
    first_id, second_id, admin_id = first.id, second.id, admin.id
    session.commit()

    def put_the_second_behind_the_first(own: Session) -> None:
        given, by = own.get_one(Device, second_id), own.get_one(Person, admin_id)
        service.change_device(own, given, _given(given, parent_id=first_id), now=now, by=by)

    with beside(engine, session, put_the_second_behind_the_first) as start:
        service.change_device(session, first, _given(first, parent_id=second_id), now=now, by=admin)
        putting = start()
        session.commit()
    with pytest.raises(DeviceRefused) as refusal:
        putting.result()
    assert refusal.value.field == "parent_id"


def test_a_device_that_does_not_exist_is_no_parent(session: Session, now: datetime, office: Office) -> None:
    device = make_device(session)
    with pytest.raises(DeviceRefused):
        service.change_device(session, device, _given(device, parent_id=999), now=now, by=office.admin)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40))
def test_whatever_is_chosen_in_whatever_order_every_chain_ends(choices: list[tuple[int, int]]) -> None:
    parents: dict[int, int | None] = dict.fromkeys(range(8))
    for device, parent in choices:
        if parent_problem(device, parent, parents) is None:
            parents[device] = parent
    for start in parents:
        steps, here = 0, parents[start]
        while here is not None:
            steps, here = steps + 1, parents[here]
            assert steps < 8


def test_a_new_way_to_a_device_is_tried_at_once(session: Session, now: datetime, office: Office) -> None:
    device = make_device(session, silent_readings=5, silent_at=now)
    service.change_device(session, device, _given(device, description="x"), now=now, by=office.admin)
    assert device.silent_readings == 5
    service.change_device(session, device, _given(device, address="192.0.2.251"), now=now, by=office.admin)
    assert (device.silent_readings, device.silent_at) == (0, None)


def test_the_form_offers_other_devices_and_the_page_links_both_ways(
    client: FlaskClient, sign_in: object, office: Office, session: Session
) -> None:
    core, room = make_device(session, name="sw-inti"), make_device(session, name="sw-ruang")
    core_id, room_id = core.id, room.id
    form = {
        "name": "sw-ruang",
        "site_id": room.site_id,
        "address": room.address,
        "snmp_port": room.snmp_port,
        "ssh_port": 22,
        "platform": "",
        "snmp_credential_id": "",
        "ssh_credential_id": "",
        "parent_id": core_id,
    }
    session.commit()
    sign_in(client, office.admin)  # type: ignore[operator]
    page = client.get(f"/devices/{room_id}/edit").text
    assert f'<option value="{core_id}">' in page
    assert f'<option value="{room_id}">' not in page.split('id="parent_id"')[1].split("</select>")[0]
    assert client.post(f"/devices/{room_id}/edit", data=form).status_code == 302
    assert f'href="/devices/{core_id}">sw-inti' in client.get(f"/devices/{room_id}").text
    assert f'href="/devices/{room_id}">sw-ruang' in client.get(f"/devices/{core_id}").text


def test_the_page_of_a_silent_device_says_how_often_it_was_tried(
    client: FlaskClient, sign_in: object, office: Office, session: Session, now: datetime
) -> None:
    device_id = make_device(session, silent_readings=3, silent_at=now).id
    session.commit()
    sign_in(client, office.admin)  # type: ignore[operator]
    assert "No answer at 3 readings in a row." in client.get(f"/devices/{device_id}").text
