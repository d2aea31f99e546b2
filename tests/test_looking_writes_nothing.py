"""Opening a page changes nothing: on SQLite a page that reads goes on beside a writer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.database import db
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from tests.factories.network import make_device
from tests.factories.people import make_person
from tests.factories.tickets import make_ticket, make_ticket_office

READING = ("SELECT", "PRAGMA", "BEGIN", "WITH")


def test_no_page_that_is_only_looked_at_writes_or_waits_for_a_writer(
    app: Flask, client: FlaskClient, session: Session, sign_in: Callable[[FlaskClient, Person], None]
) -> None:
    person = make_person(session, "head", "subhead", "admin", "auditor")
    ticket: Ticket = make_ticket(session, now=clock.now())
    service.name_device(
        session, ticket, make_device(session), office=make_ticket_office(), by=person, now=clock.now()
    )
    token = service.follow_token(ticket, app.extensions["settings"].secret_key.get_secret_value())
    session.commit()
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.upper().startswith(READING) or statement.startswith("BEGIN IMMEDIATE"):
            statements.append(statement)

    sign_in(client, person)
    with app.test_request_context():
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    seen = 0
    for rule in rules:
        if rule.endpoint != "static":
            values = {name: token if name == "token" else 1 for name in rule.arguments}
            values |= {"kind": "ssh"} if "kind" in values else {}
            values |= {"number": "OT.01.02-090-097.Set.PO"} if "number" in values else {}
            built = rule.build(values)
            assert built is not None
            statements.clear()
            seen += client.get(built[1]).status_code == 200
            assert statements == [], built[1]
    assert seen > 25
    for address in ("/tidak/ada", "/tickets/4711", "/static/tidak-ada.css"):
        statements.clear()
        assert client.get(address).status_code == 404
        assert statements == [], address
