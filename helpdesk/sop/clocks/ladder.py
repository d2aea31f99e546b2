"""When whoever holds a step is reminded of it: at shares of its time, and each working day after. Pure.

A rung that is reached while the office is closed goes out at the next opening. Where several were passed
while nobody looked, only the last is worth a message; the others count as reached.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from helpdesk.calendars.rules import WorkingCalendar, is_working
from helpdesk.calendars.windows import local_day
from helpdesk.sop.clocks.rules import ClockState, Entry, derive, reached_at, state_of

SHARES = (50, 80, 100)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: a share of the allowed time, or a working day after the due one."""

    percent: int | None = None
    on: date | None = None

    @property
    def name(self) -> str:
        """What tells it from the other rungs of the step: it is claimed by this name, once."""
        return str(self.percent) if self.on is None else f"overdue-{self.on.isoformat()}"

    @property
    def is_overdue(self) -> bool:
        """Whether the time is used up: then the superior office is told too."""
        return self.on is not None or (self.percent is not None and self.percent >= 100)


def rungs_to_send(
    entries: Sequence[Entry],
    calendar: WorkingCalendar,
    allowed_minutes: int,
    now: datetime,
    *,
    shares: Collection[int] = SHARES,
) -> list[Rung]:
    """Return the rungs that are reached, the lowest first; none outside of working time or in a pause."""
    if state_of(entries) is not ClockState.RUNNING or not is_working(calendar, now):
        return []
    reached = []
    for percent in sorted(set(shares)):
        at = reached_at(entries, calendar, timedelta(minutes=allowed_minutes) * percent / 100)
        if at is not None and at <= now:
            reached.append(Rung(percent=percent))
    due_at = derive(entries, calendar, allowed_minutes, now).due_at
    today = local_day(calendar, now)
    if due_at is not None and local_day(calendar, due_at) < today:
        reached.append(Rung(on=today))
    return reached
