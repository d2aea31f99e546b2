"""Which graphs a port and a device have, and what a template needs to draw one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.evidence.series.drawing import Canvas, Place, band_path, line_path, scale_of, unknown_spans
from helpdesk.evidence.series.periods import Courses, Figures, figures_of, scaled, thin
from helpdesk.evidence.series.rules import LONGEST_PAUSE, Metric, Point, usual_interval, with_gaps

# The picture's own measure; the page stretches it, and its lines stay as thin as they are.
WIDTH, HEIGHT = 1000.0, 200.0
SMALL_WIDTH, SMALL_HEIGHT = 96.0, 20.0


@dataclass(frozen=True)
class Kind:
    """One graph: its metrics, and its unit."""

    code: str
    metrics: tuple[Metric, ...]
    unit: str
    # Shown also where nothing ever happened: a line of zeros says so.
    is_percent: bool = False


PORT_GRAPHS = (
    Kind("traffic", (Metric.IN_BPS, Metric.OUT_BPS), "bps"),
    Kind("utilisation", (Metric.IN_BPS, Metric.OUT_BPS), "percent", is_percent=True),
    Kind("errors", (Metric.IN_ERRORS, Metric.OUT_ERRORS), "per_second"),
    Kind("discards", (Metric.IN_DISCARDS, Metric.OUT_DISCARDS), "per_second"),
)
DEVICE_GRAPHS = (
    Kind("processor", (Metric.PROCESSOR_PERCENT,), "percent", is_percent=True),
    Kind("memory", (Metric.MEMORY_PERCENT,), "percent", is_percent=True),
    Kind("temperature", (Metric.TEMPERATURE_CELSIUS,), "celsius"),
)


@dataclass(frozen=True)
class Line:
    """One line of a graph: the mean, the band from the lowest to the highest, and its figures."""

    metric: Metric
    path: str
    band: str
    percentile_y: str
    figures: Figures


@dataclass(frozen=True)
class Graph:
    """A graph, drawn: lines, marks of the axis from the top down, and the spans of which nothing is known."""

    kind: Kind
    lines: tuple[Line, ...]
    marks: tuple[float, ...]
    # Left edge and width in the picture's measure.
    gaps: tuple[tuple[str, str], ...]


def draw(kind: Kind, courses: Courses, *, speed_bps: int | None = None) -> Graph | None:
    """Return the graph, or None where nothing of it is known in the window."""
    factor = 1.0
    if kind.code == "utilisation":
        if not speed_bps:
            return None
        factor = 100 / speed_bps
    found = [(metric, _points(courses, metric, factor)) for metric in kind.metrics]
    known = [(metric, points, said) for metric, points in found if (said := figures_of(points))]
    if not known:
        return None
    highest = (point.high for _metric, points, _said in known for point in points)
    scale = scale_of(list(highest), percent=kind.is_percent)
    canvas = Canvas(WIDTH, HEIGHT, scale[-1], digits=1)
    return Graph(
        kind=kind,
        lines=tuple(_line(metric, points, said, courses, canvas) for metric, points, said in known),
        marks=tuple(reversed(scale)),
        gaps=_gaps([points for _metric, points, _said in known], courses, canvas),
    )


def small_path(points: Sequence[Point], start: datetime, end: datetime) -> str:
    """Return the line of a small graph without axes, from nothing to its own highest value."""
    placed = _placed(list(with_gaps(points)), start, end, timedelta(hours=1))
    greatest = max((value for _share, value in placed if value is not None), default=0.0)
    return line_path(placed, Canvas(SMALL_WIDTH, SMALL_HEIGHT, greatest, digits=0))


def _points(courses: Courses, metric: Metric, factor: float) -> list[Point]:
    course = courses.courses.get(metric)
    return scaled(course.points, factor) if course else []


def _line(metric: Metric, points: Sequence[Point], said: Figures, courses: Courses, canvas: Canvas) -> Line:
    drawn = _drawn(points, courses)
    places = _placed(drawn, courses.start, courses.end, _width(courses))
    band = [(share, point.low, point.high) for (share, _value), point in zip(places, drawn, strict=True)]
    return Line(metric, line_path(places, canvas), band_path(band, canvas), canvas.y(said.percentile), said)


def _drawn(points: Sequence[Point], courses: Courses) -> list[Point]:
    return list(with_gaps(thin(points, courses.start, courses.end)))


def _gaps(lines: Sequence[Sequence[Point]], courses: Courses, canvas: Canvas) -> tuple[tuple[str, str], ...]:
    """Return the spans of which no line knows anything; lines of one reading have the same moments."""
    longest = max(lines, key=lambda points: sum(point.count for point in points))
    drawn = _drawn(longest, courses)
    interval = usual_interval(point.at for point in drawn) or courses.end - courses.start
    slack = LONGEST_PAUSE * max(interval, _width(courses)) / (courses.end - courses.start)
    places = _placed(drawn, courses.start, courses.end, _width(courses))
    spans = unknown_spans(places, slack)
    return tuple((canvas.x(left), canvas.x(right - left)) for left, right in spans)


def _width(courses: Courses) -> timedelta:
    return timedelta(seconds=int(courses.resolution))


def _placed(points: Sequence[Point], start: datetime, end: datetime, width: timedelta) -> list[Place]:
    """Return where along the window each bucket lies: its middle."""
    return [
        (min(max((point.at + width / 2 - start) / (end - start), 0.0), 1.0), point.mean) for point in points
    ]
