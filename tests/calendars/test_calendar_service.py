"""The office's own days change the calendar, stay on record, and can be withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.calendars import queries, service
from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.models import CalendarDay
from helpdesk.calendars.rules import DayKind, ExceptionKind, Window, WorkingCalendar, day_of, due_at
from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.events import Event
from tests.factories.moments import MORNING
from tests.factories.people import Office

MORNING_HOURS = (Window(8 * 60, 12 * 60),)


@pytest.fixture
def base() -> WorkingCalendar:
    return default_calendar()


def add(
    session: Session,
    base: WorkingCalendar,
    office: Office,
    kind: ExceptionKind,
    first: date,
    last: date | None = None,
    **more: object,
) -> CalendarDay:
    values = {"name": "Rapat kerja", "by": office.admin, "now": MORNING, **more}
    return service.add_day(session, base, kind=kind, starts_on=first, ends_on=last or first, **values)  # type: ignore[arg-type]


def test_without_own_days_the_calendar_is_the_file(session: Session, base: WorkingCalendar) -> None:
    assert service.office_calendar(session, base) is base


def test_a_closed_day_moves_the_deadline_past_it(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    start = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert due_at(service.office_calendar(session, base), start, 570).date() == date(2026, 11, 24)
    add(session, base, office, ExceptionKind.CLOSED, date(2026, 11, 24))
    assert due_at(service.office_calendar(session, base), start, 570).date() == date(2026, 11, 25)


def test_an_open_saturday_needs_its_hours(session: Session, base: WorkingCalendar, office: Office) -> None:
    saturday = date(2026, 11, 28)
    with pytest.raises(InputInvalid) as refusal:
        add(session, base, office, ExceptionKind.OPEN, saturday)
    assert refusal.value.details["field"] == "hours"
    add(session, base, office, ExceptionKind.OPEN, saturday, hours=(MORNING_HOURS,) * 7)
    day = day_of(service.office_calendar(session, base), saturday)
    assert (day.kind, day.working_minutes) == (DayKind.OPEN, 240)


def test_an_open_holiday_keeps_the_usual_hours(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    independence_day = date(2026, 8, 17)
    assert day_of(base, independence_day).kind is DayKind.NATIONAL_HOLIDAY
    add(session, base, office, ExceptionKind.OPEN, independence_day)
    assert day_of(service.office_calendar(session, base), independence_day).working_minutes == 450


def test_ramadan_hours_hold_from_a_date_to_a_date(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    week = (*[(Window(480, 720), Window(750, 900))] * 4, (Window(480, 690), Window(750, 930)), None, None)
    first, last = date(2027, 2, 8), date(2027, 3, 5)
    add(session, base, office, ExceptionKind.SPECIAL, first, last, hours=week)
    session.expire_all()
    calendar = service.office_calendar(session, base)
    assert day_of(calendar, date(2027, 2, 9)).working_minutes == 390
    assert day_of(calendar, date(2027, 2, 12)).working_minutes == 390
    assert day_of(calendar, date(2027, 2, 13)).hours == ()
    assert day_of(calendar, date(2027, 3, 23)).working_minutes == 450


def test_a_withdrawn_day_counts_no_longer_and_stays_on_record(
    session: Session, base: WorkingCalendar, office: Office
) -> None:
    day = add(session, base, office, ExceptionKind.CLOSED, date(2026, 11, 24))
    service.withdraw_day(session, base, day, by=office.admin, now=MORNING)
    assert service.office_calendar(session, base) is base
    assert list(queries.list_days_of_year(session, 2026)) == [day]
    own = Event.kind.startswith("calendar_day_")
    kinds = session.scalars(select(Event.kind).where(own).order_by(Event.id)).all()
    assert kinds == ["calendar_day_added", "calendar_day_withdrawn"]
    with pytest.raises(EditConflict):
        service.withdraw_day(session, base, day, by=office.admin, now=MORNING)


def test_the_later_entry_wins(session: Session, base: WorkingCalendar, office: Office) -> None:
    tuesday = date(2026, 11, 24)
    add(session, base, office, ExceptionKind.CLOSED, tuesday)
    add(session, base, office, ExceptionKind.OPEN, tuesday)
    assert day_of(service.office_calendar(session, base), tuesday).kind is DayKind.OPEN


@pytest.mark.parametrize(
    ("kind", "first", "last", "more", "field"),
    [
        (ExceptionKind.CLOSED, date(2026, 11, 24), date(2026, 11, 23), {}, "ends_on"),
        (ExceptionKind.CLOSED, date(2026, 1, 1), date(2027, 12, 31), {}, "ends_on"),
        (ExceptionKind.CLOSED, date(2026, 11, 24), date(2026, 11, 24), {"name": "  "}, "name"),
        (ExceptionKind.SPECIAL, date(2026, 11, 24), date(2026, 11, 24), {}, "hours"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_refused(
    session: Session,
    base: WorkingCalendar,
    office: Office,
    kind: ExceptionKind,
    first: date,
    last: date,
    more: dict[str, object],
    field: str,
) -> None:
    with pytest.raises(InputInvalid) as refusal:
        add(session, base, office, kind, first, last, **more)
    assert refusal.value.details["field"] == field
