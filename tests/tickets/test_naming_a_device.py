"""A device that a ticket names is read while the person waits."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.tickets.models import EvidenceItem, Ticket
from tests.factories.network import make_device
from tests.factories.people import Office

SignIn = Callable[[FlaskClient, Person], None]


def test_a_device_that_cannot_be_read_leaves_that_as_evidence(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office
) -> None:
    device = make_device(session, name="sw-tanpa-kredensial")
    # The language of the person, not one chosen in the browser.
    with client.session_transaction() as cookie:
        del cookie["language"]
    sign_in(client, office.kabag)
    answer = client.post(
        f"/tickets/{ticket.id}/devices", data={"device_id": device.id}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert session.scalars(select(EvidenceItem.title)).all() == ["sw-tanpa-kredensial"]
    assert "The device did not answer." in answer.text
