from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.application import create_app
from helpdesk.cli import helpdesk
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.health.rules import period_before
from helpdesk.jobs.tasks import Tasks
from helpdesk.schedules import service as schedules
from helpdesk.schedules.rules import Kind, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput
from helpdesk.tickets.models import TicketDevice
from tests.factories.health import make_facts, store_facts
from tests.factories.moments import office_day
from tests.factories.network import make_device, make_site
from tests.factories.people import Office
from tests.factories.processes import environment_of
from tests.factories.tickets import make_ticket


@pytest.fixture
def admin(client: FlaskClient, sign_in: Any, office: Office) -> FlaskClient:
    """Return the admin's browser."""
    sign_in(client, office.admin)
    return client


@pytest.fixture
def tasks(app: Flask, settings: HelpdeskSettings, session: Session) -> Tasks:
    """Return the scheduler's tasks, as its clock calls them."""
    return Tasks(app, sessionmaker(session.get_bind()), settings)


def test_a_report_of_a_past_week_is_asked_for_made_and_read(
    admin: FlaskClient, session: Session, tasks: Tasks
) -> None:
    device = make_device(session, site=make_site(session, name="Gedung A"))
    day = office_day(days=-10)
    at = clock.now() - timedelta(days=10)
    store_facts(session, device, make_facts(at, since=at))
    data = {"scope": f"site:{device.site_id}", "rhythm": "weekly", "on": day.isoformat()}
    page = admin.post("/health-reports", data=data).location
    assert "is being made" in admin.get(page).text
    session.commit()
    assert tasks.make_health_reports() == 1
    shown = admin.get(page).text
    assert "Site Gedung A" in shown
    answer = admin.get(f"{page}/file")
    assert answer.mimetype == "application/pdf"
    assert hashlib.sha256(answer.data).hexdigest() in shown
    assert page in admin.get("/health-reports").text


def test_a_file_that_is_not_made_yet_is_not_found(admin: FlaskClient, session: Session) -> None:
    day = office_day(days=-10)
    page = admin.post(
        "/health-reports", data={"scope": "all", "rhythm": "daily", "on": day.isoformat()}
    ).location
    assert admin.get(f"{page}/file").status_code == 404


def test_a_period_that_is_not_over_is_refused_beside_its_day(admin: FlaskClient) -> None:
    data = {"scope": "all", "rhythm": "monthly", "on": office_day().isoformat()}
    page = admin.post("/health-reports", data=data).text
    assert "This period is not over yet." in page
    assert 'id="on-error"' in page


def test_the_scheduler_makes_what_its_schedule_asks_for_and_the_page_leads_there(
    admin: FlaskClient, session: Session, tasks: Tasks
) -> None:
    timing = Timing(rhythm=Rhythm.DAILY, at_minute=0)
    given = ScheduleInput(kind=Kind.HEALTH_REPORT, timing=timing)
    schedules.add_schedule(session, given, now=clock.now() - timedelta(days=2))
    session.commit()
    assert tasks.make_health_reports() == 1
    assert tasks.make_health_reports() == 0
    report = session.scalars(select(HealthReport)).one()
    yesterday = period_before(Rhythm.DAILY, clock.now().astimezone(tasks._settings.zone).date())
    assert report.first_day == yesterday.first
    assert f"/health-reports/{report.id}" in admin.get("/schedules").text


def test_the_ticket_lists_the_report_and_hands_it_out(
    client: FlaskClient, sign_in: Any, office: Office, session: Session, tasks: Tasks
) -> None:
    device = make_device(session)
    at = clock.now() - timedelta(days=1)
    ticket = make_ticket(session, now=at - timedelta(hours=1))
    ticket.device_links.append(TicketDevice(device_id=device.id, added_at=at))
    store_facts(session, device, make_facts(at, since=at))
    sign_in(client, office.admin)
    day = at.astimezone(tasks._settings.zone).date()
    client.post("/health-reports", data={"scope": "all", "rhythm": "daily", "on": day.isoformat()})
    session.commit()
    tasks.make_health_reports()
    sign_in(client, office.kabag)
    page = client.get(f"/tickets/{ticket.id}").text
    assert "Laporan Kesehatan Harian" in page
    addresses = re.findall(rf"/tickets/{ticket.id}/documents/\d+", page)
    assert any(client.get(one).data.startswith(b"%PDF") for one in addresses)


def test_who_only_looks_reads_reports_and_asks_for_none(
    client: FlaskClient, sign_in: Any, office: Office
) -> None:
    sign_in(client, office.auditor)
    page = client.get("/health-reports")
    assert page.status_code == 200
    assert "Make the report" not in page.text
    assert client.post("/health-reports", data={}).status_code == 403


@pytest.fixture
def command(settings: HelpdeskSettings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Return the command line in the office's environment."""
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    create_app(settings)
    return CliRunner()


def test_the_command_makes_the_report_of_a_site_now(
    command: CliRunner, session: Session, tmp_path: Path
) -> None:
    make_device(session, site=make_site(session, code="JKT", name="Jakarta"))
    session.commit()
    output = tmp_path / "laporan.pdf"
    arguments = [
        "health-report",
        "--site",
        "JKT",
        "--period",
        "2026-11-16..2026-11-22",
        "--output",
        str(output),
    ]
    result = command.invoke(helpdesk, arguments)
    assert result.exit_code == 0, result.output
    assert hashlib.sha256(output.read_bytes()).hexdigest() in result.output
    assert session.scalars(select(HealthReport)).one().state == "done"


@pytest.mark.parametrize("period", ["2026-11-17..2026-11-23", "gestern", "2026-11-30..2026-11-01"])
def test_the_command_refuses_what_is_no_day_week_or_month(
    command: CliRunner, session: Session, period: str
) -> None:
    result = command.invoke(helpdesk, ["health-report", "--period", period])
    assert result.exit_code != 0
    assert "a whole month" in str(result.exception)
    assert session.scalars(select(HealthReport)).all() == []
