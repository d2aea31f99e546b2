"""Moments that tests reckon from."""

from datetime import UTC, date, datetime

# Monday 23 November 2026, 09.30 WIB: an ordinary working morning.
MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
# Everybody holds their office long before the tests begin.
LONG_AGO = date(2020, 1, 1)
