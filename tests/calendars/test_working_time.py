"""The calendar's arithmetic on examples that a person can check by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.errors import (
    BudgetNegative,
    HoursInvalid,
    MomentNaive,
    MomentOutOfRange,
    WorkingTimeMissing,
)
from helpdesk.calendars.rules import (
    DatedException,
    DayKind,
    ExceptionKind,
    Window,
    WorkingCalendar,
    day_of,
    due_at,
    is_working,
    next_close,
    next_opening,
    working_minutes_between,
)

JAKARTA = timezone(timedelta(hours=7))
OFFICE = default_calendar()
MORNING = (Window(450, 720),)


def wib(text: str) -> datetime:
    """A moment on the office's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("start", "minutes", "due", "why"),
    [
        ("2026-11-23 09:30", 60, "2026-11-23 10:30", "within one window"),
        ("2026-11-23 09:30", 570, "2026-11-24 11:30", "over lunch and a night"),
        ("2026-11-23 11:30", 60, "2026-11-23 13:30", "over the break"),
        ("2026-11-23 12:15", 10, "2026-11-23 13:10", "a start in the break counts from its end"),
        ("2026-11-23 20:00", 60, "2026-11-24 08:30", "a start in the evening counts from the next morning"),
        ("2026-11-22 10:00", 60, "2026-11-23 08:30", "a start on Sunday counts from Monday"),
        ("2026-11-27 15:30", 120, "2026-11-30 08:30", "from Friday into Monday"),
        ("2026-11-27 11:00", 60, "2026-11-27 13:30", "Friday's break is longer and earlier"),
        ("2026-12-23 15:00", 120, "2026-12-28 08:30", "over cuti bersama, Christmas and a weekend"),
        ("2026-03-17 15:30", 60, "2026-03-25 08:00", "over the week of Nyepi and Idul Fitri"),
        ("2026-12-31 15:00", 120, "2027-01-04 08:30", "over New Year"),
        ("2026-11-23 13:00", 180, "2026-11-23 16:00", "used up exactly at closing time: due at closing time"),
        ("2026-11-23 07:30", 270, "2026-11-23 12:00", "used up exactly at the break: due at the break"),
        ("2026-11-23 16:00", 1, "2026-11-24 07:31", "closing time itself is no longer working time"),
    ],
)
def test_a_deadline_counts_working_minutes_only(start, minutes, due, why):
    assert due_at(OFFICE, wib(start), minutes) == wib(due), why


def test_a_start_inside_working_time_keeps_its_seconds():
    assert due_at(OFFICE, wib("2026-11-23 09:30:30"), 60) == wib("2026-11-23 10:30:30")
    # Half a minute is left at the break; the other half is worked after it.
    assert due_at(OFFICE, wib("2026-11-23 11:00:30"), 60) == wib("2026-11-23 13:00:30")


def test_a_start_outside_working_time_has_no_seconds_to_keep():
    assert due_at(OFFICE, wib("2026-11-23 06:12:34.567"), 60) == wib("2026-11-23 08:30")


def test_no_minutes_are_due_at_the_first_working_moment():
    assert due_at(OFFICE, wib("2026-11-23 09:30"), 0) == wib("2026-11-23 09:30")
    assert due_at(OFFICE, wib("2026-11-22 09:30"), 0) == wib("2026-11-23 07:30")


def test_the_answer_is_in_utc():
    assert due_at(OFFICE, wib("2026-11-23 09:30"), 60).tzinfo is UTC


@pytest.mark.parametrize("question", [is_working, next_opening, next_close])
def test_a_moment_without_a_time_zone_is_refused(question):
    with pytest.raises(MomentNaive):
        question(OFFICE, datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001
    with pytest.raises(MomentNaive):
        due_at(OFFICE, datetime(2026, 11, 23, 9, 30), 60)  # noqa: DTZ001


def test_a_negative_budget_is_refused():
    with pytest.raises(BudgetNegative):
        due_at(OFFICE, wib("2026-11-23 09:30"), -1)


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_no_calendar_speaks_about_is_refused(moment):
    with pytest.raises(MomentOutOfRange):
        due_at(OFFICE, moment, 60)


def test_a_budget_beyond_the_calendar_is_refused_instead_of_searched_for_ever():
    closed = DatedException(date(1900, 1, 1), date(9999, 12, 31), ExceptionKind.CLOSED, "Bubar")
    with pytest.raises(WorkingTimeMissing):
        due_at(OFFICE.with_exceptions([closed]), wib("2026-11-23 09:30"), 1)


def test_a_year_without_a_holiday_list_is_counted_by_the_week():
    start = datetime(2450, 1, 3, 2, 30, tzinfo=UTC)
    assert working_minutes_between(OFFICE, start, due_at(OFFICE, start, 570)) == 570


def test_an_office_opens_at_its_first_minute_and_closes_before_its_last():
    assert is_working(OFFICE, wib("2026-11-23 07:30"))
    assert is_working(OFFICE, wib("2026-11-23 15:59:59"))
    assert not is_working(OFFICE, wib("2026-11-23 07:29:59"))
    assert not is_working(OFFICE, wib("2026-11-23 16:00"))
    assert not is_working(OFFICE, wib("2026-11-23 12:30"))


def test_the_next_opening_is_now_while_the_office_works():
    assert next_opening(OFFICE, wib("2026-11-23 09:30")) == wib("2026-11-23 09:30")
    assert next_opening(OFFICE, wib("2026-12-23 16:00")) == wib("2026-12-28 07:30")


def test_the_next_close_is_that_of_the_running_or_the_next_window():
    assert next_close(OFFICE, wib("2026-11-23 09:30")) == wib("2026-11-23 12:00")
    assert next_close(OFFICE, wib("2026-11-23 12:00")) == wib("2026-11-23 16:00")
    assert next_close(OFFICE, wib("2026-11-22 09:30")) == wib("2026-11-23 12:00")


def test_time_between_two_moments_is_negative_backwards():
    early, late = wib("2026-11-23 09:30"), wib("2026-11-24 11:30")
    assert working_minutes_between(OFFICE, early, late) == 570
    assert working_minutes_between(OFFICE, late, early) == -570
    assert working_minutes_between(OFFICE, wib("2026-12-31 15:00"), wib("2027-01-04 08:30")) == 120


def test_windows_that_meet_are_one():
    around = WorkingCalendar("Asia/Jakarta", ((Window(0, 600), Window(600, 1440)),) * 7)
    assert next_close(around, wib("2026-11-23 09:00")) > wib("2026-11-24 00:00")
    assert due_at(around, wib("2026-11-23 09:00"), 24 * 60) == wib("2026-11-24 09:00")


@pytest.mark.parametrize("ends", [(720, 720), (800, 700), (-1, 60), (1400, 1441)])
def test_a_window_ends_after_it_starts_and_within_its_day(ends):
    with pytest.raises(HoursInvalid):
        Window(*ends)


def test_windows_of_a_day_that_overlap_are_refused():
    with pytest.raises(HoursInvalid):
        WorkingCalendar("Asia/Jakarta", ((Window(450, 720), Window(700, 800)),) * 7)


def test_a_deadline_is_right_where_clocks_jump():
    berlin = WorkingCalendar("Europe/Berlin", ((Window(0, 360),),) * 7)
    # On 29 March 2026 the clock there skips from 02:00 to 03:00: five hours of work instead of six.
    start = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert due_at(berlin, start, 300) == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
    assert due_at(berlin, start, 301) == datetime(2026, 3, 29, 22, 1, tzinfo=UTC)


class TestDatedExceptions:
    """What an office changes about its own days."""

    CHRISTMAS = date(2026, 12, 25)

    def test_a_closed_day_is_not_worked_and_says_why(self):
        closed = DatedException(date(2026, 11, 24), date(2026, 11, 25), ExceptionKind.CLOSED, "Pindah kantor")
        calendar = OFFICE.with_exceptions([closed])
        assert due_at(calendar, wib("2026-11-23 15:00"), 120) == wib("2026-11-26 08:30")
        assert day_of(calendar, date(2026, 11, 25)).name == "Pindah kantor"
        assert day_of(calendar, date(2026, 11, 25)).kind is DayKind.CLOSED

    def test_an_open_day_is_worked_in_spite_of_a_holiday(self):
        opened = DatedException(self.CHRISTMAS, self.CHRISTMAS, ExceptionKind.OPEN, "Siaga")
        assert day_of(OFFICE, self.CHRISTMAS).hours == ()
        assert day_of(OFFICE.with_exceptions([opened]), self.CHRISTMAS).hours == OFFICE.week[4]

    def test_an_open_saturday_brings_its_own_hours(self):
        saturday = date(2026, 11, 28)
        opened = DatedException(saturday, saturday, ExceptionKind.OPEN, "Lembur", (MORNING,) * 7)
        calendar = OFFICE.with_exceptions([opened])
        assert due_at(calendar, wib("2026-11-27 16:00"), 60) == wib("2026-11-28 08:00")

    def test_special_hours_change_the_named_weekdays_and_no_holiday(self):
        mornings = (MORNING, None, None, None, None, None, None)
        special = DatedException(
            date(2026, 12, 1), date(2026, 12, 31), ExceptionKind.SPECIAL, "Khusus", mornings
        )
        friday = DatedException(
            date(2026, 12, 1),
            date(2026, 12, 31),
            ExceptionKind.SPECIAL,
            "Jumat",
            (None,) * 4 + (MORNING,) * 3,
        )
        calendar = OFFICE.with_exceptions([special, friday])
        assert day_of(calendar, date(2026, 12, 7)).hours == MORNING
        assert day_of(calendar, date(2026, 12, 8)).hours == OFFICE.week[1]
        assert day_of(calendar, date(2026, 12, 11)).name == "Jumat"
        assert day_of(calendar, self.CHRISTMAS).hours == ()

    def test_the_later_word_of_the_office_wins(self):
        on = date(2026, 11, 24)
        closed = DatedException(on, on, ExceptionKind.CLOSED, "Tutup")
        opened = DatedException(on, on, ExceptionKind.OPEN, "Buka")
        assert day_of(OFFICE.with_exceptions([closed, opened]), on).kind is DayKind.OPEN
        assert day_of(OFFICE.with_exceptions([opened, closed]), on).kind is DayKind.CLOSED

    def test_the_calendar_itself_is_not_changed(self):
        closed = DatedException(self.CHRISTMAS, self.CHRISTMAS, ExceptionKind.CLOSED, "Tutup")
        assert OFFICE.with_exceptions([closed]) != OFFICE
        assert OFFICE.exceptions == ()
