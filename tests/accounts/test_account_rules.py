"""How fast one may guess, what a password must be, when appointments clash."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from helpdesk.accounts.rules import (
    ADDRESS_TRIES,
    Failures,
    browser_of,
    do_overlap,
    is_username,
    password_problem,
    wait_seconds,
)
from tests.factories.moments import MORNING


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (1000, 900)],
)
def test_the_wait_doubles_with_each_failure_up_to_the_whole_window(failures: int, seconds: int) -> None:
    assert wait_seconds(Failures(failures, 0, MORNING), MORNING) == seconds


def test_the_wait_runs_from_the_last_failure() -> None:
    assert wait_seconds(Failures(5, 0, MORNING), MORNING + timedelta(seconds=10)) == 20
    assert wait_seconds(Failures(5, 0, MORNING), MORNING + timedelta(seconds=30)) == 0
    assert wait_seconds(Failures(5, 0, MORNING), MORNING + timedelta(hours=1)) == 0


def test_an_address_that_tries_many_names_waits_too() -> None:
    assert wait_seconds(Failures(0, ADDRESS_TRIES - 1, MORNING), MORNING) == 0
    assert wait_seconds(Failures(0, ADDRESS_TRIES, MORNING), MORNING) == 900


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("empat kuda minum kopi", True),
        ("k7mf-92qp-xw3t-bh6n", True),
        ("sebelas huru", True),
        ("sebelas hur", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("abababababab", False),
        ("kabag-data-2026", False),
        ("lestari123456", False),
        ("dewi lestari berkebun di halaman belakang", True),
        ("x" * 200 + "abcdefgh" * 8, False),
    ],
)
def test_a_password_is_long_and_not_ones_own_name(password: str, is_good: bool) -> None:
    problem = password_problem(password, username="kabag", name="Dewi Lestari")
    assert (problem is None) is is_good, problem


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        *[(text, True) for text in ("kabag", "siti.aminah", "a1", "a" * 64)],
        *[(text, False) for text in ("a", "a" * 65, "Kabag", "dua kata", ".titik", "é", "kabag\n", "")],
    ],
)
def test_a_user_name_is_small_letters_digits_and_a_few_signs(text: str, is_good: bool) -> None:
    assert is_username(text) is is_good


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1, 10), (10, 20), True),
        ((1, 10), (11, 20), False),
        ((11, None), (1, 10), False),
        ((10, None), (1, 10), True),
        ((1, None), (20, None), True),
        ((5, 6), (1, 30), True),
    ],
)
def test_two_spans_overlap_when_they_share_a_day(
    first: tuple[int, int | None], second: tuple[int, int | None], expected: bool
) -> None:
    spans = [(date(2026, 11, a), None if b is None else date(2026, 11, b)) for a, b in (first, second)]
    assert do_overlap(spans[0], spans[1]) is expected
    assert do_overlap(spans[1], spans[0]) is expected


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604.1", "Safari · iPhone"),
        ("curl/8.5", ""),
    ],
)
def test_a_browser_is_told_in_two_words(user_agent: str, expected: str) -> None:
    assert browser_of(user_agent) == expected
