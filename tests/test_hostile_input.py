"""What no browser sends is refused with a page, never answered with a failure of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.tickets.models import Ticket
from tests.factories.network import make_device
from tests.factories.people import Office, make_person
from tests.factories.tickets import make_programme_item, make_ticket

SignIn = Callable[[FlaskClient, Person], None]
HUGE = 99_999_999_999_999_999_999
BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)

# Every field that some form has: each is sent to every address at once.
FIELDS = """
    username password next body visibility title note reason code name year address description
    community  snapshot_minutes snmp_port ssh_port site_id device_id fingerprint payload nip rank email
    language role  starts_on ends_on last_day kind hours friday_hours present repeated item_id is_active
    subject  requester_name requester_agency requester_unit requester_email requester_phone affected
    preferred_on  channel letter_number letter_on form_key held_files remove_file consent theme step_run
    version action  request_disposition-instruction work_programme-item_id
""".split()  # noqa: SIM905  # a list of sixty lines tells no more
# What a field must hold for the form around it to reach the database.
FITTING = {
    "visibility": "internal",
    "language": "id",
    "kind": "closed",
    "role": "auditor",
    "year": "2026",
    "starts_on": "2026-12-28",
    "snapshot_minutes": "15",
    "step_run": "1",
    "version": "1",
    "action": "save",
}


def addresses(app: Flask, number: int) -> list[tuple[str, str]]:
    """Return method and address of every route, with the number in its place."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values: dict[str, Any] = {}
            for name, converter in rule._converters.items():
                choices = sorted(getattr(converter, "items", ()))
                other = number if isinstance(converter, IntegerConverter) else "x"
                values[name] = choices[0] if choices else other
            if rule.endpoint != "accounts.sign_out":
                found += [
                    (method, rule.build(values)[1])  # type: ignore[index]  # every value is given
                    for method in sorted((rule.methods or set()) & {"GET", "POST"})
                ]
    return found


@pytest.fixture
def worker(session: Session, office: Office, client: FlaskClient, sign_in: SignIn) -> Person:
    """Return somebody who may do everything, signed in, with one of each thing in the database."""
    ticket: Ticket = make_ticket(session)
    assert ticket.id == 1
    make_device(session)
    person = make_person(session, "head", "subhead", "admin", "auditor")
    sign_in(client, person)
    return person


def failures_of(client: FlaskClient, asked: list[tuple[str, str, Any]]) -> list[str]:
    """Return which of the requests were answered with a failure of ours."""
    found = []
    for method, address, data in asked:
        status = client.open(address, method=method, data=data).status_code
        if status >= 500:
            found.append(f"{method} {address} answers {status}")
    return found


@pytest.fixture
def quiet(app: Flask) -> None:
    """Let the application answer with its page where it fails, as in real life."""
    app.testing = False


@BOTH
def test_a_number_beyond_all_rows_is_nothing_here(
    app: Flask, quiet: None, client: FlaskClient, worker: Person
) -> None:
    asked: list[tuple[str, str, Any]] = [(method, address, None) for method, address in addresses(app, HUGE)]
    queries = (f"page={HUGE}", f"year={HUGE}", f"site={HUGE}", "page=-1", "year=-9", "page=x", "sort=%00")
    pages = ("/tickets", "/register", "/devices", "/devices/1", "/calendar", "/people", "/devices/new")
    asked += [("GET", f"{page}?{query}", None) for page in pages for query in queries]
    asked += [
        ("POST", f"/tickets/1/{act}", dict.fromkeys(("device_id", "step_run", "version"), text))
        for act in ("snapshots", "devices", "step")
        for text in (str(HUGE), "-1", "x", "")
    ]
    assert failures_of(client, asked) == []


@BOTH
@pytest.mark.parametrize(
    "letters", ["ab\0cd", "\ud800".encode("utf-8", "surrogatepass"), "\u202e\U0001f600" * 9]
)
def test_letters_that_no_text_has_break_no_form(
    app: Flask, quiet: None, client: FlaskClient, worker: Person, sign_in: SignIn, letters: str | bytes
) -> None:
    fields = {name: FITTING.get(name, letters) for name in FIELDS}
    names = ("q", "status", "sort", "state", "next", "lang")
    pages = ("/tickets", "/devices", "/register", "/sign-in", "/people")
    found = failures_of(
        client, [("GET", f"{page}?{urlencode({name: letters})}", None) for page in pages for name in names]
    )
    for method, address in addresses(app, 1):
        if "/test/" not in address and "snapshot" not in address:
            sign_in(client, worker)
            found += failures_of(client, [(method, address, fields if method == "POST" else None)])
    assert found == []


@BOTH
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-02-29", "2026-13-45", "0", "9" * 40])
def test_a_day_at_the_end_of_all_calendars_breaks_no_form(
    quiet: None, client: FlaskClient, session: Session, worker: Person, office: Office, day: str
) -> None:
    admin = office.admin.appointments[0]
    person = {"username": f"orang.{day}", "name": "Orang", "language": "id", "roles": ["head"]}
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/people/new", {**person, "starts_on": day}),
        ("POST", f"/people/{worker.id}/appointments", {"role": "technician", "starts_on": day}),
        (
            "POST",
            f"/people/{worker.id}/appointments",
            {"role": "head", "starts_on": "2020-01-01", "ends_on": day},
        ),
        ("POST", f"/people/{office.admin.id}/appointments/{admin.id}/end", {"last_day": day}),
        ("GET", f"/people/{worker.id}", None),
        ("GET", f"/people/{office.admin.id}", None),
        ("GET", f"/calendar?start={day}T08:00&minutes=60", None),
        ("GET", f"/calendar?year={day[:4]}", None),
    ]
    for kind in ("closed", "open", "special"):
        hours = "" if kind == "closed" else "08.00-09.00"
        fields = {"kind": kind, "starts_on": day, "ends_on": day, "name": "Uji", "hours": hours}
        asked.append(("POST", "/calendar/days", fields))
    asked += [("GET", "/calendar", None), ("GET", "/tickets/1", None), ("GET", "/", None)]
    step = {
        "step_run": "1",
        "version": "1",
        "work_programme-item_id": "1",
        "request_disposition-sensitivity": "biasa",
        "request_disposition-assignee_id": str(office.kasubbag.id),
        "request_disposition-instruction": "Tindak lanjuti.",
        "request_disposition-due_on": day,
        "request_disposition-letter_date": day,
        "action": "complete",
    }
    make_programme_item(session, on=clock.now())
    asked += [("POST", "/tickets/1/step", step), ("GET", "/tickets/1", None)]
    assert failures_of(client, asked) == []
