"""Moments that tests reckon from."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk import clock

ZONE = ZoneInfo("Asia/Jakarta")
# Monday 23 November 2026, 09.30 WIB: an ordinary working morning.
MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
# Everybody holds their office long before the tests begin.
LONG_AGO = date(2020, 1, 1)


def office_day(*, days: int = 0) -> date:
    """Return the day that it is in the office now, or so many days after: at night UTC is a day behind."""
    return (clock.now() + timedelta(days=days)).astimezone(ZONE).date()
