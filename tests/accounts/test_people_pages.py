"""The admin's list of people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries, service
from helpdesk.accounts.models import Person
from tests.factories.moments import office_day
from tests.factories.people import PASSWORD, Office, make_person

SignIn = Callable[[FlaskClient, Person], None]


@pytest.fixture
def as_admin(client: FlaskClient, office: Office, sign_in: SignIn) -> FlaskClient:
    """A browser in which the admin is signed in."""
    sign_in(client, office.admin)
    return client


def new_person(**values: object) -> dict[str, object]:
    today = office_day().isoformat()
    return {
        "name": "Siti Aminah, S.Kom.",
        "username": "siti.aminah",
        "language": "id",
        "roles": ["technician"],
        "starts_on": today,
        **values,
    }


def shown_password(page: str) -> str:
    found = re.search(r'<output class="password-once">([^<]+)</output>', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/people", "/people/new", "/people/1", "/people/1/edit"])
def test_only_an_admin_sees_the_list(client: FlaskClient, office: Office, sign_in: SignIn, path: str) -> None:
    sign_in(client, office.kabag)
    assert client.get(path).status_code == 403
    sign_in(client, office.admin)
    assert client.get(path).status_code == 200


def test_a_new_person_signs_in_with_the_password_shown_once(as_admin: FlaskClient, session: Session) -> None:
    page = as_admin.post("/people/new", data=new_person())
    assert page.status_code == 200
    password = shown_password(page.get_data(as_text=True))
    as_admin.post("/sign-out")
    signed_in = as_admin.post("/sign-in", data={"username": "siti.aminah", "password": password})
    assert signed_in.location == "/desk"
    person = session.scalars(select(Person).where(Person.username == "siti.aminah")).one()
    assert [each.role for each in person.appointments] == ["technician"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"username": "kabag"}, "The user name kabag is taken."),
        ({"username": "dua kata"}, "Use 2 to 64 small letters"),
        ({"nip": "123"}, "A NIP has 18 digits"),
        ({"email": "bukan surel"}, "Write an e-mail address"),
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["menteri"]}, "is not a valid choice for this field"),
        ({"starts_on": "kemarin"}, "Not a valid date value."),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(
    as_admin: FlaskClient, session: Session, values: dict[str, object], sentence: str
) -> None:
    response = as_admin.post("/people/new", data=new_person(**values))
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert sentence in page
    assert "Siti Aminah, S.Kom." in page
    assert session.scalars(select(Person).where(Person.name == "Siti Aminah, S.Kom.")).all() == []


def test_a_reset_ends_the_sessions_and_the_old_password(
    as_admin: FlaskClient, app, office: Office, sign_in: SignIn, session: Session
) -> None:
    kabag_browser = app.test_client()
    kabag_browser.session = session
    sign_in(kabag_browser, office.kabag)
    assert kabag_browser.get("/account").status_code == 200
    page = as_admin.post(f"/people/{office.kabag.id}/reset-password").get_data(as_text=True)
    session.expire_all()
    assert service.is_password_of(office.kabag, shown_password(page))
    assert not service.is_password_of(office.kabag, PASSWORD)
    assert kabag_browser.get("/account").status_code == 302


def test_a_deactivated_person_is_out_at_once_and_can_come_back(
    as_admin: FlaskClient, app, office: Office, sign_in: SignIn, session: Session
) -> None:
    kabag_browser = app.test_client()
    kabag_browser.session = session
    sign_in(kabag_browser, office.kabag)
    as_admin.post(f"/people/{office.kabag.id}/deactivate")
    assert kabag_browser.get("/account").status_code == 302
    assert "Dewi Lestari" not in as_admin.get("/people").get_data(as_text=True)
    assert "Dewi Lestari" in as_admin.get("/people?all=1").get_data(as_text=True)
    as_admin.post(f"/people/{office.kabag.id}/reactivate")
    assert kabag_browser.get("/account").status_code == 302, "an ended session must not come back to life"
    assert "Dewi Lestari" in as_admin.get("/people").get_data(as_text=True)


def test_the_admin_cannot_shut_themselves_out(
    as_admin: FlaskClient, office: Office, session: Session
) -> None:
    assert as_admin.post(f"/people/{office.admin.id}/deactivate").status_code == 409
    appointment = office.admin.appointments[0]
    response = as_admin.post(
        f"/people/{office.admin.id}/appointments/{appointment.id}/end",
        data={"last_day": office_day().isoformat()},
    )
    assert response.status_code == 422
    assert b"Appoint another admin first." in response.data
    session.expire_all()
    assert office.admin.is_active
    assert office.admin.appointments[0].ends_on is None


def test_details_are_corrected(as_admin: FlaskClient, office: Office, session: Session) -> None:
    values = {"name": "Dewi Lestari, M.Si.", "nip": "", "rank": "Pembina", "language": "id"}
    assert as_admin.post(f"/people/{office.kabag.id}/edit", data=values).status_code == 302
    session.expire_all()
    assert (office.kabag.name, office.kabag.nip) == ("Dewi Lestari, M.Si.", None)
    assert as_admin.post(f"/people/{office.kabag.id}/edit", data={**values, "name": ""}).status_code == 422


def test_an_appointment_from_a_date_to_a_date(
    as_admin: FlaskClient, office: Office, session: Session
) -> None:
    today = office_day()
    values = {"role": "head", "starts_on": today + timedelta(days=7), "ends_on": today + timedelta(days=14)}
    path = f"/people/{office.kasubbag.id}/appointments"
    assert as_admin.post(path, data=values).status_code == 302
    session.expire_all()
    assert queries.roles_of(office.kasubbag, today) == {"subhead"}
    assert queries.roles_of(office.kasubbag, today + timedelta(days=7)) == {"subhead", "head"}
    assert queries.roles_of(office.kasubbag, today + timedelta(days=15)) == {"subhead"}
    again = as_admin.post(path, data=values)
    assert again.status_code == 422
    assert b"already holds this office" in again.data
    backwards = as_admin.post(path, data={**values, "role": "auditor", "ends_on": today})
    assert b"The last day comes before the first." in backwards.data


def test_ending_an_appointment_keeps_it_on_record(
    as_admin: FlaskClient, office: Office, session: Session
) -> None:
    today = office_day()
    appointment = office.pelaksana.appointments[0]
    path = f"/people/{office.pelaksana.id}/appointments/{appointment.id}/end"
    assert as_admin.get(path).status_code == 200
    assert as_admin.post(path, data={"last_day": "nanti"}).status_code == 422
    assert as_admin.post(path, data={"last_day": today.isoformat()}).status_code == 302
    session.expire_all()
    assert [each.ends_on for each in office.pelaksana.appointments] == [today]
    elsewhere = f"/people/{office.kabag.id}/appointments/{appointment.id}/end"
    assert as_admin.get(elsewhere).status_code == 404


def test_a_person_without_any_appointment_has_a_page(as_admin: FlaskClient, session: Session) -> None:
    person = make_person(session)
    page = as_admin.get(f"/people/{person.id}")
    assert page.status_code == 200
    assert b"No appointment yet" in page.data


def test_the_second_of_two_who_correct_a_person_sees_both_and_loses_nothing(
    as_admin: FlaskClient, session: Session, office: Office
) -> None:
    path = f"/people/{office.kabag.id}/edit"
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', as_admin.get(path).text)
    assert found is not None
    details = {"name": office.kabag.name, "nip": office.kabag.nip, "language": "en", "seen": found[1]}
    assert as_admin.post(path, data={**details, "rank": "Pembina Tingkat I (IV/b)"}).status_code == 302
    refused = as_admin.post(path, data={**details, "rank": "Pembina Utama Muda (IV/c)"})
    assert refused.status_code == 409
    assert "Pembina Tingkat I (IV/b)" in refused.text
    assert "Pembina Utama Muda (IV/c)" in refused.text
    session.expire_all()
    assert office.kabag.rank == "Pembina Tingkat I (IV/b)"
    again = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', refused.text)
    assert again is not None
    answer = as_admin.post(path, data={**details, "rank": "Pembina Utama Muda (IV/c)", "seen": again[1]})
    assert answer.status_code == 302
    session.expire_all()
    assert office.kabag.rank == "Pembina Utama Muda (IV/c)"


def test_a_password_that_the_admin_set_signs_nothing_until_its_owner_chose_another(
    as_admin: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    page = as_admin.post(f"/people/{office.kabag.id}/reset-password").text
    session.expire_all()
    assert office.kabag.password_is_temporary
    assert "The password was set by somebody else." in as_admin.get(f"/people/{office.kabag.id}").text
    sign_in(as_admin, office.kabag)
    assert "Somebody else set your password." in as_admin.get("/account").text
    new = "sapi tiga minum teh"
    changed = {"present": shown_password(page), "password": new, "repeated": new}
    assert as_admin.post("/account/password", data=changed).status_code == 302
    session.expire_all()
    assert not office.kabag.password_is_temporary
