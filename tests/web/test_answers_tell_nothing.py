"""No answer is kept where others find it, and no log holds what opens a request."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.database import db
from helpdesk.tickets import service
from helpdesk.tickets.rules import NewFile
from helpdesk.web import health
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office

SignIn = Callable[[FlaskClient, Person], None]


def test_a_file_of_a_ticket_stays_in_no_cache(
    client: FlaskClient, session: Session, sign_in: SignIn, office: Office, app: Flask
) -> None:
    ticket = make_ticket(session)
    file = NewFile("peta.txt", b"rahasia", "text/plain; charset=utf-8")
    attachment = service.add_file(
        session, ticket, file, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    message = service.write_message(
        session,
        ticket,
        "Lihat.",
        is_public=True,
        office=make_ticket_office(),
        by=office.kabag,
        role="head",
        now=clock.now(),
        files=[file],
    )
    session.commit()
    token = service.follow_token(ticket, app.extensions["settings"].secret_key.get_secret_value())
    sent = next(one for one in ticket.attachments if one.message_id == message.id)
    sign_in(client, office.kabag)
    for address in (
        f"/tickets/{ticket.id}/attachments/{attachment.id}",
        f"/ikuti/{token}/lampiran/{sent.id}",
        f"/tanda-terima/{token}/pdf",
        f"/tickets/{ticket.id}",
        "/tidak/ada",
    ):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "no-store", address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert "default-src" in answer.headers["Content-Security-Policy"], address


def test_an_answer_to_a_broken_request_carries_the_policy_too(app: Flask, client: FlaskClient) -> None:
    app.testing = False
    app.view_functions["health.show_health"] = _break
    for address, status in (("/health", 500), ("/static/tidak-ada.css", 404), ("/sign-out", 405)):
        answer = client.get(address)
        assert answer.status_code == status
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
    assert health.blueprint.name == "health"


def _break(**_values: object) -> str:
    raise RuntimeError("a mistake of ours")


def test_a_failure_on_the_page_of_a_request_puts_no_link_into_the_log(
    app: Flask, client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = make_ticket(session)
    token = service.follow_token(ticket, app.extensions["settings"].secret_key.get_secret_value())
    assert token is not None
    app.testing = False
    app.view_functions["intake.follow"] = _break
    with caplog.at_level(logging.DEBUG):
        assert client.get(f"/ikuti/{token}?lang=en").status_code == 500
    assert "a mistake of ours" in caplog.text
    assert "/ikuti/<token>" in caplog.text
    assert token not in caplog.text


def test_a_database_that_is_gone_is_a_page_too(
    app: Flask, client: FlaskClient, session: Session, sign_in: SignIn, office: Office
) -> None:
    sign_in(client, office.kabag)
    app.testing = False
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def fail(*_arguments: object) -> None:
        raise OperationalError("select 1", {}, Exception("the server closed the connection"))

    answer = client.get("/desk")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
