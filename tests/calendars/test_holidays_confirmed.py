"""Holidays are suggested by the library and confirmed by the office, year by year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.calendars import queries, service
from helpdesk.calendars.catalogue import calendar_of_office, default_calendar
from helpdesk.calendars.confirmed import suggested_days, unheard_of, years_to_confirm
from helpdesk.calendars.models import HolidayConfirmation
from helpdesk.calendars.pasted import ListUnreadable, read_day_list
from helpdesk.calendars.rules import DayKind, NoHolidays, WorkingCalendar, day_of
from helpdesk.errors import InputInvalid
from helpdesk.events import Event
from tests.factories.moments import MORNING
from tests.factories.people import Office

INDEPENDENCE_DAY = date(2027, 8, 17)
JOINT_LEAVE = date(2027, 12, 27)


@pytest.fixture
def base() -> WorkingCalendar:
    return default_calendar()


def confirm(
    session: Session,
    base: WorkingCalendar,
    office: Office,
    *,
    without: tuple[date, ...] = (),
    added: tuple[tuple[date, str, DayKind], ...] = (),
) -> HolidayConfirmation:
    kept = {day.on for day in suggested_days(base.holidays, 2027)} - set(without)
    return service.confirm_holidays(session, base, 2027, kept=kept, added=added, by=office.admin, now=MORNING)


def test_until_a_year_is_confirmed_its_suggestions_hold(session: Session, base: WorkingCalendar) -> None:
    calendar = service.office_calendar(session, base)
    assert day_of(calendar, INDEPENDENCE_DAY).kind is DayKind.NATIONAL_HOLIDAY
    assert queries.list_confirmed_years(session) == frozenset()


def test_a_day_that_is_left_out_is_worked_and_a_day_that_is_added_is_not(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    confirm(
        session,
        base,
        office,
        without=(INDEPENDENCE_DAY,),
        added=((JOINT_LEAVE, "Cuti Bersama Idulfitri", DayKind.JOINT_LEAVE),),
    )
    session.expire_all()
    calendar = service.office_calendar(session, base)
    assert day_of(calendar, INDEPENDENCE_DAY).working_minutes == 450
    day = day_of(calendar, JOINT_LEAVE)
    assert (day.kind, day.name, day.working_minutes) == (DayKind.JOINT_LEAVE, "Cuti Bersama Idulfitri", 0)


def test_other_years_keep_their_suggestions(session: Session, base: WorkingCalendar, office: Office) -> None:
    confirm(session, base, office)
    calendar = service.office_calendar(session, base)
    assert day_of(calendar, date(2026, 8, 17)).kind is DayKind.NATIONAL_HOLIDAY


def test_what_is_confirmed_holds_whatever_the_library_says_later(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    confirm(session, base, office)
    without_library = replace(base, holidays=NoHolidays())
    calendar = service.office_calendar(session, without_library)
    assert day_of(calendar, INDEPENDENCE_DAY).kind is DayKind.NATIONAL_HOLIDAY


def test_a_second_confirmation_replaces_the_first_which_stays_on_record(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    confirm(session, base, office, without=(INDEPENDENCE_DAY,))
    confirm(session, base, office)
    assert session.scalars(select(HolidayConfirmation.number)).all() == [1, 2]
    assert day_of(service.office_calendar(session, base), INDEPENDENCE_DAY).hours == ()


def test_the_journal_says_who_when_and_the_days_before_and_after(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    confirm(session, base, office, without=(INDEPENDENCE_DAY,))
    event = session.scalars(select(Event).where(Event.kind == "holidays_confirmed")).one()
    assert (event.actor_id, event.at) == (office.admin.id, MORNING)
    assert event.data["left_out"] == ["2027-08-17"]
    assert event.data["changes"] == [
        {"from": "2027-08-17", "to": "2027-08-17", "before": "", "after": "07:30-12:00, 13:00-16:00"}
    ]
    assert queries.list_changes(session)[0] is event


def test_a_day_of_another_year_is_refused(session: Session, base: WorkingCalendar, office: Office) -> None:
    with pytest.raises(InputInvalid):
        confirm(session, base, office, added=((date(2028, 1, 3), "Cuti", DayKind.JOINT_LEAVE),))


def test_a_suggestion_that_came_after_the_confirmation_is_told(base: WorkingCalendar) -> None:
    suggested = suggested_days(base.holidays, 2027)
    assert unheard_of(suggested, suggested[1:]) == [suggested[0]]


@pytest.mark.parametrize(
    ("today", "confirmed", "years"),
    [
        (date(2026, 9, 30), {2026}, []),
        (date(2026, 10, 1), {2026}, [2027]),
        (date(2026, 10, 1), {2026, 2027}, []),
        (date(2027, 1, 1), {2026}, [2027]),
        (date(2026, 12, 31), set(), [2026, 2027]),
    ],
)
def test_the_next_year_is_awaited_from_october_on_and_this_one_always(today, confirmed, years) -> None:
    assert years_to_confirm(confirmed, today) == years


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027-03-12 Cuti Bersama", ["2027-03-12"]),
        ("12 Maret 2027: Cuti Bersama Idulfitri", ["2027-03-12"]),
        ("Jumat, 12 Maret 2027\tCuti Bersama", ["2027-03-12"]),
        ("18-20 Maret 2027 Cuti Bersama", ["2027-03-18", "2027-03-19", "2027-03-20"]),
        ("30 April s.d. 2 Mei 2027 Cuti Bersama", ["2027-04-30", "2027-05-01", "2027-05-02"]),
        ("12/03/2027; Cuti", ["2027-03-12"]),
        ("1) 12 Mar Cuti\n\n2) 24 Des Natal", ["2027-03-12", "2027-12-24"]),
        ("• 24 December 2027 – Christmas leave", ["2027-12-24"]),
    ],
)
def test_a_list_is_read_as_people_paste_it(text: str, days: list[str]) -> None:
    found = read_day_list(text, 2027)
    assert [day.on.isoformat() for day in found] == days
    assert all(day.name and not day.name[0].isdigit() for day in found)


@pytest.mark.parametrize(
    "text",
    [
        "besok",
        "12 Foo 2027 Cuti",
        "31 Februari 2027 Cuti",
        "12 Maret 2026 Cuti",
        "12 Maret 2027",
        "20-18 Maret Cuti",
    ],
)
def test_a_line_that_says_no_day_of_the_year_is_named(text: str) -> None:
    with pytest.raises(ListUnreadable) as problem:
        read_day_list(f"2027-08-17 Kemerdekaan\n{text}", 2027)
    assert problem.value.line == 2


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_without_a_file_the_shipped_calendar_keeps_the_time_of_the_office(zone: str) -> None:
    assert calendar_of_office(None, zone).timezone == zone


def test_a_calendar_file_that_says_something_new_is_noted_once(
    session: Session, base: WorkingCalendar
) -> None:
    assert service.note_file(session, base, now=MORNING)
    assert not service.note_file(session, base, now=MORNING)
    other = replace(base, week=(base.week[0][:1], *base.week[1:]))
    assert service.note_file(session, other, now=MORNING)
    assert [event.data["name"] for event in queries.list_changes(session)] == [base.name] * 2
