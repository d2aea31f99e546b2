"""Draws the matrix of a procedure: pages with their rows, symbols and arrows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from string import ascii_uppercase

from helpdesk.sop.form import wording
from helpdesk.sop.form.flow import Edge, EdgeKind, edges_of
from helpdesk.sop.form.lettering import LINE_HEIGHT, width_of, wrap
from helpdesk.sop.form.model import Arrow, Column, Drawing, Page, Point, Row, Shape, Symbol
from helpdesk.sop.form.routing import Wanted, Ways, gutter_lines, route_page
from helpdesk.sop.form.sheets import (
    HEAD_SIZE,
    LABEL_SIZE,
    PENTAGON,
    SHEET_HEIGHT,
    SHEET_WIDTH,
    STRIP,
    TITLE_GAP,
    TITLE_SIZE,
    columns_of,
    gutter_of,
    head_height,
    sheet_of,
    symbols_of,
)
from helpdesk.sop.schema import Procedure

LONGEST_LABEL = 17.0
# From a line to the foot of a word on either side of it.
ABOVE, BELOW = 0.8, 2.4


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of an edge that lies on one page."""

    edge: int
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class _Crossing:
    """An edge between two pages, with the letter of its two pentagons."""

    edge: int
    letter: str
    from_page: int
    to_page: int

    @property
    def downward(self) -> bool:
        """Whether the flow goes on on a later page."""
        return self.to_page > self.from_page


@lru_cache(maxsize=64)
def draw_form(procedure: Procedure, language: str = "id") -> Drawing:
    """Return the drawn matrix of the procedure; the same procedure is drawn once."""
    columns = columns_of(procedure, language)
    title = wrap(wording.title_of(procedure, language), SHEET_WIDTH, TITLE_SIZE, bold=True)
    head_top = len(title) * TITLE_SIZE * LINE_HEIGHT + TITLE_GAP
    body_top = head_top + head_height(columns)
    sheet = sheet_of(procedure, columns, SHEET_HEIGHT - body_top, language)
    pages = _placed(sheet.pages, body_top)
    edges = edges_of(procedure)
    symbols = [
        [symbol for row in rows for symbol in symbols_of(procedure, row, columns, language)] if rows else []
        for rows in [[row for row in rows if row.step_id] for rows in pages]
    ]
    crossings = _crossings(procedure, edges, symbols)
    _add_pentagons(symbols, pages, crossings, edges, columns)
    drawn = tuple(
        Page(
            number=index + 1,
            rows=tuple(rows),
            symbols=tuple(symbols[index]),
            arrows=tuple(_arrows(index, rows, edges, crossings, symbols[index], columns, language)),
            head_top=head_top,
            body_top=body_top,
            bottom=rows[-1].bottom,
        )
        for index, rows in enumerate(pages)
    )
    return Drawing(
        SHEET_WIDTH,
        SHEET_HEIGHT,
        sheet.text_size,
        HEAD_SIZE,
        LABEL_SIZE,
        title,
        TITLE_SIZE,
        columns,
        drawn,
        language,
        (wording.OFFICES.in_language(language), wording.STANDARD.in_language(language)),
    )


def _placed(pages: Sequence[Sequence[Row]], top: float) -> list[list[Row]]:
    """Stack the rows of each page; where there are several, a strip at the edges holds the pentagons."""
    placed: list[list[Row]] = []
    for index, rows in enumerate(pages):
        y, stacked = top, []
        strip = Row(0.0, STRIP)
        before = [strip] if index > 0 else []
        after = [strip] if index < len(pages) - 1 else []
        for row in (*before, *rows, *after):
            stacked.append(replace(row, top=y))
            y += row.height
        placed.append(stacked)
    return placed


def _crossings(
    procedure: Procedure, edges: Sequence[Edge], symbols: Sequence[Sequence[Symbol]]
) -> list[_Crossing]:
    page_of = {symbol.name: index for index, page in enumerate(symbols) for symbol in page}
    letters = _letters({step.connector.label for step in procedure.steps if step.connector is not None})
    return [
        _Crossing(index, next(letters), page_of[edge.source], page_of[edge.target])
        for index, edge in enumerate(edges)
        if page_of[edge.source] != page_of[edge.target]
    ]


def _letters(taken: set[str]) -> Iterator[str]:
    """Yield A, B, … Z, AA, AB, … without those that the procedure itself uses."""
    for first in ("", *ascii_uppercase):
        for letter in ascii_uppercase:
            if first + letter not in taken:
                yield first + letter


def pentagon_name(letter: str, page: int) -> str:
    """Return the name of the pentagon with the letter on the page (from 0)."""
    return f"page:{letter}:{page}"


def _add_pentagons(
    symbols: list[list[Symbol]],
    pages: Sequence[Sequence[Row]],
    crossings: Sequence[_Crossing],
    edges: Sequence[Edge],
    columns: Sequence[Column],
) -> None:
    """Put both pentagons of every crossing into the strips, as near as can be to what they continue."""
    offices = [column for column in columns if column.role]
    wanted: dict[tuple[int, bool], list[tuple[str, str, float]]] = {}
    for crossing in crossings:
        edge = edges[crossing.edge]
        for page, name, at_bottom in (
            (crossing.from_page, edge.source, crossing.downward),
            (crossing.to_page, edge.target, not crossing.downward),
        ):
            x = next(symbol.x for symbol in symbols[page] if symbol.name == name)
            mark = pentagon_name(crossing.letter, page)
            wanted.setdefault((page, at_bottom), []).append((mark, crossing.letter, x))
    for (page, at_bottom), marks in wanted.items():
        strip = pages[page][-1 if at_bottom else 0]
        symbols[page] += _in_strip(marks, strip, offices)


def _in_strip(marks: Sequence[tuple[str, str, float]], strip: Row, offices: Sequence[Column]) -> list[Symbol]:
    room = offices[0].width
    each = max(1, int(room // (PENTAGON + 5)), ceil(len(marks) / len(offices)))
    size = min(PENTAGON, room / each - 2)
    slots = [office.x + office.width * (place + 0.5) / each for office in offices for place in range(each)]
    found = []
    for name, letter, x in marks:
        slot = min(slots, key=lambda one: abs(one - x))
        slots.remove(slot)
        y = strip.top + strip.height / 2
        found.append(Symbol(name, Shape.PENTAGON, slot, y, size, size, words=letter))
    return found


def _parts(
    page: int, edges: Sequence[Edge], crossings: Sequence[_Crossing], here: set[str]
) -> Iterator[_Part]:
    crossing_of = {crossing.edge: crossing for crossing in crossings}
    for index, edge in enumerate(edges):
        crossing = crossing_of.get(index)
        if crossing is None:
            if edge.source in here:
                yield _Part(index, edge.source, edge.target)
        elif crossing.from_page == page:
            yield _Part(index, edge.source, pentagon_name(crossing.letter, page))
        elif crossing.to_page == page:
            yield _Part(index, pentagon_name(crossing.letter, page), edge.target)


def _arrows(
    page: int,
    rows: Sequence[Row],
    edges: Sequence[Edge],
    crossings: Sequence[_Crossing],
    symbols: Sequence[Symbol],
    columns: Sequence[Column],
    language: str,
) -> Iterator[Arrow]:
    named = {symbol.name: symbol for symbol in symbols}
    parts = list(_parts(page, edges, crossings, set(named)))
    wanted = [Wanted(named[part.source], named[part.target], edges[part.edge].kind) for part in parts]
    routes = route_page(wanted, symbols, Ways(_gutters(columns), rows[0].top, rows[-1].bottom))
    for part, points in zip(parts, routes, strict=True):
        edge = edges[part.edge]
        words = _label(edge, language) if part.source == edge.source else ""
        at, anchor = _label_place(points)
        yield Arrow(
            part.source, part.target, edge.kind, edge.branch, points, words, at, anchor, edge=part.edge
        )


def _gutters(columns: Sequence[Column]) -> list[float]:
    offices = [column for column in columns if column.role]
    edges = [offices[0].x, *(office.right for office in offices)]
    return gutter_lines(edges, [gutter_of(office) for office in offices])


def _label(edge: Edge, language: str) -> str:
    if edge.kind is EdgeKind.RETURN:
        return wording.RETURNS.in_language(language)
    words = "" if edge.label is None else edge.label.in_language(language)
    if width_of(words, LABEL_SIZE) <= LONGEST_LABEL:
        return words
    while words and width_of(words + "…", LABEL_SIZE) > LONGEST_LABEL:
        words = words[:-1]
    return words.rstrip() + "…"


def _label_place(points: Sequence[Point]) -> tuple[Point, str]:
    """Return where the word of an arrow stands: where it leaves its symbol, away from where it turns."""
    (x, y), (next_x, next_y) = points[0], points[1]
    turn = points[2][1] if len(points) > 2 else next_y
    if next_x == x:
        if abs(next_y - y) >= LABEL_SIZE * LINE_HEIGHT:
            return (x + 0.8, y + BELOW if next_y > y else y - ABOVE), "start"
        # The arrow turns at once: the word stands on the far side of what follows.
        right = points[2][0] > x
        below = next_y + BELOW if next_y > y else next_y - ABOVE
        return (x + 0.8 if right else x - 0.8, below), "start" if right else "end"
    beside = y + BELOW if turn < y else y - ABOVE
    return ((x + 0.7, beside), "start") if next_x > x else ((x - 0.7, beside), "end")
