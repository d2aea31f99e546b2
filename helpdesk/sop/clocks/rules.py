"""How the clock of a step stands, derived from its ledger and the office's calendar. Pure.

The ledger says when the step began, was paused, resumed and ended; the calendar says what of that was
working time. A deadline is the moment at which the budget is used up by working time while the clock ran:
used up exactly at closing time, it is due at closing time. While the clock stands still there is no
deadline, because nobody knows yet when it will run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise, zip_longest
from typing import Any

from helpdesk.calendars.rules import WorkingCalendar, due_after, worked_between
from helpdesk.sop.clocks.errors import ClockEnded, ClockPaused, ClockRuns

_MINUTE = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()


class EntryKind(StrEnum):
    """What an entry of the ledger says."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    RETURN = "return"
    STOP = "stop"


class WaitingFor(StrEnum):
    """Whom a paused step waits for: nobody else stops the clock."""

    REQUESTER = "requester"
    AGENCY = "agency"


class ClockState(StrEnum):
    """Whether the clock runs."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


ENDS = frozenset({EntryKind.RETURN, EntryKind.STOP})
# What may follow what; a ledger begins with a start and ends with a return or a stop.
FOLLOWS: dict[EntryKind, frozenset[EntryKind]] = {
    EntryKind.START: frozenset({EntryKind.PAUSE, *ENDS}),
    EntryKind.PAUSE: frozenset({EntryKind.RESUME, *ENDS}),
    EntryKind.RESUME: frozenset({EntryKind.PAUSE, *ENDS}),
    EntryKind.RETURN: frozenset(),
    EntryKind.STOP: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger."""

    kind: EntryKind
    at: datetime
    waiting_for: WaitingFor | None = None
    reason: str = ""
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time; without an end it goes on."""

    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stood still, for whom and why, and the working time within it."""

    starts_at: datetime
    ends_at: datetime | None
    waiting_for: WaitingFor
    reason: str
    by_id: int | None
    worked: timedelta


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The clock of a step at one moment; every duration is working time, exact."""

    state: ClockState
    started_at: datetime
    ended_at: datetime | None
    # None while nobody can tell: the clock stands still and the budget is not used up.
    due_at: datetime | None
    allowed: timedelta
    used: timedelta
    paused: timedelta
    is_late: bool
    pauses: tuple[Pause, ...]

    @property
    def remaining(self) -> timedelta:
        """What is left of the budget; below zero it is the time over."""
        return self.allowed - self.used

    @property
    def allowed_minutes(self) -> int:
        """The budget in minutes."""
        return self.allowed // _MINUTE

    @property
    def used_minutes(self) -> int:
        """The whole minutes used."""
        return self.used // _MINUTE

    @property
    def paused_minutes(self) -> int:
        """The whole minutes of working time that passed while the clock stood still."""
        return self.paused // _MINUTE

    @property
    def remaining_minutes(self) -> int:
        """The whole minutes left; below zero the whole minutes over."""
        left = self.remaining
        return -(-left // _MINUTE) if left < _NOTHING else left // _MINUTE

    @property
    def over_minutes(self) -> int:
        """The whole minutes over the budget, or 0."""
        return max(0, -self.remaining_minutes)

    @property
    def open_pause(self) -> Pause | None:
        """The pause that goes on."""
        return self.pauses[-1] if self.state is ClockState.PAUSED else None


def ensure_may_follow(last: EntryKind, new: EntryKind) -> None:
    """Raise unless the ledger may go on with the entry."""
    if new in FOLLOWS[last]:
        return
    if last in ENDS:
        raise ClockEnded
    raise ClockPaused if new is EntryKind.PAUSE else ClockRuns


def state_of(entries: Sequence[Entry]) -> ClockState:
    """Return whether the clock runs after the last entry."""
    last = entries[-1].kind
    if last in ENDS:
        return ClockState.STOPPED
    return ClockState.PAUSED if last is EntryKind.PAUSE else ClockState.RUNNING


def periods_of(entries: Sequence[Entry]) -> tuple[Period, ...]:
    """Return when the clock ran; the last period has no end while it runs."""
    periods: list[Period] = []
    began: datetime | None = None
    for entry in entries:
        if entry.kind in (EntryKind.START, EntryKind.RESUME):
            began = entry.at
        elif began is not None:
            periods.append(Period(began, entry.at))
            began = None
    if began is not None:
        periods.append(Period(began, None))
    return tuple(periods)


def derive(entries: Sequence[Entry], calendar: WorkingCalendar, allowed_minutes: int, now: datetime) -> Clock:
    """Return how the clock stands at the moment."""
    state, allowed = state_of(entries), timedelta(minutes=allowed_minutes)
    until = max(now, entries[-1].at)
    periods, goes_on = periods_of(entries), not stands_still(entries)
    used, due, late = _NOTHING, None, False
    for index, period in enumerate(periods):
        ends_at = period.ends_at or until
        worked = worked_between(calendar, period.starts_at, ends_at)
        is_open_ended = goes_on and index == len(periods) - 1
        if due is None and (is_open_ended or used + worked >= allowed):
            due = due_after(calendar, period.starts_at, allowed - used)
        used += worked
        late = late or (due is not None and ends_at > max(due, period.starts_at))
    pauses = pauses_of(entries, calendar, until)
    return Clock(
        state=state,
        started_at=entries[0].at,
        ended_at=entries[-1].at if state is ClockState.STOPPED else None,
        due_at=due,
        allowed=allowed,
        used=used,
        paused=sum((pause.worked for pause in pauses), _NOTHING),
        is_late=late,
        pauses=pauses,
    )


def stands_still(entries: Sequence[Entry]) -> bool:
    """Whether the clock is paused, or was when the step ended."""
    before_the_end = entries[:-1] if entries[-1].kind in ENDS else entries
    return before_the_end[-1].kind is EntryKind.PAUSE


def pauses_of(entries: Sequence[Entry], calendar: WorkingCalendar, until: datetime) -> tuple[Pause, ...]:
    """Return when the clock stood still; the last pause has no end while it goes on."""
    pauses = []
    for entry, following in zip_longest(entries, entries[1:]):
        if entry.kind is EntryKind.PAUSE:
            ends_at = following.at if following else None
            worked = worked_between(calendar, entry.at, ends_at or until)
            waiting_for = entry.waiting_for or WaitingFor.REQUESTER
            pauses.append(Pause(entry.at, ends_at, waiting_for, entry.reason, entry.by_id, worked))
    return tuple(pauses)


def reached_at(entries: Sequence[Entry], calendar: WorkingCalendar, budget: timedelta) -> datetime | None:
    """Return when so much working time is used up; None where the clock stands still before."""
    periods, goes_on, used = periods_of(entries), not stands_still(entries), _NOTHING
    for index, period in enumerate(periods):
        if goes_on and index == len(periods) - 1:
            return due_after(calendar, period.starts_at, budget - used)
        assert period.ends_at is not None  # only the last period of a running clock is open
        worked = worked_between(calendar, period.starts_at, period.ends_at)
        if used + worked >= budget:
            return due_after(calendar, period.starts_at, budget - used)
        used += worked
    return None


def judgement_of(clock: Clock, calendar_digest: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the clock of a finished step as plain values: no later calendar changes them."""
    return {
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "allowed_minutes": clock.allowed // _MINUTE,
        "used_microseconds": clock.used // _MICROSECOND,
        "paused_microseconds": [pause.worked // _MICROSECOND for pause in clock.pauses],
        "is_late": clock.is_late,
        "calendar": calendar_digest,
        "lines": lines,
    }


def judged(entries: Sequence[Entry], judgement: Mapping[str, Any]) -> Clock:
    """Return the clock of a finished step as it was judged when it ended."""
    pauses = [
        Pause(
            entry.at,
            following.at,
            entry.waiting_for or WaitingFor.REQUESTER,
            entry.reason,
            entry.by_id,
            worked=_NOTHING,
        )
        for entry, following in pairwise(entries)
        if entry.kind is EntryKind.PAUSE
    ]
    worked = [timedelta(microseconds=value) for value in judgement["paused_microseconds"]]
    return Clock(
        state=ClockState.STOPPED,
        started_at=entries[0].at,
        ended_at=entries[-1].at,
        due_at=datetime.fromisoformat(judgement["due_at"]) if judgement["due_at"] else None,
        allowed=timedelta(minutes=judgement["allowed_minutes"]),
        used=timedelta(microseconds=judgement["used_microseconds"]),
        paused=sum(worked, _NOTHING),
        is_late=judgement["is_late"],
        pauses=tuple(replace(pause, worked=time) for pause, time in zip(pauses, worked, strict=True)),
    )
