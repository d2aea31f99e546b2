"""The pages of acting officers and of qualifications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import ActingAppointment, Person
from tests.factories.moments import office_day
from tests.factories.people import KABAG, KASUBBAG, Office, make_person

SignIn = Callable[[FlaskClient, Person], None]


def decree(office: Office, **values: object) -> dict[str, object]:
    today = office_day()
    return {
        "person_id": office.kasubbag.id,
        "kind": "plh",
        "for_person_id": office.kabag.id,
        "decree_number": "SPT-17/SET/2026",
        "starts_on": (today + timedelta(days=1)).isoformat(),
        "ends_on": (today + timedelta(days=9)).isoformat(),
        "includes_secret": "y",
        **values,
    }


def test_the_admin_enters_a_decree_and_everybody_sees_who_acts(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office
) -> None:
    sign_in(client, office.admin)
    page = client.get("/people/acting").text
    assert f"/people/acting/new/{KABAG}" in page
    form = client.get(f"/people/acting/new/{KABAG}").text
    assert office.kasubbag.name in form
    assert client.post(f"/people/acting/new/{KABAG}", data=decree(office)).status_code == 302
    row = session.scalars(select(ActingAppointment)).one()
    assert (row.person_id, row.for_person_id, row.kind) == (office.kasubbag.id, office.kabag.id, "plh")
    sign_in(client, office.pelaksana)
    shown = client.get("/people/acting").text
    assert "SPT-17/SET/2026" in shown
    assert "Plh." in shown
    assert "/people/acting/new" not in shown


def test_the_office_above_says_who_acts_and_others_do_not(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office
) -> None:
    data = decree(office, person_id=office.pelaksana.id, for_person_id=office.kasubbag.id)
    sign_in(client, office.kasubbag)
    assert client.get(f"/people/acting/new/{KASUBBAG}").status_code == 403
    assert client.post(f"/people/acting/new/{KASUBBAG}", data=data).status_code == 403
    sign_in(client, office.kabag)
    assert client.post(f"/people/acting/new/{KASUBBAG}", data=data).status_code == 302
    assert client.get("/people/acting/new/admin").status_code == 404


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"decree_number": ""}, "Give the number of the decree."),
        ({"ends_on": "2020-01-01"}, "The last day comes before the first."),
        ({"kind": "plt"}, "A Plt. fills an office without a holder"),
        ({"person_id": ""}, "Choose who is to act."),
    ],
)
def test_a_refused_decree_is_shown_again_with_all_that_was_typed(
    client: FlaskClient, sign_in: SignIn, office: Office, values: dict[str, object], sentence: str
) -> None:
    sign_in(client, office.admin)
    data = decree(office, **{"decree_number": "SPT-99", **values})
    answer = client.post(f"/people/acting/new/{KABAG}", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert str(data["decree_number"]) in answer.text


def test_an_acting_appointment_is_withdrawn_with_a_reason(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office
) -> None:
    sign_in(client, office.admin)
    client.post(f"/people/acting/new/{KABAG}", data=decree(office))
    row = session.scalars(select(ActingAppointment)).one()
    path = f"/people/acting/{row.id}/withdraw"
    assert client.post(path, data={"reason": ""}).status_code == 422
    assert client.get(path).status_code == 200
    assert client.post(path, data={"reason": "Dinas luar dibatalkan."}).status_code == 302
    session.expire_all()
    assert row.withdrawn_reason == "Dinas luar dibatalkan."
    assert "Dinas luar dibatalkan." in client.get("/people/acting?all=1").text
    sign_in(client, office.pelaksana)
    assert client.get(path).status_code == 403


def test_an_office_that_nobody_holds_is_named_with_the_way_to_mend_it(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office
) -> None:
    sign_in(client, office.admin)
    assert f"/people/acting/new/{KASUBBAG}" not in client.get("/people").text
    office.kasubbag.is_active = False
    session.commit()
    page = client.get("/people").text
    assert "Nobody stands in these offices today" in page
    assert f"/people/acting/new/{KASUBBAG}" in page


def test_who_signed_in_yesterday_gains_the_office_today_and_loses_it_with_the_decree(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office
) -> None:
    deputy = make_person(session, name="Tanpa Jabatan")
    sign_in(client, deputy)
    assert client.get("/desk").status_code == 403
    today = office_day()
    row = ActingAppointment(
        person_id=deputy.id,
        role=KABAG,
        kind="plh",
        for_person_id=office.kabag.id,
        decree_number="SPT-1",
        starts_on=today,
        ends_on=today,
        timezone="Asia/Jakarta",
        begins_at=clock.now() - timedelta(hours=1),
        ends_before=clock.now() + timedelta(hours=1),
        scope={},
        created_at=clock.now(),
    )
    session.add(row)
    session.commit()
    page = client.get("/desk")
    assert page.status_code == 200
    assert "Plh." in page.text
    row.ends_before = clock.now() - timedelta(seconds=1)
    session.commit()
    assert client.get("/desk").status_code == 403


def test_the_admin_records_what_a_person_is_qualified_for(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office
) -> None:
    sign_in(client, office.admin)
    path = f"/people/{office.pelaksana.id}"
    data = {"code": "helpdesk_system", "evidence": "Sertifikat 12/2025", "valid_from": "2025-01-01"}
    assert client.post(f"{path}/qualifications", data={**data, "evidence": ""}).status_code == 422
    assert client.post(f"{path}/qualifications", data={**data, "code": "flying"}).status_code == 422
    assert client.post(f"{path}/qualifications", data=data).status_code == 302
    page = client.get(path).text
    assert "Sertifikat 12/2025" in page
    assert "Has knowledge of a helpdesk system" in page
    row = office.pelaksana.qualifications[0]
    assert client.post(f"{path}/qualifications/{row.id}/withdraw").status_code == 302
    session.expire_all()
    assert office.pelaksana.qualifications[0].withdrawn_at is not None
