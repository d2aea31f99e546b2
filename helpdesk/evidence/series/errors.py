"""Refusals of the time series."""

from __future__ import annotations

from helpdesk.errors import NotFound


class SeriesNotFound(NotFound):
    """There is no such series, or it belongs to another device."""

    code = "series_not_found"
    message = "Nothing has been measured here. Choose a port on the page of the device."
