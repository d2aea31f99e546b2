"""Line graphs of a period as pictures of our own: a gap in the readings is a gap in the line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from helpdesk.documents.rules.graphs import PERCENT_SCALE, round_scale

Point = tuple[float, float | None]

# The picture's own measure; the paper gives it its size.
WIDTH, HEIGHT = 200.0, 60.0
_GRID, _GAP, _DARK, _LIGHT = "#c9c9c9", "#ececec", "#1d1d1d", "#7a7a7a"


def evenly(values: Sequence[float | None], step: float) -> list[Point]:
    """Return the values as points in the middle of steps that are each such a share of the period."""
    return [(min((place + 0.5) * step, 1.0), value) for place, value in enumerate(values)]


def scale_of(values: Sequence[float | None], *, percent: bool) -> tuple[float, ...]:
    """Return the marks of the axis: 0 to 100, or to a round number above the greatest value."""
    greatest = max((value for value in values if value is not None), default=0.0)
    return PERCENT_SCALE if percent and greatest <= 100 else round_scale(greatest)


def draw_lines(
    lines: Sequence[Sequence[Point]],
    scale: Sequence[float],
    *,
    days: int,
    gaps: Sequence[float | None] = (),
    step: float = 1.0,
) -> str:
    """Return the graph as SVG: a rule for each mark and day, grey where nothing was read, then the lines.

    `gaps` are the values of steps that are each such a share of the period: those without one are grey.
    """
    parts = [*_gaps(gaps, step), *_grid(scale, days)]
    colours = (_DARK, _LIGHT)
    # The first line is the one that matters: it is drawn last, over the others.
    for number, points in reversed(list(enumerate(lines))):
        parts += _line(points, scale[-1], colours[min(number, 1)])
    view = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{"".join(parts)}</svg>'


def segments(points: Sequence[Point]) -> list[list[tuple[float, float]]]:
    """Return the stretches of points that follow each other without a gap."""
    found = []
    for is_known, stretch in groupby(points, key=lambda point: point[1] is not None):
        if is_known:
            found.append([(share, value) for share, value in stretch if value is not None])
    return found


def _line(points: Sequence[Point], end: float, colour: str) -> list[str]:
    drawn = []
    for stretch in segments(points):
        if len(stretch) == 1:
            # A single value between two gaps is a dot.
            x, y = _x(stretch[0][0]), _y(stretch[0][1], end)
            drawn.append(f'<circle cx="{x}" cy="{y}" r="0.9" fill="{colour}"/>')
            continue
        path = "M" + "L".join(f"{_x(share)} {_y(value, end)}" for share, value in stretch)
        drawn.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.1" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    return drawn


def _gaps(values: Sequence[float | None], step: float) -> list[str]:
    drawn, place = [], 0
    for is_known, stretch in groupby(values, key=lambda value: value is not None):
        length = len(list(stretch))
        if not is_known:
            left = WIDTH * min(place * step, 1.0)
            width = WIDTH * min((place + length) * step, 1.0) - left
            drawn.append(
                f'<rect x="{left:.2f}" y="0" width="{width:.2f}" height="{HEIGHT:g}" fill="{_GAP}"/>'
            )
        place += length
    return drawn


def _grid(scale: Sequence[float], days: int) -> list[str]:
    across = [f"M0 {_y(mark, scale[-1])}H{WIDTH:g}" for mark in scale]
    down = [f"M{WIDTH * day / days:.2f} 0V{HEIGHT:g}" for day in range(days + 1)] if days > 1 else []
    return [f'<path d="{"".join([*across, *down])}" fill="none" stroke="{_GRID}" stroke-width="0.4"/>']


def _x(share: float) -> str:
    return f"{WIDTH * min(max(share, 0.0), 1.0):.2f}"


def _y(value: float, end: float) -> str:
    share = min(max(value / end, 0.0), 1.0) if end else 0.0
    return f"{HEIGHT * (1 - share):.2f}"
