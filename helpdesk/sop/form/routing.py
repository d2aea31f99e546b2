"""Routes the arrows of one page: orthogonal lines through the free ways between the symbols.

Every symbol stands in the middle of its column, so that beside it runs a gutter and above and below it a
band in which no symbol stands. All routes of a few simple forms are tried, the best one is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from helpdesk.sop.form.flow import EdgeKind
from helpdesk.sop.form.model import Point, Shape, Side, Symbol

Segment = tuple[Point, Point]

CLEARANCE = 0.7  # between a line and a symbol that it has nothing to do with
TIP_ROOM = 2.6  # the last part of an arrow has to hold its head
BEND, CROSSING, OVERLAP, OVERLAP_EACH_MM, MERGED_EACH_MM = 7.0, 9.0, 160.0, 20.0, 0.2
USED_PORT, SHORT_TIP, WRONG_SIDE, ODD_SIDE = 60.0, 90.0, 120.0, 6.0
OFF_CENTRE = 1.5
PLAIN_CORNERS = 2
TRACKS = (1.5, 2.4, 0.7, 3.3)
BANDS_ABOVE, BANDS_BELOW = (2.9, 3.6), (1.3, 2.1, 2.9)
SAME = 0.55  # lines nearer than this read as one


@dataclass(frozen=True, slots=True)
class Wanted:
    """An arrow to be routed between two symbols of the page."""

    source: Symbol
    target: Symbol
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Ways:
    """Where lines may run on the page: down through the gutters, and nowhere above or below the rows."""

    gutters: Sequence[float]
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Port:
    symbol: Symbol
    side: Side
    at: Point
    offset: float


@dataclass(frozen=True, slots=True)
class _Laid:
    wanted: Wanted
    points: tuple[Point, ...]
    exit_side: Side
    entry_side: Side


@dataclass(frozen=True, slots=True)
class _Candidate:
    points: tuple[Point, ...]
    start: _Port
    end: _Port
    base: float


def route_page(wanted: Sequence[Wanted], symbols: Sequence[Symbol], ways: Ways) -> list[tuple[Point, ...]]:
    """Return the corners of every wanted arrow, in the order they were asked for."""
    laid: dict[int, _Laid] = {}
    for index in sorted(range(len(wanted)), key=lambda one: _difficulty(wanted[one])):
        laid[index] = _best(wanted[index], symbols, ways, list(laid.values()))
    return [laid[index].points for index in range(len(wanted))]


def _difficulty(one: Wanted) -> tuple[bool, float]:
    """What has one obvious way goes first, what can go around goes last."""
    back = one.kind is EdgeKind.RETURN or one.target.y < one.source.y
    return back, abs(one.target.y - one.source.y)


def gutter_lines(edges: Sequence[float], gutters: Sequence[float]) -> list[float]:
    """Return where a line may run down beside the symbols; `edges` are the borders of the offices."""
    lines: list[float] = []
    for index, edge in enumerate(edges):
        room = gutters[min(index, len(gutters) - 1)]
        for track in TRACKS:
            if track > room - CLEARANCE + 0.01 and track != min(TRACKS):
                continue
            track = min(track, max(room - CLEARANCE, 0.3))
            if index > 0:
                lines.append(edge - track)
            if index < len(edges) - 1:
                lines.append(edge + track)
    return lines


# From the few plain routes through the middles of the sides to every route there is: (plain only, places
# on a side, how much of a conflict with other arrows is still good enough not to look further).
_EFFORTS = (
    (True, (0.0,), 2 * CROSSING),
    (False, (0.0,), OVERLAP / 2),
    (False, (0.0, -1.0, 1.0), float("inf")),
)


def _best(wanted: Wanted, symbols: Sequence[Symbol], ways: Ways, laid: Sequence[_Laid]) -> _Laid:
    best: tuple[float, _Candidate] | None = None
    for plain, offsets, good_enough in _EFFORTS:
        found = _cheapest(_candidates(wanted, ways, offsets, plain=plain), wanted, symbols, laid)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
        if best is not None and best[0] - best[1].base <= good_enough:
            return _Laid(wanted, best[1].points, best[1].start.side, best[1].end.side)
    raise AssertionError(f"no way from {wanted.source.name} to {wanted.target.name}")


def _cheapest(
    candidates: Iterator[_Candidate], wanted: Wanted, symbols: Sequence[Symbol], laid: Sequence[_Laid]
) -> tuple[float, _Candidate] | None:
    best: tuple[float, _Candidate] | None = None
    for candidate in sorted(candidates, key=lambda one: one.base):
        if best is not None and candidate.base >= best[0]:
            break
        if not _is_free(candidate, wanted, symbols):
            continue
        cost = candidate.base + _conflicts(candidate, wanted, laid)
        if best is None or cost < best[0]:
            best = (cost, candidate)
    return best


def _candidates(wanted: Wanted, ways: Ways, offsets: Sequence[float], *, plain: bool) -> Iterator[_Candidate]:
    for start in _ports(wanted.source, offsets):
        for end in _ports(wanted.target, offsets):
            for middle in _middles(start, end, ways.gutters):
                if plain and len(middle) > PLAIN_CORNERS:
                    continue
                if any(not ways.top <= y <= ways.bottom for _, y in middle):
                    continue
                points = _simplified((start.at, *middle, end.at))
                if len(points) >= 2 and _leaves_and_enters(points, start, end):
                    yield _Candidate(points, start, end, _base_cost(points, start, end, wanted))


def _ports(symbol: Symbol, offsets: Sequence[float]) -> Iterator[_Port]:
    for offset in offsets:
        yield from _ports_at(symbol, offset)


def _ports_at(symbol: Symbol, offset: float) -> Iterator[_Port]:
    across, down = offset * symbol.width * 0.22, offset * symbol.height * 0.26
    if symbol.shape is Shape.CAPSULE:
        # Only the straight part between its round ends.
        across = offset * min(symbol.width * 0.22, (symbol.width - symbol.height) / 2)
    if offset and symbol.shape in (Shape.DIAMOND, Shape.PENTAGON):
        return
    yield _Port(symbol, Side.BOTTOM, (symbol.x + across, symbol.bottom), offset)
    yield _Port(symbol, Side.TOP, (symbol.x + across, symbol.top), offset)
    if offset and symbol.shape is Shape.CAPSULE:
        return
    yield _Port(symbol, Side.LEFT, (symbol.left, symbol.y + down), offset)
    yield _Port(symbol, Side.RIGHT, (symbol.right, symbol.y + down), offset)


def _middles(start: _Port, end: _Port, gutters: Sequence[float]) -> Iterator[tuple[Point, ...]]:
    """Every form of a route between two ports: straight, one corner, through a band, through a gutter."""
    (x1, y1), (x2, y2) = start.at, end.at
    flat_start, flat_end = _is_flat(start.side), _is_flat(end.side)
    if x1 == x2 or y1 == y2:
        yield ()
    if flat_start and not flat_end:
        yield ((x2, y1),)
    if not flat_start and flat_end:
        yield ((x1, y2),)
    out_bands = [] if flat_start else _bands(start)
    in_bands = [] if flat_end else _bands(end)
    if not flat_start and not flat_end:
        for band in {*out_bands, *in_bands}:
            yield ((x1, band), (x2, band))
    for gutter in gutters:
        if flat_start and flat_end:
            yield ((gutter, y1), (gutter, y2))
        elif flat_start:
            yield from (((gutter, y1), (gutter, band), (x2, band)) for band in in_bands)
        elif flat_end:
            yield from (((x1, band), (gutter, band), (gutter, y2)) for band in out_bands)
        else:
            yield from (
                ((x1, out), (gutter, out), (gutter, into), (x2, into))
                for out in out_bands
                for into in in_bands
            )


def _is_flat(side: Side) -> bool:
    return side in (Side.LEFT, Side.RIGHT)


def _bands(port: _Port) -> list[float]:
    symbol = port.symbol
    if port.side is Side.TOP:
        return [symbol.top - band for band in BANDS_ABOVE]
    return [symbol.bottom + band for band in (*BANDS_BELOW, *BANDS_ABOVE)]


def _simplified(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the corners without repeated ones and those on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) >= 2 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


_AWAY: dict[Side, tuple[int, int]] = {
    Side.TOP: (0, -1),
    Side.BOTTOM: (0, 1),
    Side.LEFT: (-1, 0),
    Side.RIGHT: (1, 0),
}


def _leaves_and_enters(points: Sequence[Point], start: _Port, end: _Port) -> bool:
    return _points_away(points[0], points[1], start.side) and _points_away(points[-1], points[-2], end.side)


def _points_away(port: Point, following: Point, side: Side) -> bool:
    across, down = following[0] - port[0], following[1] - port[1]
    way = _AWAY[side]
    return across * way[0] + down * way[1] > 0 and across * way[1] == 0 and down * way[0] == 0


def _base_cost(points: Sequence[Point], start: _Port, end: _Port, wanted: Wanted) -> float:
    cost = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(points))
    cost += BEND * (len(points) - 2) + OFF_CENTRE * (abs(start.offset) + abs(end.offset))
    upward = wanted.target.y < wanted.source.y
    if start.side is (Side.BOTTOM if upward else Side.TOP):
        cost += WRONG_SIDE / 4
    if end.side is (Side.TOP if upward else Side.BOTTOM):
        cost += WRONG_SIDE / 4 if upward else WRONG_SIDE
    if end.side is not Side.TOP:
        cost += ODD_SIDE
    tip = abs(points[-1][0] - points[-2][0]) + abs(points[-1][1] - points[-2][1])
    return cost + (SHORT_TIP if tip < TIP_ROOM else 0.0)


def _is_free(candidate: _Candidate, wanted: Wanted, symbols: Sequence[Symbol]) -> bool:
    for segment in pairwise(candidate.points):
        for symbol in symbols:
            own = symbol.name in (wanted.source.name, wanted.target.name)
            if _passes(segment, symbol, -0.01 if own else CLEARANCE):
                return False
    return True


def _passes(segment: Segment, symbol: Symbol, clearance: float) -> bool:
    (x1, y1), (x2, y2) = segment
    return (
        min(x1, x2) < symbol.right + clearance
        and max(x1, x2) > symbol.left - clearance
        and min(y1, y2) < symbol.bottom + clearance
        and max(y1, y2) > symbol.top - clearance
    )


def _conflicts(candidate: _Candidate, wanted: Wanted, laid: Sequence[_Laid]) -> float:
    cost = 0.0
    for other in laid:
        kin = _kinship(wanted, other.wanted)
        if wanted.source is other.wanted.target and candidate.points[0] == other.points[-1]:
            cost += USED_PORT
        if wanted.target is other.wanted.source and candidate.points[-1] == other.points[0]:
            cost += USED_PORT
        if wanted.source is other.wanted.source and candidate.start.side is other.exit_side:
            cost += USED_PORT if wanted.kind is not EdgeKind.NEXT else BEND
        for mine in pairwise(candidate.points):
            cost += sum(_meeting(mine, theirs, kin) for theirs in pairwise(other.points))
    return cost


def _kinship(one: Wanted, other: Wanted) -> bool:
    """Two arrows may run together where they come from one symbol, or lead to one."""
    same_source = one.source is other.source and EdgeKind.NEXT == one.kind == other.kind
    same_kind = (one.kind is EdgeKind.RETURN) == (other.kind is EdgeKind.RETURN)
    return same_source or (one.target is other.target and same_kind)


def _meeting(mine: Segment, theirs: Segment, kin: bool) -> float:
    flat, their_flat = mine[0][1] == mine[1][1], theirs[0][1] == theirs[1][1]
    if flat != their_flat:
        across, down = (mine, theirs) if flat else (theirs, mine)
        x, y = down[0][0], across[0][1]
        left, right = sorted((across[0][0], across[1][0]))
        top, bottom = sorted((down[0][1], down[1][1]))
        inside = left + 0.01 < x < right - 0.01 and top + 0.01 < y < bottom - 0.01
        return CROSSING if inside else 0.0
    axis, along = (1, 0) if flat else (0, 1)
    if abs(mine[0][axis] - theirs[0][axis]) > SAME:
        return 0.0
    first, last = sorted((mine[0][along], mine[1][along]))
    low, high = sorted((theirs[0][along], theirs[1][along]))
    shared = min(last, high) - max(first, low)
    if shared <= 0.05:
        return 0.0
    same_way = (mine[1][along] > mine[0][along]) == (theirs[1][along] > theirs[0][along])
    if kin and same_way:
        return MERGED_EACH_MM * shared
    return OVERLAP + OVERLAP_EACH_MM * shared
