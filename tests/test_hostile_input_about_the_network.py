"""What no browser sends to the pages of the network is refused with a page, never answered with a failure."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from tests.factories.network import make_credential, make_device
from tests.factories.people import make_person
from tests.factories.snapshots import make_facts, make_port, store

SignIn = Callable[[FlaskClient, Person], None]
BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
HUGE = "99999999999999999999"
LETTERS = ("ab\0cd", "\u202e\U0001f600" * 20, "%(name)s {{7*7}}", HUGE, "-1", "")
DAYS = ("0001-01-01", "9999-12-31", "2026-13-45", "")


@pytest.fixture
def device(app: Flask, session: Session, client: FlaskClient, sign_in: SignIn) -> Device:
    """Return a device that was read twice; somebody who may do everything is signed in."""
    device = make_device(session)
    make_credential(session)
    for state in ("up", "down"):
        store(session, device, make_facts(device, clock.now(), make_port(oper_status=state)))
    person = make_person(session, "head", "admin", "auditor")
    session.commit()
    sign_in(client, person)
    # The application answers with its page where it fails, as in real life.
    app.testing = False
    return device


def failures_of(client: FlaskClient, asked: list[tuple[str, str, Any]]) -> list[str]:
    """Return which of the requests were answered with a failure of ours."""
    answers = (
        (f"{method} {path} {data}"[:200], client.open(path, method=method, data=data).status_code)
        for method, path, data in asked
    )
    return [f"{what}: {status}" for what, status in answers if status >= 500]


@BOTH
def test_days_at_the_ends_of_all_calendars_break_no_plan(client: FlaskClient, device: Device) -> None:
    asked: list[tuple[str, str, Any]] = []
    for day in DAYS:
        for begin, end in ((day, day), ("2026-12-01", day), (day, "2026-12-01")):
            window = {"starts_at": f"{begin}T00:00", "ends_at": f"{end}T23:59", "reason": "Uji"}
            asked.append(("POST", "/maintenance/new", {**window, "subject": f"device-{device.id}"}))
        for rhythm in ("daily", "weekly", "monthly"):
            asked.append(("POST", "/health-reports", {"scope": "all", "rhythm": rhythm, "on": day}))
    asked += [("GET", page, None) for page in ("/findings", "/health-reports")]
    assert failures_of(client, asked) == []


@BOTH
def test_letters_and_numbers_that_fit_nothing_break_no_page(client: FlaskClient, device: Device) -> None:
    asked: list[tuple[str, str, Any]] = []
    for text in LETTERS:
        for page in ("/traps", "/findings", "/devices", "/health-reports", f"/devices/{device.id}"):
            names = ("q", "code", "sender", "site", "device", "group", "severity", "view", "page", "state")
            asked.append(("GET", page, dict.fromkeys(names, text)))
        asked += [
            ("GET", f"/devices/{device.id}/{page}", {"before": text, "after": "1"})
            for page in ("compare", "configurations/compare")
        ]
        command = {"command": text, "interface": text, "value": text}
        asked.append(("POST", f"/devices/{device.id}/commands", command))
        sweep = {"network": text, "port": "161", "credentials": text, "fingerprint": text}
        asked += [("POST", page, sweep) for page in ("/devices/sweeps/new", "/devices/sweeps")]
        sweep = {"network": "192.0.2.0/30", "port": text, "credentials": "1", "addresses": text}
        asked += [("POST", page, sweep) for page in ("/devices/sweeps/new", "/devices/sweeps")]
        asked.append(("POST", "/device-groups/new", {"name": text, "description": text, "device_ids": text}))
        schedule = {"scope": text, "rhythm": text, "at": text, "weekday": text, "month_day": text}
        for kind in ("snapshot", "health_report"):
            asked.append(("POST", f"/schedules/new/{kind}", {**schedule, "every_minutes": text}))
            fitting = {"scope": "all", "rhythm": "monthly", "at": "06:00", "weekday": "0", "month_day": text}
            asked.append(("POST", f"/schedules/new/{kind}", {**fitting, "recipients": text}))
        netbox = {"url": f"https://{text}", "token": text, "netbox_site": text, "site": text}
        asked.append(("POST", "/devices/import/netbox/api", netbox))
        content = (io.BytesIO(text.encode()), "x.json")
        asked.append(("POST", "/devices/import/netbox/file", {"site": text, "file": content}))
        asked.append(("POST", "/devices/import/confirm", {"payload": text, "choosing": "1", "line": text}))
    asked += [("GET", page, None) for page in ("/schedules", "/device-groups", "/devices")]
    queries = [
        (method, path, data) if method == "POST" else (method, with_query(path, data), None)
        for method, path, data in asked
    ]
    assert failures_of(client, queries) == []


def with_query(path: str, fields: dict[str, str] | None) -> str:
    """Return the path with its fields as a query."""
    return f"{path}?{urlencode(fields)}" if fields else path
