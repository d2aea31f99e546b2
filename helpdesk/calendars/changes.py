"""What a change of the calendar does to the days: before and after, for its journal. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from helpdesk.calendars.rules import OfficeDay, WorkingCalendar, day_of

MOST_ENTRIES = 60


@dataclass(frozen=True, slots=True)
class ChangedDays:
    """Days in a row that had these hours and have those now; an empty text is a day without work."""

    starts_on: date
    ends_on: date
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Return the days as plain values."""
        return {
            "from": self.starts_on.isoformat(),
            "to": self.ends_on.isoformat(),
            "before": self.before,
            "after": self.after,
        }


def changes_between(
    before: WorkingCalendar, after: WorkingCalendar, days: Iterable[date]
) -> list[ChangedDays]:
    """Return the days, in order, whose working hours differ; equal neighbours are one entry."""
    changed: list[ChangedDays] = []
    for on in days:
        old, new = _hours(day_of(before, on)), _hours(day_of(after, on))
        if old == new:
            continue
        last = changed[-1] if changed else None
        if last and last.ends_on + timedelta(days=1) == on and (last.before, last.after) == (old, new):
            changed[-1] = ChangedDays(last.starts_on, on, old, new)
        else:
            changed.append(ChangedDays(on, on, old, new))
    return changed[:MOST_ENTRIES]


def _hours(day: OfficeDay) -> str:
    return ", ".join(str(window) for window in day.hours)
