"""The courses of a port or a device as a file for a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
from datetime import UTC

from helpdesk.evidence.series.periods import Courses
from helpdesk.evidence.series.rules import Metric, Point

_UNITS: dict[Metric, str] = {
    Metric.IN_BPS: "bit/s",
    Metric.OUT_BPS: "bit/s",
    Metric.IN_ERRORS: "1/s",
    Metric.OUT_ERRORS: "1/s",
    Metric.IN_DISCARDS: "1/s",
    Metric.OUT_DISCARDS: "1/s",
    Metric.PROCESSOR_PERCENT: "%",
    Metric.MEMORY_PERCENT: "%",
    Metric.TEMPERATURE_CELSIUS: "°C",
}
# The names of the columns are the same in every language: programs read them.
_NAMES: dict[Metric, str] = {
    Metric.IN_BPS: "in",
    Metric.OUT_BPS: "out",
    Metric.IN_ERRORS: "in_errors",
    Metric.OUT_ERRORS: "out_errors",
    Metric.IN_DISCARDS: "in_discards",
    Metric.OUT_DISCARDS: "out_discards",
    Metric.PROCESSOR_PERCENT: "processor",
    Metric.MEMORY_PERCENT: "memory",
    Metric.TEMPERATURE_CELSIUS: "temperature",
}
_VALUES = ("mean", "lowest", "highest")
# A spreadsheet takes a text that begins so for a formula, and would reckon it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(device: str, port: str, courses: Courses) -> str:
    """Return one row a bucket: when it begins (ISO 8601, UTC), and mean, lowest, highest of each metric.

    A gap is a row without values, and never a zero.
    """
    text = io.StringIO()
    # Excel reads UTF-8 only with the mark in front.
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["time (UTC)", "bucket (s)", "device", "port", *_headers(courses)])
    found = {
        metric: {point.at: point for point in course.points} for metric, course in courses.courses.items()
    }
    names = [int(courses.resolution), as_text(device), as_text(port)]
    for at in sorted({at for points in found.values() for at in points}):
        values = [value for points in found.values() for value in _values(points.get(at))]
        writer.writerow([f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", *names, *values])
    return text.getvalue()


def as_text(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def _headers(courses: Courses) -> list[str]:
    return [f"{_NAMES[metric]} {value} ({_UNITS[metric]})" for metric in courses.courses for value in _VALUES]


def _values(point: Point | None) -> list[str]:
    if point is None or not point.count:
        return [""] * len(_VALUES)
    return ["" if value is None else f"{value:.12g}" for value in (point.mean, point.low, point.high)]
