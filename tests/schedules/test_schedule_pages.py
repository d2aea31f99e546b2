from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.devices import grouping
from helpdesk.devices.models import DeviceGroup
from helpdesk.schedules.models import Schedule
from tests.factories.network import make_device, make_site
from tests.factories.pages import read_form
from tests.factories.people import Office


@pytest.fixture
def admin(client: FlaskClient, sign_in: Any, office: Office) -> FlaskClient:
    """Return the admin's browser."""
    sign_in(client, office.admin)
    return client


def _send(browser: FlaskClient, page: str, **fields: object) -> Any:
    form_id = next(name for name in ("schedule", "group", "device") if name in page)
    _, given = read_form(browser.get(page).text, form_id)
    for name, value in fields.items():
        given.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return browser.post(page, data=given)


def test_a_group_is_made_chosen_at_the_device_and_deleted_when_unused(
    admin: FlaskClient, session: Session
) -> None:
    device = make_device(session, name="sw-inti")
    assert _send(admin, "/device-groups/new", name="Inti", devices=[device.id]).location == "/device-groups"
    group = session.scalars(select(DeviceGroup)).one()
    assert [one.name for one in group.devices] == ["sw-inti"]
    refused = admin.post(f"/device-groups/{group.id}/delete", follow_redirects=True).text
    assert "still has devices" in refused
    # Nothing else of the device's form is touched: the group is taken away by unticking it.
    assert _send(admin, f"/devices/{device.id}/edit", group_ids=[]).status_code == 302
    session.expire_all()
    assert group.devices == []
    assert (
        "The group is deleted." in admin.post(f"/device-groups/{group.id}/delete", follow_redirects=True).text
    )


def test_the_list_of_devices_is_narrowed_to_a_group(
    client: FlaskClient, sign_in: Any, office: Office, session: Session, now: datetime
) -> None:
    inside, outside = make_device(session, name="sw-dalam"), make_device(session, name="sw-luar")
    group = grouping.add_group(session, name="Inti", device_ids=[inside.id], now=now)
    sign_in(client, office.auditor)
    assert f"/devices?group={group.id}" in client.get("/device-groups").text
    page = client.get(f"/devices?group={group.id}").text
    assert inside.name in page
    assert outside.name not in page


def test_the_pages_of_a_schedule_lead_from_making_it_to_the_device_it_governs(
    admin: FlaskClient, session: Session
) -> None:
    device = make_device(session, site=make_site(session, name="Gedung A"))
    before = admin.get(f"/devices/{device.id}").text
    assert "interval of the office" in before
    answer = _send(
        admin, "/schedules/new/snapshot", scope=f"site:{device.site_id}", rhythm="daily", at="06:30"
    )
    assert answer.location == "/schedules"
    shown = admin.get("/schedules").text
    assert "daily at 06:30" in shown
    assert "Site Gedung A" in shown
    assert "1 device follows it" in shown
    after = admin.get(f"/devices/{device.id}").text
    assert "daily at 06:30" in after
    assert "schedule of the site" in after
    schedule = session.scalars(select(Schedule)).one()
    admin.post(f"/schedules/{schedule.id}/pause")
    assert "interval of the office" in admin.get(f"/devices/{device.id}").text
    assert "Paused" in admin.get("/schedules").text
    admin.post(f"/schedules/{schedule.id}/resume")
    _send(admin, f"/schedules/{schedule.id}/edit", rhythm="interval", every_minutes=5, working_only="y")
    assert "every 5 minutes, in working time only" in admin.get("/schedules").text
    admin.post(f"/schedules/{schedule.id}/delete")
    assert "No schedules yet" in admin.get("/schedules").text


def test_a_schedule_that_cannot_hold_is_refused_beside_its_field(
    admin: FlaskClient, session: Session
) -> None:
    page = _send(
        admin, "/schedules/new/snapshot", rhythm="interval", every_minutes=600, working_only="y"
    ).text
    assert "at most 180 minutes" in page
    assert 'id="every_minutes-error"' in page
    assert "Write a time of day" in _send(admin, "/schedules/new/snapshot", rhythm="daily", at="").text
    _send(admin, "/schedules/new/snapshot", rhythm="daily")
    again = _send(admin, "/schedules/new/snapshot", rhythm="weekly").text
    assert "There is such a schedule for this already." in again


def test_people_without_an_address_are_not_offered_for_a_report(
    admin: FlaskClient, session: Session, office: Office
) -> None:
    office.kabag.email = "kabag@instansi.example"
    page = admin.get("/schedules/new/health_report").text
    assert "kabag@instansi.example" in page
    assert office.auditor.name not in page
    _send(admin, "/schedules/new/health_report", rhythm="weekly", recipients=[office.kabag.id])
    assert f"told: {office.kabag.name}" in admin.get("/schedules").text


def test_an_unknown_kind_of_schedule_is_not_found(admin: FlaskClient) -> None:
    assert admin.get("/schedules/new/backup").status_code == 404


def test_who_only_looks_sees_schedules_and_changes_none(
    client: FlaskClient, sign_in: Any, office: Office
) -> None:
    sign_in(client, office.auditor)
    page = client.get("/schedules")
    assert page.status_code == 200
    assert "/schedules/new" not in page.text
    assert client.get("/schedules/new/snapshot").status_code == 403
