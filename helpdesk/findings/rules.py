"""How a finding lives: from the first bad reading to "pulih". Pure.

A finding is one thing: device, rule, object. It waits (pending) until it was bad as often and as long as its
rule holds, is open, recovers over as many good readings and as long as its rule asks for, and is over
(recovered). What goes up and down too often is flapping: that is told once, and no more until it has been
quiet for a while.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FLAPS = 4
FLAP_WINDOW = timedelta(minutes=30)
QUIET = timedelta(minutes=15)


class State(StrEnum):
    """Where a finding stands."""

    PENDING = "pending"
    OPEN = "open"
    RECOVERING = "recovering"
    RECOVERED = "recovered"
    # Bad too shortly to be told of.
    DISMISSED = "dismissed"


ALIVE = (State.PENDING, State.OPEN, State.RECOVERING)
TOLD = (State.OPEN, State.RECOVERING)


class Turn(StrEnum):
    """What a reading did to a finding, as it is kept in its history."""

    OPENED = "opened"
    WORSENED = "bad_again"
    RECOVERED = "recovered"
    FLAPPING = "flapping"
    CALM = "calm"


@dataclass(frozen=True)
class Timing:
    """What opens a finding and what ends it: readings in a row, and how long they must span."""

    hold: int = 1
    recover: int = 1
    hold_for: timedelta = timedelta(0)
    recover_after: timedelta = timedelta(0)


@dataclass(frozen=True)
class Life:
    """A finding between two readings."""

    state: State
    streak: int
    first_seen_at: datetime
    last_seen_at: datetime
    opened_at: datetime | None = None
    recovered_at: datetime | None = None
    # When it went from good to bad or back, the latest last: what flapping is judged by.
    swings: tuple[datetime, ...] = ()
    is_flapping: bool = False
    # Since when one that recovers has been good.
    good_since: datetime | None = None


def begin(timing: Timing, at: datetime, before: Life | None = None) -> tuple[Life, tuple[Turn, ...]]:
    """Return the finding of a first bad reading; what was over only just now still counts as swinging."""
    swings = (*(_recent(before.swings, at) if before else ()), at)
    life = Life(State.PENDING, streak=1, first_seen_at=at, last_seen_at=at, swings=swings)
    return _with_flapping(*_opened_if_held(life, timing, at), at)


def go_on(life: Life, *, is_bad: bool, timing: Timing, at: datetime) -> tuple[Life, tuple[Turn, ...]]:
    """Return the finding after one more reading that could judge it, and what that did."""
    life = replace(life, swings=_recent(life.swings, at))
    moved, turns = (_after_bad if is_bad else _after_good)(life, timing, at)
    return _with_flapping(moved, turns, at)


def _after_bad(life: Life, timing: Timing, at: datetime) -> tuple[Life, tuple[Turn, ...]]:
    if life.state is State.RECOVERING:
        swings = (*life.swings, at)
        back = replace(life, state=State.OPEN, streak=1, last_seen_at=at, swings=swings, good_since=None)
        return back, (Turn.WORSENED,)
    longer = replace(life, streak=life.streak + 1, last_seen_at=at)
    return _opened_if_held(longer, timing, at)


def _opened_if_held(life: Life, timing: Timing, at: datetime) -> tuple[Life, tuple[Turn, ...]]:
    has_held = life.streak >= timing.hold and at - life.first_seen_at >= timing.hold_for
    if life.state is State.PENDING and has_held:
        return replace(life, state=State.OPEN, opened_at=at), (Turn.OPENED,)
    return life, ()


def _after_good(life: Life, timing: Timing, at: datetime) -> tuple[Life, tuple[Turn, ...]]:
    if life.state is State.PENDING:
        return replace(life, state=State.DISMISSED, streak=1, recovered_at=at), ()
    if life.state is State.OPEN:
        life = replace(life, state=State.RECOVERING, streak=0, swings=(*life.swings, at))
    # What began to recover before moments were kept counts from this reading on.
    life = replace(life, streak=life.streak + 1, good_since=life.good_since or at)
    has_lasted = life.good_since is not None and at - life.good_since >= timing.recover_after
    if life.streak >= timing.recover and has_lasted and not life.is_flapping:
        return replace(life, state=State.RECOVERED, recovered_at=at), (Turn.RECOVERED,)
    return life, ()


def _with_flapping(life: Life, turns: tuple[Turn, ...], at: datetime) -> tuple[Life, tuple[Turn, ...]]:
    """Tell of flapping once, keep quiet while it lasts, and say when it has been calm long enough."""
    if life.is_flapping:
        last = life.swings[-1] if life.swings else None
        if last is None or at - last >= QUIET:
            return replace(life, is_flapping=False), (Turn.CALM,)
        return life, ()
    if len(life.swings) >= FLAPS and life.state in TOLD:
        return replace(life, is_flapping=True), (Turn.FLAPPING,)
    return life, turns


def _recent(swings: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    return tuple(moment for moment in swings if moment > at - FLAP_WINDOW)


def find_silent_ancestor(
    device_id: int, parents: Mapping[int, int | None], silent: Collection[int]
) -> int | None:
    """Return the farthest device on the way to this one that is silent in a row with it, or None.

    `parents` says for each device the one that it is reached through; a loop in it ends the search.
    """
    found, seen, above = None, {device_id}, parents.get(device_id)
    while above is not None and above not in seen and above in silent:
        found = above
        seen.add(above)
        above = parents.get(above)
    return found
