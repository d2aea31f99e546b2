"""Line graphs of a period as pictures of our own: a gap in the readings is a gap in the line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from helpdesk.evidence.series.drawing import Canvas, Place, segments, stretch_path

# The picture's own measure; the paper gives it its size.
WIDTH, HEIGHT = 200.0, 60.0
_GRID, _GAP, _DARK, _LIGHT = "#c9c9c9", "#ececec", "#1d1d1d", "#7a7a7a"


def evenly(values: Sequence[float | None], step: float) -> list[Place]:
    """Return the values as points in the middle of steps that are each such a share of the period."""
    return [(min((place + 0.5) * step, 1.0), value) for place, value in enumerate(values)]


def draw_lines(
    lines: Sequence[Sequence[Place]],
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
        parts += _line(points, Canvas(WIDTH, HEIGHT, scale[-1]), colours[min(number, 1)])
    view = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{"".join(parts)}</svg>'


def _line(points: Sequence[Place], canvas: Canvas, colour: str) -> list[str]:
    drawn = []
    for stretch in segments(points):
        if len(stretch) == 1:
            # A single value between two gaps is a dot.
            x, y = canvas.x(stretch[0][0]), canvas.y(stretch[0][1])
            drawn.append(f'<circle cx="{x}" cy="{y}" r="0.9" fill="{colour}"/>')
            continue
        drawn.append(
            f'<path d="{stretch_path(stretch, canvas)}" fill="none" stroke="{colour}" stroke-width="1.1" '
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
    canvas = Canvas(WIDTH, HEIGHT, scale[-1])
    across = [f"M0 {canvas.y(mark)}H{WIDTH:g}" for mark in scale]
    down = [f"M{WIDTH * day / days:.2f} 0V{HEIGHT:g}" for day in range(days + 1)] if days > 1 else []
    return [f'<path d="{"".join([*across, *down])}" fill="none" stroke="{_GRID}" stroke-width="0.4"/>']
