"""How graphs of time series are put into words: titles, units, axes, and a sentence for who sees none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.evidence.presentation import format_frequency, format_rate, format_value
from helpdesk.evidence.series.courses import SMALL_WINDOW
from helpdesk.evidence.series.graphs import Graph, Kind, draw, small_path
from helpdesk.evidence.series.periods import Courses, Period, marks_of_time
from helpdesk.evidence.series.rules import Metric, Point, Resolution

PERIODS: dict[Period, Any] = {
    Period.HOUR: _l("1 hour"),
    Period.SIX_HOURS: _l("6 hours"),
    Period.DAY: _l("24 hours"),
    Period.WEEK: _l("7 days"),
    Period.MONTH: _l("30 days"),
    Period.YEAR: _l("13 months"),
}
RESOLUTIONS: dict[Resolution, Any] = {
    Resolution.RAW: _l("Every reading"),
    Resolution.FIVE_MINUTES: _l("Means of 5 minutes"),
    Resolution.HOUR: _l("Means of an hour"),
}
TITLES: dict[str, Any] = {
    "traffic": _l("Traffic (bit/s)"),
    "utilisation": _l("Utilisation (percent of the speed)"),
    "errors": _l("Errors (per second)"),
    "discards": _l("Discards (per second)"),
    "processor": _l("Processor (percent)"),
    "memory": _l("Memory (percent)"),
    "temperature": _l("Highest temperature (°C)"),
}
_INTO, _OUT = _l("Received"), _l("Sent")
LINES: dict[Metric, Any] = {
    Metric.IN_BPS: _INTO,
    Metric.OUT_BPS: _OUT,
    Metric.IN_ERRORS: _INTO,
    Metric.OUT_ERRORS: _OUT,
    Metric.IN_DISCARDS: _INTO,
    Metric.OUT_DISCARDS: _OUT,
    Metric.PROCESSOR_PERCENT: _l("Busiest processor"),
    Metric.MEMORY_PERCENT: _l("Fullest memory"),
    Metric.TEMPERATURE_CELSIUS: _l("Hottest sensor"),
}
_PATTERNS: dict[Period, tuple[str, str]] = {
    Period.HOUR: ("HH.mm", "HH:mm"),
    Period.SIX_HOURS: ("HH.mm", "HH:mm"),
    Period.DAY: ("HH.mm", "HH:mm"),
}
_SKELETONS: dict[Period, str] = {Period.WEEK: "Ed", Period.MONTH: "MMMd", Period.YEAR: "yMMM"}
# Nearer to the edge of the picture a word of the time axis would be cut.
_EDGE = 0.03


@dataclass(frozen=True)
class TimeMark:
    """A named moment of the time axis: where it lies, and whether a narrow screen leaves it out."""

    x: str
    label: str
    is_minor: bool


@dataclass(frozen=True)
class SmallGraph:
    """A line without axes beside a port's name, with its highest value in words."""

    series_id: int
    path: str
    peak: str


def show_graphs(
    kinds: Iterable[Kind], courses: Courses, *, speed_bps: int | None = None
) -> list[dict[str, Any]]:
    """Return the graphs of which anything is known, with all that is said of them."""
    drawn = (draw(kind, courses, speed_bps=speed_bps) for kind in kinds)
    return [_shown(graph) for graph in drawn if graph is not None]


def time_axis(period: Period, end: datetime, zone: ZoneInfo) -> list[TimeMark]:
    """Return the named moments of the time axis; every second one only where there is room."""
    start, marks = end - period.length, marks_of_time(period, end, zone)
    placed = [((moment - start) / period.length, moment) for moment in marks]
    return [
        TimeMark(f"{100 * share:.2f}%", _moment(period, moment, zone), is_minor=number % 2 == 1)
        for number, (share, moment) in enumerate(placed)
        if _EDGE < share < 1 - _EDGE
    ]


def show_small(
    points: Mapping[str, Sequence[Point]], ports: Mapping[str, int], *, now: datetime
) -> dict[str, SmallGraph]:
    """Return the small graph of each port that has a series, with a path only where something is known."""
    start = now - SMALL_WINDOW
    return {
        name: SmallGraph(series_id, small_path(points.get(name, ()), start, now), _peak(points.get(name, ())))
        for name, series_id in ports.items()
    }


def _peak(points: Sequence[Point]) -> str:
    highest = max((point.high for point in points if point.high is not None), default=None)
    return "" if highest is None else format_in("bps", highest)


def _shown(graph: Graph) -> dict[str, Any]:
    unit = graph.kind.unit
    lines = [
        {
            "label": LINES[line.metric],
            "path": line.path,
            "band": line.band,
            "percentile_y": line.percentile_y,
            "latest": format_in(unit, line.figures.latest),
            "mean": format_in(unit, line.figures.mean),
            "percentile": format_in(unit, line.figures.percentile),
            "peak": format_in(unit, line.figures.peak),
        }
        for line in graph.lines
    ]
    said = [
        _(
            "%(line)s: mean %(mean)s, 95th percentile %(percentile)s, highest %(peak)s.",
            line=line["label"],
            **{key: line[key] for key in ("mean", "percentile", "peak")},
        )
        for line in lines
    ]
    if graph.gaps:
        said.append(
            ngettext("%(num)s gap without readings.", "%(num)s gaps without readings.", len(graph.gaps))
        )
    return {
        "code": graph.kind.code,
        "title": TITLES[graph.kind.code],
        "lines": lines,
        "marks": [format_in(unit, mark) for mark in graph.marks],
        "gaps": graph.gaps,
        "said": " ".join(said),
    }


def format_in(unit: str, value: float) -> str:
    """Return a value with its unit."""
    if unit == "bps":
        # Three digits are all that a mean of five minutes deserves, and all that a telephone has room for.
        return format_rate(float(f"{value:.3g}")) or ""
    if unit == "percent":
        return f"{format_frequency(value)} %"
    if unit == "celsius":
        return f"{format_value(value)} °C"
    return f"{format_frequency(value)}/s"


def _moment(period: Period, moment: datetime, zone: ZoneInfo) -> str:
    local, locale = moment.astimezone(zone), get_locale()
    if period in _PATTERNS:
        indonesian, english = _PATTERNS[period]
        return str(format_datetime(local, indonesian if str(locale) == "id" else english, locale=locale))
    return str(format_skeleton(_SKELETONS[period], local, locale=locale))
