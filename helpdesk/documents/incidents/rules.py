"""Graphs of an evidence set: which hours, which lines, in words and as numbers too. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from helpdesk.documents.rules import formats
from helpdesk.documents.rules.line_graphs import draw_lines
from helpdesk.documents.rules.traffic import UNITS
from helpdesk.evidence.series.drawing import scale_of
from helpdesk.evidence.series.rules import Metric, Point

# Name of the file → how long before the event the graph begins.
WINDOWS: Final = (
    ("01-jam", timedelta(hours=1)),
    ("06-jam", timedelta(hours=6)),
    ("24-jam", timedelta(hours=24)),
)
TITLES: Final = {
    Metric.PROCESSOR_PERCENT: "Pemakaian prosesor",
    Metric.MEMORY_PERCENT: "Pemakaian memori",
    Metric.TEMPERATURE_CELSIUS: "Suhu tertinggi",
    Metric.IN_BPS: "Lalu lintas",
    Metric.IN_ERRORS: "Galat",
    Metric.IN_DISCARDS: "Paket dibuang",
}
_UNITS: Final = {Metric.PROCESSOR_PERCENT: "%", Metric.MEMORY_PERCENT: "%", Metric.TEMPERATURE_CELSIUS: "°C"}
# Metric of the way in → that of the way out: one panel shows both.
BOTH_WAYS: Final = {
    Metric.IN_BPS: Metric.OUT_BPS,
    Metric.IN_ERRORS: Metric.OUT_ERRORS,
    Metric.IN_DISCARDS: Metric.OUT_DISCARDS,
}


@dataclass(frozen=True, kw_only=True)
class Course:
    """One panel: what is measured where, and its points; the way out stands beside the way in."""

    metric: Metric
    object: str = ""
    points: Sequence[Point] = ()
    out: Sequence[Point] = ()

    @property
    def has_values(self) -> bool:
        """Whether anything was measured."""
        return any(point.count for point in (*self.points, *self.out))


def panels(courses: Sequence[Course], begin: datetime, end: datetime, zone: str) -> list[dict[str, Any]]:
    """Return the panels as the templates draw them: those in which anything was measured."""
    return [_panel(one, begin, end, zone) for one in courses if one.has_values]


def rows_of(courses: Sequence[Course]) -> list[tuple[str | float | int | None, ...]]:
    """Return every point of the panels as a row of numbers."""
    rows: list[tuple[str | float | int | None, ...]] = []
    for one in courses:
        ways = [(one.metric, one.points), (BOTH_WAYS.get(one.metric, one.metric), one.out)]
        for metric, points in ways:
            rows += [
                (metric.name.lower(), one.object, point.at.isoformat(), point.low, point.mean, point.high)
                for point in points
            ]
    return rows


ROWS_HEADER: Final = ("metrik", "objek", "waktu", "terendah", "rata_rata", "tertinggi")


def _panel(one: Course, begin: datetime, end: datetime, zone: str) -> dict[str, Any]:
    ways = [one.points, one.out] if one.metric in BOTH_WAYS else [one.points]
    lines = [[_share(point, begin, end) for point in points] for points in ways]
    known = [value for line in lines for _, value in line if value is not None]
    scale = scale_of(known, percent=_UNITS.get(one.metric) == "%")
    title = " ".join(part for part in (TITLES[one.metric], one.object) if part)
    said = _said(one, known)
    first, last = (formats.format_moment_short(moment, zone) for moment in (begin, end))
    return {
        "title": title,
        "said": said,
        "svg": draw_lines(lines, scale, days=1),
        "top": _worded(one.metric, scale[-1]),
        "first": first,
        "last": last,
        "alt": f"Grafik. {title}, {first} sampai {last}: {said}.",
    }


def _share(point: Point, begin: datetime, end: datetime) -> tuple[float, float | None]:
    return (point.at - begin) / (end - begin), point.mean


def _said(one: Course, known: Sequence[float]) -> str:
    latest = next((point.mean for point in reversed(one.points) if point.mean is not None), None)
    words = f"tertinggi {_worded(one.metric, max(known))}"
    if latest is not None:
        words += f", terakhir {_worded(one.metric, latest)}"
    return f"{words} (gelap: masuk, terang: keluar)" if one.metric in BOTH_WAYS else words


def _worded(metric: Metric, value: float) -> str:
    if metric is Metric.IN_BPS:
        unit, size = next(((name, size) for name, size in reversed(UNITS) if value >= size), UNITS[0])
        return f"{formats.format_measure(value / size)} {unit}"
    if metric in BOTH_WAYS:
        return f"{formats.format_measure(value)} per detik"
    number, unit = formats.format_measure(value), _UNITS[metric]
    return f"{number}%" if unit == "%" else f"{number} {unit}"
