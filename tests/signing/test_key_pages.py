"""Keys in the browser: uploaded by their owner, issued and revoked by the admin, shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from cryptography import x509
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.notifications.models import OutboxMessage
from helpdesk.signing import queries
from helpdesk.signing.authority import create_authority
from helpdesk.signing.models import SigningKey
from tests.factories.people import Office
from tests.factories.signing import PASSWORD, make_key_file

SignIn = Callable[[FlaskClient, Person], None]


@pytest.fixture
def authority(settings: HelpdeskSettings) -> None:
    """The office has an authority of its own."""
    head = settings.letterhead
    create_authority(
        settings.data_directory, settings.key_ring(), agency=head.agency, unit=head.unit, now=clock.now()
    )


def upload(client: FlaskClient, content: bytes, password: str = PASSWORD) -> TestResponse:
    """Send a key file as the page's form does."""
    sent = {"file": (BytesIO(content), "kunci.p12"), "password": password}
    return client.post("/account/keys/file", data=sent, content_type="multipart/form-data")


def test_an_official_uploads_a_key_file_and_takes_it_back(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.kabag)
    assert upload(client, make_key_file(clock.now())).status_code == 302
    key = queries.find_active_key(session, office.kabag.id)
    assert key is not None
    page = client.get("/account/keys").text
    assert key.serial in page
    assert "In use" in page
    client.post(f"/account/keys/{key.id}/retire")
    session.expire_all()
    assert queries.find_active_key(session, office.kabag.id) is None
    assert session.get_one(SigningKey, key.id).sealed is None


@pytest.mark.parametrize(
    ("content", "password", "words"),
    [
        (b"bukan berkas kunci", PASSWORD, "does not open"),
        (make_key_file(clock.now()), "salah sekali", "does not open"),
        (make_key_file(clock.now(), days=(-9, -1)), PASSWORD, "has expired"),
    ],
)
def test_a_file_that_cannot_sign_is_refused_beside_its_field(
    client: FlaskClient,
    session: Session,
    office: Office,
    sign_in: SignIn,
    content: bytes,
    password: str,
    words: str,
) -> None:
    sign_in(client, office.kabag)
    answer = upload(client, content, password)
    assert answer.status_code == 422
    assert words in answer.text
    assert password not in answer.text
    assert queries.find_active_key(session, office.kabag.id) is None


def test_nobody_touches_the_key_of_somebody_else(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.kabag)
    upload(client, make_key_file(clock.now()))
    key = queries.find_active_key(session, office.kabag.id)
    assert key is not None
    session.rollback()
    sign_in(client, office.kasubbag)
    assert client.post(f"/account/keys/{key.id}/retire").status_code == 404
    assert client.get(f"/people/{office.kabag.id}/keys").status_code == 403
    assert client.post(f"/people/{office.kabag.id}/keys").status_code == 403
    assert queries.find_active_key(session, office.kabag.id) is not None


def test_the_admin_issues_and_revokes_and_the_person_is_told(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, authority: None
) -> None:
    office.kabag.email = "kabag@kantor.example"
    sign_in(client, office.admin)
    address = f"/people/{office.kabag.id}/keys"
    assert client.post(address).status_code == 302
    key = queries.find_active_key(session, office.kabag.id)
    assert key is not None
    assert office.kabag.name in key.subject
    session.rollback()
    assert client.post(f"{address}/{key.id}/revoke", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/{key.id}/revoke", data={"reason": "hilang"}).status_code == 302
    assert "hilang" in client.get(address).text
    session.expire_all()
    assert queries.find_active_key(session, office.kabag.id) is None
    letters = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [letter.recipient for letter in letters] == ["kabag@kantor.example"] * 2
    listed = x509.load_pem_x509_crl(client.get("/verify/revoked.crl").data)
    assert [f"{entry.serial_number:X}" for entry in listed] == [key.serial]


def test_without_an_authority_the_page_says_how_to_make_one(
    client: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.admin)
    page = client.get(f"/people/{office.kabag.id}/keys").text
    assert "helpdesk ca init" in page
    assert client.post(f"/people/{office.kabag.id}/keys").status_code == 409
    assert client.get("/verify/authority.pem").status_code == 409


def test_anybody_fetches_the_certificates_and_no_private_key(client: FlaskClient, authority: None) -> None:
    content = client.get("/verify/authority.pem").data
    assert len(x509.load_pem_x509_certificates(content)) == 2
    assert b"PRIVATE" not in content
