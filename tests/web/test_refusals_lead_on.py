"""A page that says no says what to do, and leads back to one's own work."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from tests.factories.network import make_device
from tests.factories.people import Office

SignIn = Callable[[FlaskClient, Person], None]


def lead_of(page: str) -> str:
    """Return where the button of the page leads."""
    return page.partition('<a class="btn btn-primary" href="')[2].partition('"')[0]


def test_who_is_signed_in_is_led_back_to_the_desk_and_not_to_the_form_of_requesters(
    client: FlaskClient, sign_in: SignIn, office: Office
) -> None:
    sign_in(client, office.pelaksana)
    page = client.get("/record")
    assert page.status_code == 403
    assert "Ask the admin" in page.text
    assert client.get(lead_of(page.text)).location == "/desk"


def test_a_visitor_is_led_to_the_form(client: FlaskClient) -> None:
    assert lead_of(client.get("/nowhere").text) == "/"


def test_a_refusal_of_ours_is_not_called_a_misunderstanding(
    client: FlaskClient, session: Session, sign_in: SignIn, office: Office
) -> None:
    device = make_device(session)
    sign_in(client, office.auditor)
    page = client.get(f"/devices/{device.id}/compare?before=1&after=1")
    assert page.status_code == 409
    assert "This cannot be done" in page.text
    assert "not understood" not in page.text
