"""Requests that officials write down for somebody who called, wrote or came."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import select

from helpdesk.events import Event
from helpdesk.notifications.models import OutboxMessage
from helpdesk.tickets.models import Ticket

FIELDS = {
    "channel": "letter",
    "letter_number": "B-12/XI/2026",
    "letter_on": "2026-11-20",
    "requester_language": "id",
}


@pytest.fixture
def official(client, office, sign_in):
    sign_in(client, office.kasubbag)
    return office.kasubbag


def only_ticket(session):
    return session.scalars(select(Ticket)).one()


def test_only_an_official_may_write_requests_down(client, office, sign_in):
    assert "/sign-in" in client.get("/requests/new").location
    sign_in(client, office.admin)
    assert client.get("/requests/new").status_code == 403


def test_a_letter_becomes_a_ticket_that_says_who_wrote_it_down(requester, session, official):
    answer = requester.send(to="/requests/new", **FIELDS)
    assert answer.status_code == 303
    ticket = only_ticket(session)
    assert (ticket.channel, ticket.recorded_by_id) == ("letter", official.id)
    assert ticket.description.endswith("Surat nomor B-12/XI/2026 tanggal 20 November 2026.")
    assert ticket.requester_language == "id"
    assert ticket.number in requester.client.get(answer.location).text


def test_an_official_writes_down_from_their_own_address(requester, session, official):
    """Only what a requester does from outside is sealed with their words."""
    requester.client.environ_base["REMOTE_ADDR"] = "192.0.2.44"
    requester.send(to="/requests/new", **FIELDS)
    acts = session.scalars(select(Event).where(Event.ticket_id == only_ticket(session).id)).all()
    assert {act.origin for act in acts} == {"192.0.2.44"}


def test_who_calls_may_have_no_mail_address(requester, session, official):
    assert (
        requester.send(to="/requests/new", **FIELDS | {"channel": "phone", "requester_email": ""}).status_code
        == 303
    )
    assert only_ticket(session).requester_email == ""
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "received")).all() == []


def test_one_way_to_answer_is_needed(requester, official):
    answer = requester.send(to="/requests/new", **FIELDS | {"requester_email": "", "requester_phone": ""})
    assert answer.status_code == 422
    assert "Write at least an e-mail address or a telephone number." in answer.text


@pytest.mark.parametrize("channel", ["", "web", "pigeon"])
def test_the_way_it_came_has_to_be_chosen(requester, official, channel):
    answer = requester.send(to="/requests/new", **FIELDS | {"channel": channel})
    assert answer.status_code == 422
    assert "Choose how the request came." in html.unescape(answer.text)


def test_a_double_click_of_an_official_makes_one_ticket(requester, session, official):
    key = requester.new_key()
    locations = {requester.send(to="/requests/new", form_key=key, **FIELDS).location for _ in range(2)}
    assert len(locations) == 1
    assert only_ticket(session)


def test_officials_are_not_limited_in_number(app, requester, official):
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"submissions_per_hour": 1})
    answers = [requester.send(to="/requests/new", **FIELDS, subject=f"Surat {n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]


def test_an_official_chooses_the_procedure_by_what_is_asked_for(requester, session, official):
    answer = requester.send(to="/requests/new", **FIELDS | {"kind": "network_disturbance"})
    assert answer.status_code == 303
    assert only_ticket(session).run.procedure_number == "OT.01.02-091-GGN.Set.PO"
