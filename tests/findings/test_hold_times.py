"""A rule may hold for a time and not a number of readings; an oracle that knows only the readings agrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from helpdesk.findings.rules import ALIVE, Life, State, Timing, Turn, begin, go_on
from network.health.durations import format_duration, parse_duration
from network.health.rulebook import HealthRule, shipped_rules
from tests.factories.moments import MORNING

WORDS = {"id": "x", "en": "x"}
# So far apart that nothing flaps: at most three swings in any half hour.
GAPS = st.integers(10, 45).map(lambda minutes: timedelta(minutes=minutes))
READINGS = st.lists(st.tuples(GAPS, st.booleans()), max_size=40)
TIMES = st.integers(0, 120).map(lambda minutes: timedelta(minutes=minutes))
TIMINGS = st.builds(
    Timing, hold=st.integers(1, 3), recover=st.integers(1, 3), hold_for=TIMES, recover_after=TIMES
)
Told = list[tuple[datetime, Turn]]


def moments(readings: list[tuple[timedelta, bool]]) -> list[tuple[datetime, bool]]:
    at, found = MORNING, []
    for gap, is_bad in readings:
        at += gap
        found.append((at, is_bad))
    return found


def live(readings: list[tuple[datetime, bool]], timing: Timing) -> Told:
    """Return what the rules tell of, reading by reading."""
    told: Told = []
    life: Life | None = None
    for at, is_bad in readings:
        turns: tuple[Turn, ...] = ()
        if life is not None and life.state in ALIVE:
            life, turns = go_on(life, is_bad=is_bad, timing=timing, at=at)
        elif is_bad:
            life, turns = begin(timing, at, life)
        told += [(at, turn) for turn in turns if turn in (Turn.OPENED, Turn.RECOVERED)]
    return told


def oracle(readings: list[tuple[datetime, bool]], timing: Timing) -> Told:
    """Say the same from the readings alone: how many in a row, and how long the row is, are as asked for.

    It keeps no state of a finding: for every moment it looks at the whole row of like readings up to it.
    """
    told: Told = []
    for place, (at, is_bad) in enumerate(readings):
        row = [at]
        for earlier, was_bad in reversed(readings[:place]):
            if was_bad is not is_bad:
                break
            row.append(earlier)
        is_open = bool(told) and told[-1][1] is Turn.OPENED
        count, length = (timing.hold, timing.hold_for) if is_bad else (timing.recover, timing.recover_after)
        if is_bad is not is_open and len(row) >= count and row[0] - row[-1] >= length:
            told.append((at, Turn.OPENED if is_bad else Turn.RECOVERED))
    return told


@given(READINGS, TIMINGS)
def test_what_is_told_follows_from_the_rows_of_readings_alone(
    readings: list[tuple[timedelta, bool]], timing: Timing
) -> None:
    known = moments(readings)
    assert live(known, timing) == oracle(known, timing)


def test_two_quick_readings_are_not_yet_five_minutes() -> None:
    timing = Timing(hold_for=timedelta(minutes=5))
    bad = [(MORNING + timedelta(seconds=seconds), True) for seconds in (0, 20, 40, 299, 300)]
    assert live(bad[:4], timing) == []
    assert live(bad, timing) == [(bad[4][0], Turn.OPENED)]


def test_what_recovered_before_moments_were_kept_counts_from_the_next_reading() -> None:
    old = Life(State.RECOVERING, streak=1, first_seen_at=MORNING, last_seen_at=MORNING, opened_at=MORNING)
    timing = Timing(recover=2, recover_after=timedelta(minutes=10))
    first, turns = go_on(old, is_bad=False, timing=timing, at=MORNING + timedelta(hours=1))
    assert (first.state, turns) == (State.RECOVERING, ())
    later, turns = go_on(first, is_bad=False, timing=timing, at=MORNING + timedelta(hours=1, minutes=10))
    assert (later.state, turns) == (State.RECOVERED, (Turn.RECOVERED,))
    again, _ = go_on(replace(first), is_bad=True, timing=timing, at=MORNING + timedelta(hours=2))
    assert again.good_since is None


def rule(**fields: object) -> HealthRule:
    return HealthRule.model_validate(
        {"code": "memory", "severity": "warning", "title": WORDS, "text": WORDS, **fields}
    )


def test_a_hold_is_a_time_or_a_number_of_readings() -> None:
    assert (rule(hold="5m").hold, rule(hold="5m").hold_for) == (1, 300)
    assert (rule(hold=3).hold, rule(hold=3).hold_for) == (3, 0)
    assert (rule(recover="1h30m").recover, rule(recover="1h30m").recover_after) == (1, 5400)
    assert rule(recover=2, recover_after="10m").recover_after == 600


@pytest.mark.parametrize(
    "wrong",
    [{"hold": "5 minutes"}, {"hold_for": 5}, {"recover_after": "32d"}, {"hold": "5m", "hold_for": "5m"}],
)
def test_a_time_without_its_unit_or_beyond_a_month_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rule(**wrong)


@given(st.integers(0, 31 * 86_400))
def test_a_time_is_read_as_it_is_written(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


def test_the_shipped_rules_hold_for_times() -> None:
    assert {one.hold for one in shipped_rules().values()} == {1}
    assert shipped_rules()["unreachable"].hold_for == 240
