"""The calendar page: what the admin sees and changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars import service
from helpdesk.calendars.models import CalendarDay
from helpdesk.calendars.overview import is_joint_leave_missing
from helpdesk.calendars.rules import DayKind, Holiday, day_of
from tests.factories.moments import MORNING
from tests.factories.people import Office

SignIn = Callable[[FlaskClient, Person], None]


@pytest.fixture
def as_admin(client: FlaskClient, office: Office, sign_in: SignIn) -> Iterator[FlaskClient]:
    """A browser in which the admin is signed in, on a Monday morning."""
    with time_machine.travel(MORNING, tick=False):
        sign_in(client, office.admin)
        yield client


def enter(client: FlaskClient, **values: object):
    data = {"kind": "closed", "starts_on": "2026-11-24", "name": "Rapat kerja", **values}
    return client.post("/calendar/days", data=data)


def test_the_page_shows_the_week_and_the_national_list(as_admin: FlaskClient) -> None:
    page = as_admin.get("/calendar").get_data(as_text=True)
    assert "37 hours 30 minutes" in page
    assert "07:30–12:00" in page
    assert "Independence Day" in page
    assert "Joint leave" in page


@pytest.mark.parametrize("query", ["?year=1", "?year=abc", "?year=99999", "?year=2028", "?year=2019"])
def test_every_year_has_a_page(as_admin: FlaskClient, query: str) -> None:
    assert as_admin.get(f"/calendar{query}").status_code == 200


def test_only_the_admin_keeps_the_calendar(client: FlaskClient, office: Office, sign_in: SignIn) -> None:
    sign_in(client, office.kabag)
    assert client.get("/calendar").status_code == 403
    assert enter(client).status_code == 403


def test_a_day_is_entered_and_withdrawn(as_admin: FlaskClient, session: Session, office: Office) -> None:
    assert enter(as_admin).location == "/calendar?year=2026#own-days"
    day = session.scalars(select(CalendarDay)).one()
    assert (day.starts_on, day.ends_on, day.created_by_id) == (
        date(2026, 11, 24),
        date(2026, 11, 24),
        office.admin.id,
    )
    assert "Rapat kerja" in as_admin.get("/calendar?year=2026").get_data(as_text=True)
    withdraw = f"/calendar/days/{day.id}/withdraw"
    assert as_admin.post(withdraw).status_code == 302
    assert as_admin.post(withdraw).status_code == 409
    assert "Withdrawn" in as_admin.get("/calendar?year=2026").get_data(as_text=True)


def test_ramadan_hours_are_entered_with_their_fridays(
    as_admin: FlaskClient, app: Flask, session: Session
) -> None:
    entered = enter(
        as_admin,
        kind="special",
        starts_on="2027-02-08",
        ends_on="2027-03-05",
        name="Ramadan",
        hours="08.00-12.00, 12.30-15.00",
        friday_hours="08:00-11:30; 12:30-15:30",
    )
    assert entered.status_code == 302
    calendar = service.office_calendar(session, app.extensions["calendar"])
    monday_to_sunday = [day_of(calendar, date(2027, 2, day)).working_minutes for day in range(8, 15)]
    assert monday_to_sunday == [390, 390, 390, 390, 390, 0, 0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"hours": "08.00-12.00"}, "A closed day has no hours"),
        ({"kind": "special"}, "Write the hours that hold instead of the usual ones."),
        ({"kind": "special", "hours": "delapan sampai dua belas"}, "cannot be read"),
        ({"kind": "special", "hours": "08.00-12.00, 11.00-15.00"}, "overlap"),
        ({"kind": "open", "starts_on": "2026-11-28"}, "The week has no hours for this day"),
        ({"ends_on": "2026-11-23"}, "The last day comes before the first."),
        ({"name": ""}, "Say why, in a few words."),
        ({"starts_on": ""}, "Enter the first day."),
        ({"kind": "lain"}, "Not a valid choice."),
    ],
)
def test_an_entry_that_cannot_be_meant_says_why_beside_its_field(
    as_admin: FlaskClient, session: Session, values: dict[str, object], sentence: str
) -> None:
    response = enter(as_admin, **values)
    assert response.status_code == 422
    assert sentence in response.get_data(as_text=True)
    assert session.scalars(select(CalendarDay)).all() == []


def test_the_page_answers_when_something_is_due(as_admin: FlaskClient) -> None:
    question = "/calendar?start=2026-11-23T09:30&minutes=570"
    assert "24 Nov 2026, 11:30 WIB" in as_admin.get(question).get_data(as_text=True)
    enter(as_admin)
    assert "25 Nov 2026, 11:30 WIB" in as_admin.get(question).get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "start=&minutes=",
        "start=x&minutes=y",
        "start=2026-11-23T09:30&minutes=-5",
        "start=9999-12-31T23:59&minutes=9",
    ],
)
def test_a_question_without_sense_is_answered_politely(as_admin: FlaskClient, query: str) -> None:
    page = as_admin.get(f"/calendar?{query}")
    assert page.status_code == 200
    assert "This cannot be reckoned" in page.get_data(as_text=True)


class DecreedUntil2026:
    """A national list whose joint leave ends with 2026."""

    def in_year(self, year: int) -> dict[date, Holiday]:
        """Return one day of joint leave up to 2026, and a holiday in every year."""
        days = {date(year, 8, 17): Holiday("Hari Kemerdekaan", "Independence Day", DayKind.NATIONAL_HOLIDAY)}
        if year <= 2026:
            days[date(year, 12, 24)] = Holiday("Cuti Bersama Natal", "Christmas Leave", DayKind.JOINT_LEAVE)
        return days


def test_a_year_whose_joint_leave_is_not_decreed_yet_is_warned_about(
    as_admin: FlaskClient, app: Flask
) -> None:
    assert "holds no joint leave" not in as_admin.get("/calendar").get_data(as_text=True)
    app.extensions["calendar"] = replace(app.extensions["calendar"], holidays=DecreedUntil2026())
    page = as_admin.get("/calendar").get_data(as_text=True)
    assert "The national list of 2027 holds no joint leave (cuti bersama) yet." in page
    assert "The national list of 2026" not in page


def test_an_office_without_a_national_list_is_not_warned(app: Flask) -> None:
    calendar = app.extensions["calendar"]
    assert not is_joint_leave_missing(calendar, 2027)
    assert is_joint_leave_missing(replace(calendar, holidays=DecreedUntil2026()), 2027)
