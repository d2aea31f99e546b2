"""Signing in and out, as a browser sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import SignInAttempt, SignInSession
from helpdesk.web.current import TOKEN
from tests.factories.moments import office_day
from tests.factories.people import PASSWORD, Office, make_person

SignIn = Callable[[FlaskClient, object], None]


def send(client: FlaskClient, username: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"username": username, "password": password, **more})


@pytest.mark.parametrize(
    ("username", "page"),
    [("kabag", "/desk"), ("pelaksana", "/desk"), ("admin", "/people"), ("auditor", "/tickets")],
)
def test_everybody_lands_where_their_work_is(
    client: FlaskClient, office: Office, username: str, page: str
) -> None:
    response = send(client, username)
    assert (response.status_code, response.location) == (302, page)
    assert client.get(page).status_code == 200


def test_a_person_returns_to_the_page_they_asked_for(client: FlaskClient, office: Office) -> None:
    sent_away = client.get("/people?all=1")
    assert sent_away.location == "/sign-in?next=/people?all%3D1"
    form = client.get(sent_away.location)
    assert b'value="/people?all=1"' in form.data
    assert send(client, "admin", next="/people?all=1").location == "/people?all=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, office: Office, target: str) -> None:
    assert send(client, "admin", next=target).location == "/people"


@pytest.mark.parametrize(("username", "password"), [("kabag", "salah sama sekali"), ("hantu", PASSWORD)])
def test_a_refusal_does_not_say_which_of_both_is_wrong(
    client: FlaskClient, office: Office, username: str, password: str
) -> None:
    response = send(client, username, password)
    assert response.status_code == 401
    assert b"User name or password is wrong" in response.data
    assert f'value="{username}"'.encode() in response.data
    assert password.encode() not in response.data


def test_a_failed_try_is_kept_though_the_answer_is_a_refusal(
    client: FlaskClient, session: Session, office: Office
) -> None:
    send(client, "kabag", "salah sama sekali")
    attempts = session.scalars(select(SignInAttempt)).all()
    assert [(each.username, each.succeeded) for each in attempts] == [("kabag", False)]


def test_after_five_failures_even_the_right_password_waits(client: FlaskClient, office: Office) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(5):
            assert send(client, "kabag", "salah sama sekali").status_code == 401
        refused = send(client, "kabag")
        assert refused.status_code == 429
        assert b"Wait 30 seconds" in refused.data
        assert refused.headers["Retry-After"] == "30"
        traveller.shift(timedelta(seconds=31))
        assert send(client, "kabag").status_code == 302


def test_one_persons_failures_do_not_lock_another_out(client: FlaskClient, office: Office) -> None:
    for _ in range(6):
        send(client, "kabag", "salah sama sekali")
    assert send(client, "kasubbag").status_code == 302


def test_a_deactivated_person_cannot_sign_in(client: FlaskClient, session: Session, office: Office) -> None:
    office.kabag.is_active = False
    assert send(client, "kabag").status_code == 401


def test_a_form_without_a_password_is_not_tried(
    client: FlaskClient, session: Session, office: Office
) -> None:
    response = send(client, "kabag", "")
    assert response.status_code == 422
    assert b"Enter your password." in response.data
    assert session.scalars(select(SignInAttempt)).all() == []


def test_a_session_is_a_row_and_the_cookie_does_not_hold_its_digest(
    client: FlaskClient, session: Session, office: Office
) -> None:
    send(client, "kabag")
    row = session.scalars(select(SignInSession)).one()
    with client.session_transaction() as cookie:
        assert cookie[TOKEN] != row.token_sha256
    assert row.person_id == office.kabag.id


def test_what_was_planted_in_the_cookie_ends_at_sign_in_but_the_language_stays(
    client: FlaskClient, office: Office
) -> None:
    with client.session_transaction() as cookie:
        cookie.update(language="en", theme="dark", planted="x", **{TOKEN: "known to somebody else"})
    send(client, "kabag")
    with client.session_transaction() as cookie:
        assert (cookie["language"], cookie["theme"]) == ("en", "dark")
        assert "planted" not in cookie
        assert cookie[TOKEN] != "known to somebody else"


def test_a_revoked_session_is_out_at_once(client: FlaskClient, session: Session, office: Office) -> None:
    send(client, "admin")
    assert client.get("/people").status_code == 200
    session.scalars(select(SignInSession)).one().revoked_at = clock.now()
    assert client.get("/people").location.startswith("/sign-in")


def test_a_session_left_alone_ends(client: FlaskClient, office: Office) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        send(client, "admin")
        traveller.shift(timedelta(minutes=59))
        assert client.get("/people").status_code == 200
        traveller.shift(timedelta(minutes=61))
        assert client.get("/people").status_code == 302


def test_a_session_ends_after_its_hours_however_busy(client: FlaskClient, office: Office) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        send(client, "admin")
        for _ in range(24):
            assert client.get("/people").status_code == 200
            traveller.shift(timedelta(minutes=30))
        assert client.get("/people").status_code == 302


def test_signing_out_revokes_the_row_so_that_a_copied_cookie_is_worthless(
    client: FlaskClient, session: Session, office: Office
) -> None:
    send(client, "admin")
    with client.session_transaction() as cookie:
        copied = cookie[TOKEN]
    assert client.post("/sign-out").location == "/sign-in"
    assert session.scalars(select(SignInSession)).one().revoked_at is not None
    with client.session_transaction() as cookie:
        assert TOKEN not in cookie
        cookie[TOKEN] = copied
    assert client.get("/people").status_code == 302


def test_signing_in_again_ends_the_session_of_before(
    client: FlaskClient, session: Session, office: Office
) -> None:
    send(client, "admin")
    send(client, "kabag")
    rows = session.scalars(select(SignInSession).order_by(SignInSession.id)).all()
    assert [row.revoked_at is not None for row in rows] == [True, False]


def test_somebody_without_an_office_is_told_so(client: FlaskClient, session: Session) -> None:
    make_person(session, username="tamu")
    response = send(client, "tamu")
    assert response.location == "/"
    assert b"You hold no office today." in client.get("/").data


def test_an_office_that_ended_yesterday_opens_nothing_today(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    sign_in(client, office.admin)
    assert client.get("/people").status_code == 200
    office.admin.appointments[0].ends_on = office_day(days=-2)
    assert client.get("/people").status_code == 403
