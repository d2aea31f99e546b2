"""The calendar against a slow oracle that walks minute by minute and shares none of its code or data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.calendars.catalogue import parse_calendar
from helpdesk.calendars.rules import due_at, is_working, working_minutes_between

OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
CALENDARS = {
    zone: parse_calendar(
        f"""
timezone: {zone}
week:
  mon-thu: ["07:30-12:00", "13:00-16:00"]
  jumat: ["07.30-11.30", "13.00-16.30"]
closed: [{{from: 2026-07-06, to: 2026-07-07, name: Rapat kerja}}]
open: [{{date: 2026-12-26, name: Siaga, hours: "09:00-12:00"}}]
special:
  - name: Ramadan
    from: 2026-02-19
    to: 2026-03-20
    week:
      senin-kamis: ["08.00-12.00", "12.30-15.00"]
      jumat: ["08.00-11.30", "12.30-15.30"]
""",
        "oracle.yaml",
    )
    for zone in OFFSETS
}

# The decree on national holidays and cuti bersama of 2026, typed here once more.
DAYS_OFF_2026 = {
    *("01-01", "01-16", "02-16", "02-17", "03-18", "03-19", "03-20", "03-21", "03-22", "03-23", "03-24"),
    *("04-03", "04-05", "05-01", "05-14", "05-15", "05-27", "05-28", "05-31", "06-01", "06-16"),
    *("08-17", "08-25", "12-24", "12-25"),
}


def oracle_windows(on: date) -> list[tuple[int, int]]:
    """The working hours of a day of 2026, said a second time."""
    key = on.strftime("%m-%d")
    if key in ("07-06", "07-07"):
        return []
    if key == "12-26":
        return [(540, 720)]
    if on.weekday() > 4 or key in DAYS_OFF_2026:
        return []
    friday = on.weekday() == 4
    if "02-19" <= key <= "03-20":
        return [(480, 690), (750, 930)] if friday else [(480, 720), (750, 900)]
    return [(450, 690), (780, 990)] if friday else [(450, 720), (780, 960)]


def oracle_is_working(minute: datetime) -> bool:
    """Whether the minute on the wall clock is worked."""
    number = minute.hour * 60 + minute.minute
    return any(start <= number < end for start, end in oracle_windows(minute.date()))


def oracle_due(start: datetime, minutes: int, offset: int) -> datetime:
    """Walk from minute to minute until the budget is used up."""
    minute = start.replace(tzinfo=None) + timedelta(hours=offset)
    while minutes:
        minutes -= oracle_is_working(minute)
        minute += timedelta(minutes=1)
    return (minute - timedelta(hours=offset)).replace(tzinfo=UTC)


# To the end of November, so that no deadline leaves the year whose days off are typed above.
whole_minutes = st.integers(0, 333 * 1440).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
# Where mistakes live: about the edges of the windows, of Ramadan, of the long holidays, of weekends.
edges = st.builds(
    lambda day, hour, minute: datetime(2026, *day, hour, minute, tzinfo=UTC),
    st.sampled_from([(2, 18), (2, 19), (3, 17), (3, 25), (5, 13), (5, 26), (7, 3), (8, 14), (12, 23)]),
    st.integers(0, 23),
    st.sampled_from([0, 1, 29, 30, 31, 59]),
)
starts = whole_minutes | edges
zones = st.sampled_from(sorted(OFFSETS))


@settings(max_examples=150, deadline=None)
@given(start=starts, minutes=st.integers(1, 1200), zone=zones)
def test_every_deadline_is_the_one_counted_minute_by_minute(start, minutes, zone):
    assert due_at(CALENDARS[zone], start, minutes) == oracle_due(start, minutes, OFFSETS[zone])


@settings(max_examples=300, deadline=None)
@given(start=starts, seconds=st.integers(0, 59), minutes=st.integers(1, 30_000), zone=zones)
def test_the_time_from_a_start_to_its_deadline_is_the_budget(start, seconds, minutes, zone):
    start += timedelta(seconds=seconds)
    due = due_at(CALENDARS[zone], start, minutes)
    assert working_minutes_between(CALENDARS[zone], start, due) == minutes


@settings(max_examples=300, deadline=None)
@given(start=starts, first=st.integers(1, 2000), second=st.integers(1, 2000), zone=zones)
def test_a_budget_may_be_used_up_in_two_parts(start, first, second, zone):
    calendar = CALENDARS[zone]
    assert due_at(calendar, due_at(calendar, start, first), second) == due_at(calendar, start, first + second)


@pytest.mark.parametrize("zone", sorted(OFFSETS))
def test_every_quarter_of_an_hour_of_the_year_is_worked_or_not_as_counted(zone):
    for number in range(0, 365 * 1440, 15):
        local = datetime(2026, 1, 1) + timedelta(minutes=number)  # noqa: DTZ001
        moment = (local - timedelta(hours=OFFSETS[zone])).replace(tzinfo=UTC)
        assert is_working(CALENDARS[zone], moment) == oracle_is_working(local), local
