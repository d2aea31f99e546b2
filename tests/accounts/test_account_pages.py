"""One's own account: language, password, browsers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts import service
from helpdesk.accounts.models import Person, SignInSession
from tests.factories.people import PASSWORD, Office

SignIn = Callable[[FlaskClient, Person], None]
NEW = "delapan sapi makan rumput"


@pytest.fixture
def other_browser(session: Session, office: Office) -> SignInSession:
    """The kabag is signed in elsewhere too."""
    row = SignInSession(
        token_sha256="e" * 64,
        person_id=office.kabag.id,
        created_at=clock.now(),
        last_seen_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
        address="192.0.2.7",
        user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/140.0",
    )
    session.add(row)
    session.commit()
    return row


def test_the_page_lists_the_browsers_and_marks_this_one(
    client: FlaskClient, office: Office, sign_in: SignIn, other_browser: SignInSession
) -> None:
    sign_in(client, office.kabag)
    page = client.get("/account").get_data(as_text=True)
    assert "Firefox · Windows" in page
    assert page.count("This browser") == 1
    assert "192.0.2.7" in page


def test_another_browser_can_be_signed_out(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, other_browser: SignInSession
) -> None:
    sign_in(client, office.kabag)
    client.post(f"/account/sessions/{other_browser.id}/revoke")
    session.refresh(other_browser)
    assert other_browser.revoked_at is not None
    assert client.get("/account").status_code == 200


def test_nobody_signs_somebody_else_out(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, other_browser: SignInSession
) -> None:
    sign_in(client, office.kasubbag)
    client.post(f"/account/sessions/{other_browser.id}/revoke")
    client.post("/account/sessions/revoke-others")
    session.refresh(other_browser)
    assert other_browser.revoked_at is None


def test_everywhere_else_means_everywhere_else(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, other_browser: SignInSession
) -> None:
    sign_in(client, office.kabag)
    client.post("/account/sessions/revoke-others")
    session.refresh(other_browser)
    assert other_browser.revoked_at is not None
    assert client.get("/account").status_code == 200


def change(client: FlaskClient, present: str = PASSWORD, password: str = NEW, repeated: str | None = None):
    repeated = password if repeated is None else repeated
    return client.post(
        "/account/password", data={"present": present, "password": password, "repeated": repeated}
    )


def test_a_new_password_ends_every_session_but_this_one(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, other_browser: SignInSession
) -> None:
    sign_in(client, office.kabag)
    assert change(client).status_code == 302
    session.expire_all()
    assert other_browser.revoked_at is not None
    assert client.get("/account").status_code == 200
    assert service.is_password_of(office.kabag, NEW)
    assert not service.is_password_of(office.kabag, PASSWORD)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"present": "bukan yang ini"}, "This is not your present password."),
        ({"password": "pendek"}, "Use at least 12 characters"),
        ({"password": "dewi lestari"}, "Do not use your own name"),
        ({"repeated": "sesuatu yang lain"}, "The two new passwords differ."),
    ],
)
def test_a_password_that_is_wrong_or_weak_changes_nothing(
    client: FlaskClient,
    session: Session,
    office: Office,
    sign_in: SignIn,
    values: dict[str, str],
    sentence: str,
) -> None:
    sign_in(client, office.kabag)
    response = change(client, **values)
    assert response.status_code == 422
    assert sentence in response.get_data(as_text=True)
    session.expire_all()
    assert service.is_password_of(office.kabag, PASSWORD)


def test_guessing_the_present_password_is_slowed_down(
    client: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.kabag)
    statuses = [change(client, present="bukan yang ini").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_the_language_is_the_persons_on_every_device(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.kabag)
    client.post("/account/language", data={"language": "id"})
    assert '<html lang="id"' in client.get("/account").get_data(as_text=True)
    session.expire_all()
    assert office.kabag.language == "id"
    assert client.post("/account/language", data={"language": "fr"}).status_code == 422
    assert session.scalars(select(Person.language).where(Person.username == "kabag")).one() == "id"
