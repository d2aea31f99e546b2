from datetime import UTC, date, datetime

import pytest

from helpdesk.documents.rules import formats

MOMENT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def test_a_date_is_written_out_in_indonesian():
    assert formats.format_date(date(2026, 11, 23), weekday=True) == "Senin, 23 November 2026"
    assert formats.format_date(date(2026, 8, 7)) == "7 Agustus 2026"
    assert formats.format_date(date(2026, 8, 7), weekday=True, language="en") == "Friday, 7 August 2026"


@pytest.mark.parametrize(
    ("timezone", "text"),
    [
        ("Asia/Jakarta", "23 November 2026 pukul 09.30 WIB"),
        ("Asia/Makassar", "23 November 2026 pukul 10.30 WITA"),
        ("Asia/Jayapura", "23 November 2026 pukul 11.30 WIT"),
        ("Asia/Kathmandu", "23 November 2026 pukul 08.15 UTC+0545"),
    ],
)
def test_a_moment_is_written_in_the_offices_zone(timezone, text):
    assert formats.format_moment(MOMENT, timezone) == text


def test_a_moment_near_midnight_takes_the_offices_date():
    late = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert (
        formats.format_moment(late, "Asia/Jakarta", weekday=True)
        == "Selasa, 24 November 2026 pukul 01.00 WIB"
    )
    assert formats.format_local_date(late, "Asia/Jakarta") == "24 November 2026"


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="naive"):
        formats.format_moment(datetime(2026, 11, 23, 2, 30), "Asia/Jakarta")  # noqa: DTZ001  # the point


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.5, 1, "1.234,5"), (1234567, 0, "1.234.567"), (0.05, 1, "0,1"), (-1234, 0, "-1.234")],
)
def test_numbers_have_dots_for_thousands_and_a_comma_for_decimals(value, decimals, text):
    assert formats.format_number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_500_000_000, "1,5 GB"), (2**64, "18,4 EB"), (None, "–")],
)
def test_sizes_use_decimal_units(value, text):
    assert formats.format_bytes(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(10**9, "1 Gb/s"), (100_000_000, "100 Mb/s"), (2_500_000_000, "2,5 Gb/s"), (0, "–"), (None, "–")],
)
def test_speeds_read_as_a_person_says_them(value, text):
    assert formats.format_speed(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 detik"),
        (2.4, "2,4 detik"),
        (59, "59 detik"),
        (8100, "2 jam 15 menit"),
        (1_052_340, "12 hari 4 jam 19 menit"),
        (86_400, "1 hari"),
    ],
)
def test_durations_name_their_largest_units(seconds, text):
    assert formats.format_duration(seconds) == text


def test_working_time_is_not_confused_with_days():
    assert formats.format_working_minutes(570) == "570 menit kerja"
    assert formats.format_working_time(570) == "570 menit kerja (9 jam 30 menit)"
    assert formats.format_working_time(45) == "45 menit kerja"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (12, "dua belas"),
        (10, "sepuluh"),
        (20, "dua puluh"),
        (100, "seratus"),
        (121, "seratus dua puluh satu"),
        (1999, "seribu sembilan ratus sembilan puluh sembilan"),
        (20_015, "dua puluh ribu lima belas"),
    ],
)
def test_counts_are_said_in_words(count, words):
    assert formats.number_in_words(count) == words
