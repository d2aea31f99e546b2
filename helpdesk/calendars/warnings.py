"""What whoever keeps the calendar is warned of: lists of holidays that nobody has confirmed. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from helpdesk.calendars.confirmed import years_to_confirm


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A year whose list of holidays the office has not confirmed."""

    year: int
    is_this_year: bool


def unconfirmed_years(confirmed: Collection[int], today: date) -> list[Unconfirmed]:
    """Return the years that wait for the office's word."""
    return [Unconfirmed(year, year == today.year) for year in years_to_confirm(confirmed, today)]
