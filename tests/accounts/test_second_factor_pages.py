"""The second factor in the browser: turned on with a code, asked for at sign-in, off again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts import second_factor
from helpdesk.accounts.models import Person, SignInSession
from helpdesk.notifications.models import OutboxMessage
from tests.factories.people import PASSWORD, Office

SignIn = Callable[[FlaskClient, Person], None]


@pytest.fixture
def secret(session: Session, office: Office, settings: HelpdeskSettings) -> str:
    """The Kabag's account asks for a code since some minutes ago."""
    before = clock.now() - timedelta(minutes=5)
    ring = settings.key_ring()
    begun = second_factor.begin(session, office.kabag, ring, now=before)
    second_factor.confirm(
        session, office.kabag, pyotp.TOTP(begun.secret).at(before), ring, address="", now=before
    )
    session.commit()
    return begun.secret


def code_of(secret: str) -> str:
    """Return what the phone shows now."""
    return pyotp.TOTP(secret).at(clock.now())


def give_password(client: FlaskClient, **fields: str) -> str:
    """Send the first form; return where it leads."""
    answer = client.post("/sign-in", data={"username": "kabag", "password": PASSWORD, **fields})
    return str(answer.location)


def test_it_is_turned_on_with_password_and_a_first_code(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.kabag)
    assert client.post("/account/second-factor/begin", data={"password": "salah"}).status_code == 403
    client.post("/account/second-factor/begin", data={"password": PASSWORD})
    page = client.get("/account/second-factor").text
    assert "<svg" in page
    shown = re.search(r'class="secret-text">([A-Z2-7 ]+)<', page)
    assert shown is not None
    wrong = client.post("/account/second-factor/confirm", data={"code": "000000"})
    assert (wrong.status_code, second_factor.is_on(session, office.kabag.id)) == (403, False)
    done = client.post("/account/second-factor/confirm", data={"code": code_of(shown[1].replace(" ", ""))})
    assert len(re.findall(r"<li><code>[a-z2-9-]{19}</code>", done.text)) == 10
    session.expire_all()
    assert second_factor.is_on(session, office.kabag.id)
    again = client.get("/account/second-factor").text
    assert shown[1] not in again, "the secret is shown before it counts, and never after"


def test_signing_in_asks_for_the_code_and_goes_where_the_person_wanted(
    client: FlaskClient, session: Session, secret: str
) -> None:
    assert give_password(client, next="/register") == "/sign-in/code"
    assert client.get("/tickets").status_code == 302, "not signed in yet"
    assert session.scalars(select(SignInSession)).all() == []
    wrong = client.post("/sign-in/code", data={"code": "000000"})
    assert wrong.status_code == 403
    answer = client.post("/sign-in/code", data={"code": code_of(secret)})
    assert answer.location == "/register"
    assert client.get("/account").status_code == 200


def test_the_code_alone_opens_nothing(client: FlaskClient, secret: str) -> None:
    assert client.get("/sign-in/code").location == "/sign-in"
    answer = client.post("/sign-in/code", data={"code": code_of(secret)})
    assert answer.location == "/sign-in"
    assert client.get("/account").status_code == 302


def test_a_password_that_was_changed_meanwhile_counts_no_more(
    client: FlaskClient, session: Session, office: Office, secret: str
) -> None:
    give_password(client)
    office.kabag.password_hash = "$argon2id$other"
    session.commit()
    assert client.post("/sign-in/code", data={"code": code_of(secret)}).location == "/sign-in"


def test_it_is_turned_off_with_password_and_code_only(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, secret: str
) -> None:
    sign_in(client, office.kabag)
    address = "/account/second-factor/off"
    assert client.post(address, data={"password": PASSWORD, "code": "000000"}).status_code == 403
    assert client.post(address, data={"password": "salah", "code": code_of(secret)}).status_code == 403
    assert client.post(address, data={"password": PASSWORD, "code": code_of(secret)}).status_code == 302
    session.expire_all()
    assert not second_factor.is_on(session, office.kabag.id)


def test_new_recovery_codes_are_made_from_the_second_form_of_the_page(
    client: FlaskClient, office: Office, sign_in: SignIn, secret: str
) -> None:
    sign_in(client, office.kabag)
    sent = {"renew-password": PASSWORD, "renew-code": code_of(secret)}
    page = client.post("/account/second-factor/recovery-codes", data=sent).text
    assert page.count("<li><code>") == 10
    wrong = client.post("/account/second-factor/recovery-codes", data={**sent, "renew-password": ""})
    assert wrong.status_code == 422
    assert 'href="#renew-password"' in wrong.text


def test_the_admin_turns_it_off_for_a_lost_phone_and_the_person_is_told(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, secret: str
) -> None:
    office.kabag.email = "kabag@kantor.example"
    session.commit()
    sign_in(client, office.admin)
    assert "Turn the second factor off" in client.get(f"/people/{office.kabag.id}").text
    client.post(f"/people/{office.kabag.id}/second-factor/off")
    session.expire_all()
    assert not second_factor.is_on(session, office.kabag.id)
    told = session.scalars(select(OutboxMessage)).one()
    assert told.recipient == "kabag@kantor.example"
    assert "second factor" in told.body


def test_nobody_but_the_admin_turns_it_off_for_others(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn, secret: str
) -> None:
    sign_in(client, office.kasubbag)
    assert client.post(f"/people/{office.kabag.id}/second-factor/off").status_code == 403
    assert second_factor.is_on(session, office.kabag.id)
