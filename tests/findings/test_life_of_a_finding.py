"""A finding opens after its hold, is over after its recovery, and swings are told once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.findings.rules import (
    ALIVE,
    FLAP_WINDOW,
    FLAPS,
    QUIET,
    Life,
    State,
    Timing,
    Turn,
    begin,
    find_silent_ancestor,
    go_on,
)
from tests.factories.moments import MORNING

STEP = timedelta(minutes=5)


def live(readings: list[bool], timing: Timing, step: timedelta = STEP) -> tuple[list[Life], list[Turn]]:
    """Follow one thing through readings, True is bad; what is over begins anew with the next bad one."""
    lives: list[Life] = []
    turns: list[Turn] = []
    life: Life | None = None
    for number, is_bad in enumerate(readings):
        at = MORNING + step * number
        if life is not None and life.state in ALIVE:
            life, new = go_on(life, is_bad=is_bad, timing=timing, at=at)
        elif is_bad:
            life, new = begin(timing, at, life)
        else:
            continue
        lives.append(life)
        turns += new
    return lives, turns


def test_a_finding_opens_when_it_was_bad_as_often_as_its_rule_holds() -> None:
    timing = Timing(hold=3, recover=1)
    assert live([True, True], timing)[1] == []
    assert live([True, True, True], timing)[1] == [Turn.OPENED]
    assert live([True, True, False, True, True], timing)[1] == []


def test_a_finding_is_over_when_it_was_good_as_often_as_its_rule_asks() -> None:
    timing = Timing(hold=1, recover=2)
    lives, turns = live([True, False, False], timing)
    assert turns == [Turn.OPENED, Turn.RECOVERED]
    assert [life.state for life in lives] == [State.OPEN, State.RECOVERING, State.RECOVERED]
    assert live([True, False, True], timing)[1] == [Turn.OPENED, Turn.WORSENED]


def test_what_swings_too_often_is_told_once_until_it_is_quiet() -> None:
    swinging = [True, False] * 6
    _, turns = live(swinging, Timing(hold=1, recover=2), timedelta(minutes=3))
    assert turns.count(Turn.FLAPPING) == 1
    assert Turn.RECOVERED not in turns
    after = turns.index(Turn.FLAPPING) + 1
    assert turns[after:] == []


def test_what_has_been_quiet_is_calm_and_then_over() -> None:
    readings = [*[True, False] * 3, *[False] * 12]
    lives, turns = live(readings, Timing(hold=1, recover=2), timedelta(minutes=3))
    assert turns[-2:] == [Turn.CALM, Turn.RECOVERED]
    assert lives[-1].state is State.RECOVERED


def test_a_thing_that_recovers_at_once_still_flaps() -> None:
    _, turns = live([True, False] * 5, Timing(hold=1, recover=1), timedelta(minutes=3))
    assert turns.count(Turn.FLAPPING) == 1


READINGS = st.lists(st.booleans(), max_size=60)
TIMINGS = st.builds(Timing, hold=st.integers(1, 4), recover=st.integers(1, 4))
STEPS = st.sampled_from([timedelta(minutes=1), STEP, timedelta(hours=1)])


@given(READINGS, TIMINGS, STEPS)
def test_the_same_readings_give_the_same_life(readings: list[bool], timing: Timing, step: timedelta) -> None:
    assert live(readings, timing, step) == live(readings, timing, step)


@given(READINGS, TIMINGS, STEPS)
def test_nothing_is_told_before_it_was_held_and_nothing_is_over_before_it_was_told(
    readings: list[bool], timing: Timing, step: timedelta
) -> None:
    lives, turns = live(readings, timing, step)
    opened = 0
    for turn in turns:
        opened += turn is Turn.OPENED
        assert opened >= 1 or turn is Turn.FLAPPING
    longest = max((len(list(run)) for run in _runs(readings)), default=0)
    if longest < timing.hold:
        assert turns == []
    assert all(before.last_seen_at <= after.last_seen_at for before, after in pairwise(lives))


def _runs(readings: list[bool]) -> list[list[bool]]:
    runs: list[list[bool]] = [[]]
    for one in readings:
        if one:
            runs[-1].append(one)
        elif runs[-1]:
            runs.append([])
    return runs


@given(READINGS, TIMINGS)
def test_slow_readings_without_swings_open_and_end_by_counting_alone(
    readings: list[bool], timing: Timing
) -> None:
    """The oracle counts; readings an hour apart can never flap."""
    assert timedelta(hours=1) > max(FLAP_WINDOW, QUIET)
    assert FLAPS > 1
    expected: list[Turn] = []
    state, streak = "good", 0
    for is_bad in readings:
        if state == "good":
            streak = streak + 1 if is_bad else 0
            if streak == timing.hold:
                expected.append(Turn.OPENED)
                state, streak = "bad", 0
        elif is_bad:
            if streak:
                expected.append(Turn.WORSENED)
            streak = 0
        else:
            streak += 1
            if streak == timing.recover:
                expected.append(Turn.RECOVERED)
                state, streak = "good", 0
    assert live(readings, timing, timedelta(hours=1))[1] == expected


def test_the_trouble_is_at_the_farthest_device_that_is_silent_in_a_row() -> None:
    parents = {4: 3, 3: 2, 2: 1, 1: None}
    assert find_silent_ancestor(4, parents, {3, 2}) == 2
    assert find_silent_ancestor(4, parents, {2, 1}) is None
    assert find_silent_ancestor(1, parents, {1, 2, 3}) is None


@given(
    st.dictionaries(st.integers(1, 6), st.one_of(st.none(), st.integers(1, 6))), st.sets(st.integers(1, 6))
)
def test_the_way_up_ends_also_where_it_is_a_loop(parents: dict[int, int | None], silent: set[int]) -> None:
    found = find_silent_ancestor(1, parents, silent)
    assert found is None or (found in silent and found != 1)
