"""The desk and the ticket's page say who may act, and what to do where nobody can."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.tickets.models import Ticket
from tests.factories.acting import DECREE, make_acting
from tests.factories.people import KABAG, KASUBBAG, PASSWORD, PELAKSANA, Office, make_person

SignIn = Callable[[FlaskClient, Person], None]


def test_the_page_names_who_may_do_the_step_with_the_decree(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office
) -> None:
    deputy = make_person(session, PELAKSANA, name="Siti Rahma")
    make_acting(session, deputy, KABAG, place_of=office.kabag, now=clock.now())
    sign_in(client, deputy)
    assert ticket.number in client.get("/desk").text
    page = client.get(f"/tickets/{ticket.id}").text
    assert office.kabag.name in page
    assert "Siti Rahma, Plh. Head of Data and Information" in page
    assert DECREE in page
    assert 'id="step-form"' in page


def test_an_office_without_anybody_is_named_to_the_office_above_with_the_way_to_mend_it(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    ticket: Ticket,
    office: Office,
    walk: Callable[[int], None],
) -> None:
    walk(2)
    office.kasubbag.is_active = False
    session.commit()
    sign_in(client, office.kabag)
    link = f"/people/acting/new/{KASUBBAG}"
    for path in ("/desk", f"/tickets/{ticket.id}"):
        page = client.get(path).text
        assert link in page, path
    assert "Nobody stands in this office today" in client.get(f"/tickets/{ticket.id}").text
    assert client.get(link).status_code == 200
    sign_in(client, office.pelaksana)
    assert link not in client.get("/desk").text


def test_who_would_verify_own_work_is_told_kindly_and_who_may_do_it_instead(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    ticket: Ticket,
    office: Office,
    walk: Callable[[int], None],
) -> None:
    walk(4)
    make_acting(session, office.pelaksana, KASUBBAG, place_of=office.kasubbag, now=clock.now())
    sign_in(client, office.pelaksana)
    page = client.get(f"/tickets/{ticket.id}").text
    assert "nobody verifies their own work" in page
    assert office.kasubbag.name in page
    assert 'id="step-form"' not in page


def test_the_acts_of_an_acting_officer_carry_the_office_everywhere(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office, do_step: Callable
) -> None:
    deputy = make_person(session, PELAKSANA, name="Siti Rahma")
    make_acting(session, deputy, KABAG, place_of=office.kabag, now=clock.now())
    answer = do_step(
        deputy,
        ticket.id,
        work_programme__item_id=1,
        request_disposition__sensitivity="segera",
        request_disposition__assignee_id=office.kasubbag.id,
        request_disposition__instructions=["follow_up"],
    )
    assert answer.status_code == 302
    page = client.get(f"/tickets/{ticket.id}").text
    titled = "Siti Rahma, Plh. Head of Data and Information"
    timeline = page[page.index('id="timeline"') :]
    results = page[page.index('id="results"') : page.index('id="timeline"')]
    assert titled in timeline
    assert titled in results
    deviations = page[page.index('id="deviations"') : page.index('id="results"')]
    assert "Acting officer" in deviations
    assert DECREE in deviations


def test_taking_over_asks_why_and_the_reason_is_listed(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    ticket: Ticket,
    office: Office,
    walk: Callable[[int], None],
) -> None:
    walk(2)
    colleague = make_person(session, KASUBBAG)
    sign_in(client, colleague)
    path = f"/tickets/{ticket.id}/take-over"
    assert client.post(path, data={"take_over_reason": "  "}).status_code == 422
    assert client.post(path, data={"take_over_reason": "Kasubbag sakit."}).status_code == 302
    page = client.get(f"/tickets/{ticket.id}").text
    assert "Taken over" in page[page.index('id="deviations"') :]
    assert "Kasubbag sakit." in page
    assert PASSWORD not in page
