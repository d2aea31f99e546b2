"""An office in Jakarta, Makassar or Jayapura: its own morning, through to the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import Person
from helpdesk.tickets.context import office_of
from tests.factories.people import Office
from tests.factories.tickets import make_ticket

SignIn = Callable[[FlaskClient, Person], None]
ZONES = {"Asia/Jakarta": (7, "WIB"), "Asia/Makassar": (8, "WITA"), "Asia/Jayapura": (9, "WIT")}


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(settings: HelpdeskSettings, zone: str) -> HelpdeskSettings:
    """Return the settings of an office in the zone, without a calendar file of its own."""
    return settings.model_copy(update={"timezone": zone})


def test_a_step_that_comes_before_opening_is_due_an_hour_after_the_opening_of_the_zone(
    app: Flask, client: FlaskClient, session: Session, office: Office, sign_in: SignIn, zone: str
) -> None:
    ahead, name = ZONES[zone]
    six_in_the_morning = datetime(2026, 11, 23, 6, 0, tzinfo=UTC) - timedelta(hours=ahead)
    ticket = make_ticket(session, office=office_of(app, session), now=six_in_the_morning)
    step = ticket.run.steps[0]
    session.commit()
    with time_machine.travel(six_in_the_morning, tick=False):
        sign_in(client, office.kabag)
        with client.session_transaction() as cookie:
            cookie["language"] = "en"
        page = client.get(f"/tickets/{ticket.id}/steps/{step.id}/deadline").text
    assert "07:30–08:30" in page
    assert f"23 Nov 2026, 08:30 {name}" in page
    assert step.due_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC) - timedelta(hours=ahead)
