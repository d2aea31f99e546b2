"""The page of the rules: everybody of the office reads them, who manages devices makes exceptions."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.findings.models import RuleOverride
from tests.factories.network import make_device
from tests.factories.pages import read_form

ACTION = "/findings/rules"


@pytest.fixture
def device(session, app):
    made = make_device(session, name="sw-gudang")
    session.commit()
    return made


@pytest.fixture
def technician(client, sign_in, office):
    sign_in(client, office.pelaksana)
    return client


def send(client, **given):
    fields = read_form(client.get(ACTION).get_data(as_text=True), "exception")[1]
    return client.post(ACTION, data={**fields, **given}, follow_redirects=True)


def test_every_rule_stands_there_with_its_figures(technician):
    page = technician.get(ACTION).get_data(as_text=True)
    assert "told after 4 minutes" in page
    assert "counted over 30 minutes" in page
    assert "All devices are judged alike" in page


def test_an_exception_is_made_shown_and_dropped(session, technician, device):
    page = send(technician, rule="temperature", subject=f"device-{device.id}", threshold="80", hold="10")
    assert "bad from 80, told after 10 minutes" in page.get_data(as_text=True)
    row = session.scalars(select(RuleOverride)).one()
    assert (row.rule, row.values) == ("temperature", {"threshold": 80.0, "hold_for": 600})
    action = f"{ACTION}/{row.id}/drop"
    fields = read_form(technician.get(ACTION).get_data(as_text=True), "exception")[1]
    gone = technician.post(action, data=fields, follow_redirects=True).get_data(as_text=True)
    assert "All devices are judged alike" in gone


def test_what_does_not_go_together_stands_beside_its_field(session, technician, device):
    page = send(technician, rule="temperature", subject=f"device-{device.id}", clear="99")
    assert "better side of the threshold" in page.get_data(as_text=True)
    assert session.scalars(select(RuleOverride)).all() == []


def test_who_only_looks_makes_no_exception(client, sign_in, office):
    sign_in(client, office.auditor)
    assert "Make an exception" not in client.get(ACTION).get_data(as_text=True)
    assert client.post(ACTION, data={}).status_code in (400, 403)
