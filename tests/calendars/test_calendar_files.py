"""Calendar files: what may be written, and what a mistake in one is answered with."""

from __future__ import annotations

import json
from datetime import date

import pytest

from helpdesk.calendars.catalogue import (
    DEFAULT_CALENDAR,
    LibraryHolidays,
    default_calendar,
    load_calendar,
    parse_calendar,
)
from helpdesk.calendars.errors import CalendarFileInvalid
from helpdesk.calendars.rules import DayKind, Window, day_of

WEEK = "week: {mon-fri: ['08:00-16:00']}\n"


def problems_of(text: str, language: str = "id") -> list[str]:
    with pytest.raises(CalendarFileInvalid) as refused:
        parse_calendar(text, "kalender.yaml")
    return [problem.worded(language) for problem in refused.value.problems]


def test_the_shipped_calendar_is_37_and_a_half_hours_a_week():
    calendar = default_calendar()
    assert calendar.timezone == "Asia/Jakarta"
    assert calendar.week[0] == calendar.week[3] == (Window(450, 720), Window(780, 960))
    assert calendar.week[4] == (Window(450, 690), Window(780, 990))
    assert sum(w.end_minute - w.start_minute for day in calendar.week for w in day) == 37.5 * 60
    assert load_calendar() == calendar


@pytest.mark.parametrize(
    "leave",
    [date(2026, 2, 16), date(2026, 3, 20), date(2026, 12, 24), date(2027, 2, 5), date(2027, 12, 24)],
)
def test_joint_leave_of_this_and_the_next_year_is_known(leave):
    day = day_of(default_calendar(), leave)
    assert (day.hours, day.kind) == ((), DayKind.JOINT_LEAVE)
    assert "Cuti Bersama" in day.name


def test_a_national_holiday_is_named_in_both_languages():
    day = day_of(default_calendar(), date(2026, 8, 17))
    assert day.kind is DayKind.NATIONAL_HOLIDAY
    assert (day.name, day.english_name) == ("Hari Kemerdekaan Republik Indonesia", "Independence Day")


def test_a_year_whose_joint_leave_is_not_decreed_yet_is_told_apart():
    assert LibraryHolidays().has_joint_leave(2027)
    assert not LibraryHolidays().has_joint_leave(2031)
    assert LibraryHolidays().in_year(2500) == {}


def test_the_days_of_a_week_may_be_named_in_both_languages_alone_or_from_to():
    calendar = parse_calendar(
        "week: {Senin-kamis: 08.00-12.00, fri: ['8:00–11:30', '13:00 - 24:00'], sabtu: []}", "kalender.yaml"
    )
    assert calendar.week[:4] == ((Window(480, 720),),) * 4
    assert calendar.week[4:] == ((Window(480, 690), Window(780, 1440)), (), ())


def test_json_is_read_like_yaml():
    content = {"timezone": "WIT", "week": {"mon": ["08:00-16:00"]}, "holidays": False}
    calendar = parse_calendar(json.dumps(content, indent="\t"), "kalender.json")
    assert (calendar.timezone, calendar.week[0]) == ("Asia/Jayapura", (Window(480, 960),))
    assert day_of(calendar, date(2026, 8, 17)).kind is DayKind.REGULAR


def test_a_file_that_does_not_speak_of_holidays_keeps_the_national_ones():
    assert day_of(parse_calendar(WEEK, "k.yaml"), date(2026, 8, 17)).kind is DayKind.NATIONAL_HOLIDAY
    assert day_of(parse_calendar(WEEK + "holidays: true", "k.yaml"), date(2026, 12, 24)).hours == ()


def test_an_office_may_bring_its_own_list_in_place_of_the_national_one():
    calendar = parse_calendar(WEEK + "holidays: [2026-11-23]", "k.yaml")
    assert day_of(calendar, date(2026, 11, 23)).hours == ()
    assert day_of(calendar, date(2026, 8, 17)).hours


def test_public_holidays_can_be_kept_without_joint_leave():
    calendar = parse_calendar(WEEK + "holidays: {categories: [public]}", "k.yaml")
    assert day_of(calendar, date(2026, 12, 24)).hours
    assert not day_of(calendar, date(2026, 12, 25)).hours


def test_a_half_day_applies_to_working_weekdays_only():
    calendar = parse_calendar(
        WEEK + "special: [{from: 2026-12-26, to: 2026-12-31, name: Setengah hari, hours: 08.00-12.00}]",
        "k.yaml",
    )
    assert day_of(calendar, date(2026, 12, 28)).working_minutes == 240
    assert day_of(calendar, date(2026, 12, 26)).hours == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "kalender.yaml:1: berkas kosong"),
        ("timezone: Asia/Jakarta", "kalender.yaml:1: 'week' wajib diisi"),
        ("week: {}", "kalender.yaml:1: tidak ada jam kerja dalam seminggu"),
        ("week: {mon: []}", "kalender.yaml:1: tidak ada jam kerja dalam seminggu"),
        (
            WEEK + "timezone: Mars",
            "kalender.yaml:2: 'timezone' 'Mars' bukan zona waktu, tulis misalnya Asia/Jakarta",
        ),
        (WEEK + "libur: []", "kalender.yaml:2: 'libur' kunci ini tidak dikenal"),
        (WEEK + WEEK, "kalender.yaml:2: kunci 'week' tertulis dua kali"),
        (
            "week:\n  fun: []",
            "kalender.yaml:1: 'week' hari 'fun' tidak dikenal, tulis misalnya senin, mon atau senin-kamis",
        ),
        ("week: {mon-wed: [], tue: []}", "kalender.yaml:1: 'week' hari pada 'tue' sudah disebut"),
        (
            "week:\n  mon: [8-16]",
            "kalender.yaml:2: 'mon' jam '8-16' tidak dikenal, tulis misalnya '07.30-12.00'",
        ),
        (
            "week:\n  mon: ['08:00-12:00', '11:00-13:00']",
            "kalender.yaml:2: 'mon' jam bertumpang tindih: 08:00-12:00, 11:00-13:00",
        ),
        (WEEK + "closed: [2026-02-30]", "kalender.yaml:2: 'date' harus tanggal yang ada, tahun-bulan-hari"),
        (
            WEEK + "closed: [{from: 2026-02-02}]",
            "kalender.yaml:2: tulis 'date', atau 'from' bersama 'to'",
        ),
        (
            WEEK + "closed: [{from: 2026-02-02, to: 2026-02-01}]",
            "kalender.yaml:2: 'to' mendahului 'from'",
        ),
        (WEEK + "open: [2026-11-28]", "kalender.yaml:2: 2026-11-28 bukan hari kerja, tulis 'hours'"),
        (
            WEEK + "open: [2026-11-27]\nclosed: [2026-11-27]",
            "kalender.yaml:2: 2026-11-27 disebut buka dan tutup",
        ),
        (WEEK + "special: [{date: 2026-11-28}]", "kalender.yaml:2: tulis 'week' atau 'hours'"),
        ("week: &w {mon: []}\nspecial: [*w]", "kalender.yaml:2: acuan (*nama) tidak diperbolehkan"),
    ],
)
def test_a_mistake_is_named_with_its_line(text, problem):
    assert problem in problems_of(text)


def test_text_that_is_no_yaml_is_named_with_its_line():
    (problem,) = problems_of("week: {mon: [}\n")
    assert problem.startswith("kalender.yaml:1: bukan YAML atau JSON yang sah")


def test_a_mistake_is_named_in_english_too():
    assert problems_of(WEEK + "libur: []", "en") == ["kalender.yaml:2: 'libur' this key is not known"]


def test_all_mistakes_are_named_at_once():
    assert len(problems_of("timezone: Mars\nlibur: []\nweek: {mon: ['x']}")) == 3


def test_a_country_the_library_does_not_know_is_refused():
    (problem,) = problems_of(WEEK + "holidays: {country: XX}")
    assert "tidak dikenal oleh pustaka hari libur" in problem


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "tidak-ada.yaml", tmp_path):
        with pytest.raises(CalendarFileInvalid, match="tidak dapat dibaca"):
            load_calendar(path)


def test_the_example_of_ramadan_hours_in_the_shipped_file_works():
    text = DEFAULT_CALENDAR.read_text("utf-8")
    example = text[text.index("#   special:") : text.index("\nspecial: []")]
    uncommented = "\n".join(line[4:] for line in example.splitlines())
    calendar = parse_calendar(text.replace("special: []", uncommented), "ramadan.yaml")
    week = [day_of(calendar, date(2027, 2, day)).working_minutes for day in (15, 16, 17, 18, 19)]
    assert sum(week) == 32.5 * 60
