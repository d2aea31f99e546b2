"""A secret ticket shows nowhere to those it was not given to, and the admin reads no ticket at all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.notifications.models import OutboxMessage
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.network import make_device
from tests.factories.people import KASUBBAG, Office, make_person
from tests.factories.tickets import make_ticket_office

SignIn = Callable[[FlaskClient, Person], None]
SUBJECT = "Gangguan pada jaringan sandi"


@pytest.fixture
def addresses(do_step: Callable[..., object], session: Session, ticket: Ticket, office: Office) -> list[str]:
    """Return every address of a secret ticket that was given to one person of an office of two."""
    ticket.subject = SUBJECT
    office.kasubbag.email = "kasubbag@kantor.example"
    device = make_device(session)
    file = NewFile("peta.txt", b"rahasia", "text/plain")
    attachment = service.add_file(
        session, ticket, file, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    service.name_device(
        session, ticket, device, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    session.commit()
    do_step(
        office.kabag,
        ticket.id,
        work_programme__item_id=1,
        request_disposition__sensitivity="rahasia",
        request_disposition__assignee_id=office.kasubbag.id,
        request_disposition__instruction="Tangani sendiri.",
    )
    paper = session.scalars(select(Document).where(Document.kind == "disposition")).one()
    base = f"/tickets/{ticket.id}"
    return [base, f"{base}/attachments/{attachment.id}", f"{base}/documents/{paper.id}"]


def test_a_colleague_finds_a_secret_ticket_nowhere(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    ticket: Ticket,
    office: Office,
    addresses: list[str],
) -> None:
    colleague = make_person(session, KASUBBAG)
    sign_in(client, colleague)
    for address in (*addresses, f"{addresses[0]}/report/draft"):
        assert client.get(address).status_code == 404, address
    for page in ("/desk", "/tickets", "/tickets?q=sandi", "/tickets?status=late", "/register", "/devices/1"):
        shown = client.get(page)
        assert shown.status_code == 200
        assert SUBJECT not in shown.text, page
        assert ticket.number not in shown.text, page
    for act in (
        "take-over",
        "messages",
        "notes",
        "files",
        "devices",
        "snapshots",
        "link/renew",
        "link/withdraw",
    ):
        data = {"body": "x", "visibility": "internal", "title": "x", "note": "x", "device_id": "1"}
        answer = client.post(f"/tickets/{ticket.id}/{act}", data=data)
        assert answer.status_code in (404, 422), act
        assert SUBJECT not in answer.text


def test_a_secret_ticket_is_open_to_the_head_to_whom_it_was_given_and_to_the_auditor(
    client: FlaskClient, sign_in: SignIn, office: Office, addresses: list[str]
) -> None:
    for person in (office.kabag, office.kasubbag, office.auditor):
        sign_in(client, person)
        assert [client.get(address).status_code for address in addresses] == [200] * 3


def test_the_admin_reads_no_ticket(
    client: FlaskClient, sign_in: SignIn, office: Office, addresses: list[str], app: Flask
) -> None:
    sign_in(client, office.admin)
    for address in (*addresses, "/tickets", "/desk", "/register"):
        assert client.get(address).status_code == 403, address


def test_an_auditor_is_shown_neither_a_form_nor_the_link_of_the_requester(
    client: FlaskClient, sign_in: SignIn, office: Office, addresses: list[str]
) -> None:
    sign_in(client, office.auditor)
    page = client.get(addresses[0]).text
    assert "/ikuti/" not in page
    # The archive is the one thing an auditor asks for: it changes nothing of the case.
    assert set(re.findall(rf'action="({addresses[0]}[^"]*)"', page)) == {f"{addresses[0]}/archive"}


def test_a_letter_about_a_secret_ticket_says_nothing_of_it(
    session: Session, office: Office, addresses: list[str]
) -> None:
    letters = session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == office.kasubbag.email)
    ).all()
    assert letters
    assert all(SUBJECT not in letter.subject + letter.body for letter in letters)
