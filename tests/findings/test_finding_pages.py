"""The pages of findings: the worst first, what is over, and maintenance that is planned and ended."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk import clock
from helpdesk.findings import queries
from helpdesk.findings.models import MaintenanceWindow
from network import Processor
from tests.factories.network import make_device
from tests.factories.pages import read_form
from tests.factories.snapshots import make_facts, make_port, store

STEP = timedelta(minutes=5)


@pytest.fixture
def device(session, app):
    return make_device(session, name="sw-inti")


@pytest.fixture
def fallen(session, device, now):
    """A port that fell a while ago, on a busy device."""
    busy = (Processor(name="CPU", usage_percent=97),)
    store(session, device, make_facts(device, now - 3 * STEP, make_port(), processors=busy))
    for number in (2, 1):
        down = make_port(oper_status="down")
        store(session, device, make_facts(device, now - number * STEP, down, processors=busy))
    return queries.list_told(session, [device.id])


@pytest.fixture
def technician(client, sign_in, office):
    sign_in(client, office.pelaksana)
    return client


def test_the_worst_stands_first_with_its_evidence(technician, fallen):
    page = technician.get("/findings").get_data(as_text=True)
    assert page.index("Port Gi1, which was up, is now down.") < page.index("The load of processor CPU")
    assert f"/snapshots/{fallen[0].last_snapshot_id}" in page


def test_the_list_is_narrowed_by_site_device_and_severity(session, technician, fallen, device):
    other = make_device(session)
    assert "sw-inti" in technician.get(f"/findings?site={device.site_id}").get_data(as_text=True)
    assert "No finding fits" in technician.get(f"/findings?device={other.id}").get_data(as_text=True)
    critical = technician.get("/findings?severity=critical").get_data(as_text=True)
    assert "Port Gi1" in critical
    assert "processor CPU" not in critical


def test_a_finding_tells_its_history_and_what_is_over_has_a_list_of_its_own(
    session, technician, fallen, device, now
):
    for number in range(2):
        store(session, device, make_facts(device, now + number * STEP, make_port()))
    session.commit()
    page = technician.get(f"/findings/{fallen[0].id}").get_data(as_text=True)
    assert page.index("Over") < page.index("Told")
    assert "Port down" in technician.get("/findings?view=over").get_data(as_text=True)
    assert "Port down" not in technician.get("/findings").get_data(as_text=True)


def test_a_finding_leads_on_to_its_two_snapshots_and_to_maintenance(technician, fallen, device):
    page = technician.get(f"/findings/{fallen[0].id}").get_data(as_text=True)
    assert f"/maintenance/new?device={device.id}" in page
    leads = f"before={fallen[0].first_snapshot_id}&amp;after={fallen[0].last_snapshot_id}"
    assert fallen[0].first_snapshot_id != fallen[0].last_snapshot_id
    assert f"/devices/{device.id}/compare?{leads}" in page


def test_an_unknown_finding_is_not_there(technician):
    assert technician.get("/findings/999").status_code == 404


def plan(client, **changed):
    page = client.get("/maintenance/new")
    given = {
        "subject": "",
        "starts_at": "2026-11-23T09:00",
        "ends_at": "2026-11-23T11:30",
        "reason": "Ganti modul",
        **changed,
    }
    return client.post("/maintenance/new", data={**read_form(page.get_data(as_text=True))[1], **given})


def test_maintenance_is_planned_in_the_time_of_the_office_and_ended(session, technician, device):
    began = (
        (clock.now() - timedelta(days=1))
        .astimezone(ZoneInfo("Asia/Jakarta"))
        .replace(second=0, microsecond=0)
    )
    answer = plan(
        technician,
        subject=f"device-{device.id}",
        starts_at=began.strftime("%Y-%m-%dT%H:%M"),
        ends_at=(began + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
    )
    assert answer.status_code == 302
    window = session.query(MaintenanceWindow).one()
    assert window.starts_at == began
    assert "Going on" in technician.get("/findings").get_data(as_text=True)
    assert technician.post(f"/maintenance/{window.id}/end").status_code == 302
    session.expire_all()
    assert window.ends_at <= clock.now()
    assert technician.post(f"/maintenance/{window.id}/end").status_code == 409


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Please fill this in."),
        ({"subject": "device-1", "ends_at": "2026-11-23T08:00"}, "The end must come after the beginning."),
        ({"subject": "site-1", "ends_at": "2126-12-31T08:00"}, "at most 31 days"),
        ({"subject": "device-99"}, "Not a valid choice"),
    ],
)
def test_a_window_that_cannot_be_is_shown_again_with_what_was_typed(technician, device, changed, said):
    answer = plan(technician, **changed)
    page = answer.get_data(as_text=True)
    assert said in page
    assert 'value="Ganti modul"' in page


def test_the_page_of_a_device_leads_to_its_findings(technician, device):
    assert f"/findings?device={device.id}" in technician.get(f"/devices/{device.id}").get_data(as_text=True)
