"""Every route says who may use it, and keeps to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from helpdesk.accounts.models import Person
from helpdesk.permissions import PERMISSIONS, Permission, Standing
from helpdesk.tickets.models import Ticket
from tests.factories.people import Office, make_person

SignIn = Callable[[FlaskClient, Person], None]

# What anybody may open without signing in. A new name is a decision: say in the review why.
OPEN_TO_ALL = {
    "accounts.show_code_form",
    "accounts.show_sign_in",
    "accounts.sign_in",
    "accounts.sign_in_with_code",
    "accounts.sign_out",
    "favicon",
    "health.show_health",
    # Opens by a bearer token of the settings only, and does not exist without one: Prometheus has no account.
    "metrics.show_metrics",
    "signing.download_authority",
    "signing.download_revocations",
    "verify.check_upload",
    "verify.show_form",
    "verify.show_paper",
    "static",
    "web.set_language",
    "web.set_theme",
}
# A requester has no account: the form, and what stands behind a signed link.
OPEN_TO_REQUESTERS = {
    "intake.download_attachment",
    "intake.download_receipt",
    "intake.follow",
    "intake.show_form",
    "intake.show_receipt",
    "intake.submit",
    "intake.withdraw_link",
    "intake.write_message",
}
# Long forms whose token may grow old: they check it themselves and show again what was typed.
FORM_SHOWN_AGAIN = {"intake.record"}
# What an auditor, who only reads, may send all the same: what concerns the own account.
OWN_ACCOUNT = {
    "accounts.begin_second_factor",
    "accounts.change_language",
    "accounts.change_password",
    "accounts.confirm_second_factor",
    "accounts.renew_recovery_codes",
    "accounts.revoke_other_sessions",
    "accounts.revoke_session",
    "accounts.turn_second_factor_off",
    "signing.name_token",
    "signing.retire_own_key",
    "signing.upload_key",
}
# What an auditor takes away: it is recorded, and changes nothing of the case.
TAKEN_AWAY = {"archive.hand_out"}


def guarded_addresses(app: Flask, method: str) -> list[tuple[str, str, Permission]]:
    """Return endpoint, an address of it and what it asks for."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            permission = getattr(app.view_functions[rule.endpoint], "permission", None)
            if permission is not None and method in (rule.methods or ()):
                values = {name: sample(rule._converters[name]) for name in rule.arguments}
                found.append((rule.endpoint, url_for(rule.endpoint, **values), permission))
    return found


def sample(converter: Any) -> Any:
    """Return a value for a part of an address."""
    if hasattr(converter, "items"):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter) else "x"


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        says = hasattr(view, "permission") != hasattr(view, "public")
        assert says or endpoint == "static", (
            f"{endpoint}: put either @requires(Permission.…) or @public directly under the route"
        )


def test_what_is_open_without_signing_in_is_spelled_here(app: Flask) -> None:
    found = {endpoint for endpoint, view in app.view_functions.items() if hasattr(view, "public")}
    assert found | {"static"} == OPEN_TO_ALL | OPEN_TO_REQUESTERS


def test_a_visitor_is_sent_to_the_sign_in_page(app: Flask, client: FlaskClient) -> None:
    for method in ("GET", "POST"):
        for endpoint, address, _permission in guarded_addresses(app, method):
            response = client.open(address, method=method)
            assert response.status_code == 302, f"{method} {endpoint} let a visitor in"
            assert response.location.startswith("/sign-in"), endpoint


@pytest.mark.parametrize("name", ["kabag", "pelaksana", "admin", "auditor"])
def test_a_page_opens_for_those_whose_role_allows_it_and_for_nobody_else(
    app: Flask, client: FlaskClient, office: Office, sign_in: SignIn, name: str
) -> None:
    sign_in(client, getattr(office, name))
    allowed = PERMISSIONS[Standing(name) if name in ("admin", "auditor") else Standing.OFFICIAL]
    for endpoint, address, permission in guarded_addresses(app, "GET"):
        status = client.get(address).status_code
        if permission in allowed:
            assert status in (200, 302, 404), f"{endpoint} answers {status} to {name}"
        else:
            assert status == 403, f"{endpoint} answers {status} to {name}"


def test_an_auditor_changes_nothing(app: Flask, client: FlaskClient, office: Office, sign_in: SignIn) -> None:
    sign_in(client, office.auditor)
    for endpoint, address, _permission in guarded_addresses(app, "POST"):
        if endpoint not in OWN_ACCOUNT | TAKEN_AWAY:
            assert client.post(address).status_code == 403, f"{endpoint} lets an auditor act"


def test_no_form_is_taken_without_its_token(
    app: Flask, client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, make_person(session, "head", "admin"))
    for address in ("/sign-in", "/sign-out", "/language/id"):
        assert client.post(address).status_code == 400, f"{address} takes a form without its token"
    for endpoint, address, _permission in guarded_addresses(app, "POST"):
        expected = 422 if endpoint in FORM_SHOWN_AGAIN else 400
        assert client.post(address).status_code == expected, f"{endpoint} takes a form without its token"


def test_the_public_form_without_its_token_is_shown_again_and_makes_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    response = client.post("/", data={"subject": "Sudah diketik"})
    assert response.status_code == 422
    assert "Sudah diketik" in response.get_data(as_text=True)
    assert session.scalars(select(Ticket)).all() == []


def test_an_address_that_is_not_there_is_a_page_too(client: FlaskClient) -> None:
    response = client.get("/tidak/ada")
    assert response.status_code == 404
    assert "Nothing here" in response.get_data(as_text=True)


def test_every_answer_carries_the_strict_policy(client: FlaskClient) -> None:
    for address in ("/", "/sign-in", "/tidak/ada", "/health"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
