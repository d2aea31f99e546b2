"""Thirty people send the form at the same moment; and one of them clicks many times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from config import build_settings
from helpdesk import clock
from helpdesk.application import create_app
from helpdesk.database import db
from helpdesk.intake.tokens import Seal
from helpdesk.notifications.models import OutboxMessage
from helpdesk.sop.models import ProcedureRun
from helpdesk.tickets.models import Ticket
from tests.intake.conftest import FILLED

PEOPLE = 30


@pytest.fixture
def office_app(database_url, tmp_path):
    app = create_app(
        build_settings(data_directory=tmp_path, database_url=database_url, submissions_per_hour=1000)
    )
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


def send_all(app, forms):
    """Send every form from a thread and a connection of its own, all at once."""
    start = Barrier(len(forms))

    def send(form):
        start.wait()
        return app.test_client().post("/", data={**FILLED, **form})

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms))


def keys(app, count):
    seal = Seal(app.extensions["settings"].secret_key.get_secret_value())
    return [seal.new_key(clock.now() - timedelta(minutes=1)) for _ in range(count)]


def test_thirty_forms_at_once_make_thirty_tickets_with_consecutive_numbers(office_app, session):
    forms = [
        {"form_key": key, "subject": f"Permohonan {n}"} for n, key in enumerate(keys(office_app, PEOPLE))
    ]
    answers = send_all(office_app, forms)
    assert [answer.status_code for answer in answers] == [303] * PEOPLE
    tickets = session.scalars(select(Ticket)).all()
    assert sorted(ticket.sequence for ticket in tickets) == list(range(1, PEOPLE + 1))
    assert {ticket.number for ticket in tickets} == {
        f"TKT-{tickets[0].year}-{n:04d}" for n in range(1, PEOPLE + 1)
    }
    assert {ticket.subject for ticket in tickets} == {form["subject"] for form in forms}
    assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "received")).all()) == PEOPLE


def test_one_form_sent_many_times_at_once_is_one_ticket_and_wastes_no_number(office_app, session):
    key = keys(office_app, 1)[0]
    answers = send_all(office_app, [{"form_key": key}] * 10)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert len(session.scalars(select(Ticket)).all()) == 1
    assert len(session.scalars(select(ProcedureRun)).all()) == 1
    session.commit()
    send_all(office_app, [{"form_key": keys(office_app, 1)[0], "subject": "Yang berikutnya"}])
    assert sorted(session.scalars(select(Ticket.sequence))) == [1, 2]
