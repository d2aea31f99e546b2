"""A refusal shows the page again with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.tickets import make_ticket_office

SignIn = Callable[[FlaskClient, Person], None]


def cancel(session: Session, ticket: Ticket, by: Person) -> None:
    """End the ticket while somebody else still types."""
    service.cancel_ticket(
        session, ticket, reason="Ganda.", office=make_ticket_office(), by=by, role="head", now=clock.now()
    )
    session.commit()


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("messages", {"visibility": "public", "body": "Sudah kami tulis panjang lebar."}),
        ("notes", {"title": "Redaman", "note": "Sudah kami tulis panjang lebar."}),
        ("cancel", {"reason": "Sudah kami tulis panjang lebar."}),
    ],
)
def test_what_was_typed_for_a_ticket_that_ended_meanwhile_stands_on_its_page(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    ticket: Ticket,
    office: Office,
    act: str,
    fields: dict[str, str],
) -> None:
    cancel(session, ticket, office.kabag)
    sign_in(client, office.kabag)
    answer = client.post(f"/tickets/{ticket.id}/{act}", data=fields)
    assert answer.status_code == 409
    assert "is finished" in answer.text
    assert "Sudah kami tulis panjang lebar." in answer.text


def test_a_device_that_a_colleague_named_already_is_said_on_the_page_of_the_ticket(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office
) -> None:
    device = make_device(session, name="sw-lantai-3")
    service.name_device(
        session, ticket, device, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    sign_in(client, office.kabag)
    answer = client.post(f"/tickets/{ticket.id}/devices", data={"device_id": device.id})
    assert answer.status_code == 409
    assert "already names the device" in answer.text
    assert ticket.number in answer.text


def test_more_files_than_the_office_takes_are_refused_as_a_whole(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office
) -> None:
    sign_in(client, office.kabag)
    files = [(BytesIO(f"isi {number}".encode()), f"catatan-{number}.txt") for number in range(6)]
    answer = client.post(f"/tickets/{ticket.id}/files", data={"files": files})
    assert answer.status_code == 422
    assert "At most 5 files are taken at a time" in answer.text
    session.refresh(ticket)
    assert ticket.attachments == []


def test_the_words_of_a_step_that_a_colleague_completed_meanwhile_are_there_to_copy(
    walk: Callable[[int], None], client: FlaskClient, sign_in: SignIn, ticket: Ticket, office: Office
) -> None:
    walk(2)
    sign_in(client, office.kabag)
    fields = {"step_run": 1, "version": 1, "request_disposition-instruction": "Mohon ditangani hari ini."}
    answer = client.post(f"/tickets/{ticket.id}/step", data={**fields, "action": "complete"})
    assert answer.status_code == 409
    assert "Mohon ditangani hari ini." in answer.text
