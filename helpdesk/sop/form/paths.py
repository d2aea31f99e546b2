"""The symbols and arrows as SVG path data: the page and the PDF draw the same lines."""

from __future__ import annotations

from helpdesk.sop.form.model import Arrow, Point, Shape, Symbol

TIP_LENGTH, TIP_WIDTH = 2.2, 1.7


def outline(symbol: Symbol) -> str:
    """Return the path of a symbol where it stands on the sheet."""
    return _OUTLINES[symbol.shape](symbol)


def _box(symbol: Symbol) -> str:
    return f"M{_xy(symbol.left, symbol.top)}H{_n(symbol.right)}V{_n(symbol.bottom)}H{_n(symbol.left)}Z"


def _capsule(symbol: Symbol) -> str:
    radius = symbol.height / 2
    arc = f"A{_n(radius)} {_n(radius)} 0 0 1 "
    return (
        f"M{_xy(symbol.left + radius, symbol.top)}H{_n(symbol.right - radius)}"
        f"{arc}{_xy(symbol.right - radius, symbol.bottom)}H{_n(symbol.left + radius)}"
        f"{arc}{_xy(symbol.left + radius, symbol.top)}Z"
    )


def _diamond(symbol: Symbol) -> str:
    return (
        f"M{_xy(symbol.x, symbol.top)}L{_xy(symbol.right, symbol.y)}"
        f"L{_xy(symbol.x, symbol.bottom)}L{_xy(symbol.left, symbol.y)}Z"
    )


def _pentagon(symbol: Symbol) -> str:
    shoulder = symbol.top + symbol.height * 0.58
    return (
        f"M{_xy(symbol.left, symbol.top)}H{_n(symbol.right)}V{_n(shoulder)}"
        f"L{_xy(symbol.x, symbol.bottom)}L{_xy(symbol.left, shoulder)}Z"
    )


_OUTLINES = {
    Shape.BOX: _box,
    Shape.CAPSULE: _capsule,
    Shape.DIAMOND: _diamond,
    Shape.PENTAGON: _pentagon,
}


def line(arrow: Arrow) -> str:
    """Return the path of an arrow's line; it ends inside of the tip, so that the point stays sharp."""
    *corners, tip = arrow.points
    (dx, dy), (x, y) = _direction(corners[-1], tip), tip
    end = (x - dx * TIP_LENGTH / 2, y - dy * TIP_LENGTH / 2)
    return "M" + "L".join(_xy(*point) for point in (*corners, end))


def tip(arrow: Arrow) -> str:
    """Return the path of an arrow's tip."""
    x, y = arrow.points[-1]
    dx, dy = _direction(arrow.points[-2], arrow.points[-1])
    back_x, back_y = x - dx * TIP_LENGTH, y - dy * TIP_LENGTH
    half = TIP_WIDTH / 2
    return (
        f"M{_xy(x, y)}L{_xy(back_x - dy * half, back_y + dx * half)}"
        f"L{_xy(back_x + dy * half, back_y - dx * half)}Z"
    )


def _direction(start: Point, end: Point) -> tuple[int, int]:
    return _sign(end[0] - start[0]), _sign(end[1] - start[1])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _xy(x: float, y: float) -> str:
    return f"{_n(x)} {_n(y)}"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
