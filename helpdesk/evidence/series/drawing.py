"""Lines of a time series as paths of SVG, for screens and papers alike: a gap stays a gap. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

# How far along the window, from 0 to 1, and the value there; None where nothing honest is known.
Place = tuple[float, float | None]

PERCENT_SCALE = (0.0, 25.0, 50.0, 75.0, 100.0)
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Canvas:
    """The measure of a picture, and the value at its upper edge."""

    width: float
    height: float
    end: float
    # So many digits after the point: a screen stretches the picture, a paper does not.
    digits: int = 2

    def x(self, share: float) -> str:
        """Return how far to the right the share of the window lies."""
        return self._number(self.width * min(max(share, 0.0), 1.0))

    def y(self, value: float) -> str:
        """Return how far below the upper edge the value lies."""
        share = min(max(value / self.end, 0.0), 1.0) if self.end else 0.0
        return self._number(self.height * (1 - share))

    def _number(self, value: float) -> str:
        return f"{value:.{self.digits}f}"


def round_scale(greatest: float) -> tuple[float, ...]:
    """Return marks from 0 to a round number that is not below the greatest value."""
    if greatest <= 0:
        return (0.0, 1.0)
    value = Decimal(str(greatest))
    size = Decimal(10) ** (value.adjusted())
    end = next(step * size for step in STEPS if step * size >= value)
    return tuple(float(end * place / 4) for place in range(5))


def scale_of(values: Iterable[float | None], *, percent: bool) -> tuple[float, ...]:
    """Return the marks of the axis: 0 to 100, or to a round number above the greatest value."""
    greatest = max((value for value in values if value is not None), default=0.0)
    return PERCENT_SCALE if percent and greatest <= 100 else round_scale(greatest)


def segments(points: Sequence[Place]) -> list[list[tuple[float, float]]]:
    """Return the stretches of points that follow each other without a gap."""
    found = []
    for is_known, stretch in groupby(points, key=lambda point: point[1] is not None):
        if is_known:
            found.append([(share, value) for share, value in stretch if value is not None])
    return found


def stretch_path(stretch: Sequence[tuple[float, float]], canvas: Canvas) -> str:
    """Return the path along points that follow each other without a gap."""
    return "M" + "L".join(f"{canvas.x(share)} {canvas.y(value)}" for share, value in stretch)


def line_path(points: Sequence[Place], canvas: Canvas) -> str:
    """Return one path for the whole line; a single value between two gaps is a dot of the pen."""
    paths = []
    for stretch in segments(points):
        path = stretch_path(stretch, canvas)
        paths.append(path + "h0" if len(stretch) == 1 else path)
    return "".join(paths)


def band_path(points: Sequence[tuple[float, float | None, float | None]], canvas: Canvas) -> str:
    """Return the area between the lowest and the highest values, stretch by stretch."""
    paths = []
    for is_known, stretch in groupby(points, key=lambda point: None not in point):
        known = [(share, low or 0.0, high or 0.0) for share, low, high in stretch]
        if is_known and len(known) > 1:
            upper = [(share, high) for share, _low, high in known]
            lower = [(share, low) for share, low, _high in reversed(known)]
            paths.append(stretch_path([*upper, *lower], canvas) + "Z")
    return "".join(paths)


def unknown_spans(points: Sequence[Place], slack: float) -> list[tuple[float, float]]:
    """Return from where to where nothing is known, with what lies before the first value and after the last.

    `slack` is how far the first and the last value may lie from the edges before that is a gap.
    """
    known = segments(points)
    if not known:
        return [(0.0, 1.0)]
    spans = [(before[-1][0], after[0][0]) for before, after in pairwise(known)]
    if known[0][0][0] > slack:
        spans.insert(0, (0.0, known[0][0][0]))
    if known[-1][-1][0] < 1 - slack:
        spans.append((known[-1][-1][0], 1.0))
    return spans
