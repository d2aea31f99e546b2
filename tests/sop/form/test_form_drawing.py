"""The drawn form: a symbol a step in its office's column, an arrow an edge, nothing crossed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given, settings

from helpdesk.sop.form.drawing import draw_form
from helpdesk.sop.form.flow import EdgeKind, edges_of, end_of, only_ends
from helpdesk.sop.form.lettering import LINE_HEIGHT, width_of
from helpdesk.sop.form.model import Arrow, Drawing, Page, Shape, Symbol
from helpdesk.sop.form.sheets import PADDING
from helpdesk.sop.schema import END, Procedure
from tests.factories.flows import decision, flows, procedure_of, slug

NEAR = 0.02


def on_border(point, symbol: Symbol) -> bool:
    """Whether the point lies on the outline of the symbol's box."""
    x, y = point
    inside = symbol.left - NEAR <= x <= symbol.right + NEAR and symbol.top - NEAR <= y <= symbol.bottom + NEAR
    edges = (symbol.left, symbol.right, symbol.top, symbol.bottom)
    distances = (x - edges[0], x - edges[1], y - edges[2], y - edges[3])
    return inside and min(abs(one) for one in distances) <= NEAR


def touches(point, symbol: Symbol) -> bool:
    """Whether an arrow that ends there touches what is drawn, not only the box around it."""
    if not on_border(point, symbol):
        return False
    in_middle = abs(point[0] - symbol.x) <= NEAR or abs(point[1] - symbol.y) <= NEAR
    if symbol.shape in (Shape.DIAMOND, Shape.PENTAGON):
        return in_middle
    if symbol.shape is Shape.CAPSULE:
        return in_middle or abs(point[0] - symbol.x) <= (symbol.width - symbol.height) / 2 + NEAR
    return True


def crosses(first, second, symbol: Symbol) -> bool:
    (x1, y1), (x2, y2) = first, second
    return (
        min(x1, x2) < symbol.right - NEAR
        and max(x1, x2) > symbol.left + NEAR
        and min(y1, y2) < symbol.bottom - NEAR
        and max(y1, y2) > symbol.top + NEAR
    )


def check_symbols(procedure: Procedure, drawing: Drawing) -> None:
    drawn = Counter(symbol.step_id for page in drawing.pages for symbol in page.symbols if symbol.step_id)
    assert drawn == Counter(step.id for step in procedure.steps)
    column_of = {column.role: column for column in drawing.offices}
    for page in drawing.pages:
        rows = {row.step_id: row for row in page.rows if row.step_id}
        for symbol in page.symbols:
            if not symbol.step_id:
                continue
            step = procedure.find_step(symbol.step_id)
            column, row = column_of[step.role], rows[step.id]
            assert column.x < symbol.left < symbol.right < column.right
            assert row.top <= symbol.top < symbol.bottom <= row.bottom
            assert (symbol.shape is Shape.DIAMOND) == step.is_decision
            if only_ends(step):
                assert symbol.shape is Shape.CAPSULE
        for one in page.symbols:
            overlaps = [
                other.name
                for other in page.symbols
                if other is not one
                and one.left < other.right
                and other.left < one.right
                and one.top < other.bottom
                and other.top < one.bottom
            ]
            assert not overlaps


def check_arrows(procedure: Procedure, drawing: Drawing) -> None:
    edges = edges_of(procedure)
    parts: dict[int, list[tuple[Page, Arrow]]] = {index: [] for index in range(len(edges))}
    for page in drawing.pages:
        for arrow in page.arrows:
            parts[arrow.edge].append((page, arrow))
            named = {symbol.name: symbol for symbol in page.symbols}
            source, target = named[arrow.source], named[arrow.target]
            assert touches(arrow.points[0], source), arrow
            assert touches(arrow.points[-1], target), arrow
            for first, second in pairwise(arrow.points):
                assert first[0] == second[0] or first[1] == second[1], "orthogonal"
                assert not [one.name for one in page.symbols if crosses(first, second, one)], arrow
    for index, edge in enumerate(edges):
        drawn = parts[index]
        if len(drawn) == 1:
            assert (drawn[0][1].source, drawn[0][1].target) == (edge.source, edge.target)
            continue
        (page_out, out), (page_in, into) = sorted(drawn, key=lambda one: one[1].source != edge.source)
        assert page_out is not page_in
        assert (out.source, into.target) == (edge.source, edge.target)
        leaves, comes = page_out.find_symbol(out.target), page_in.find_symbol(into.source)
        assert leaves.shape is comes.shape is Shape.PENTAGON
        assert leaves.words == comes.words != ""
    letters = [
        symbol.words for page in drawing.pages for symbol in page.symbols if symbol.name.startswith("page:")
    ]
    assert set(Counter(letters).values()) <= {2}, "a letter joins two places"


def check_sheet(drawing: Drawing) -> None:
    for page in drawing.pages:
        assert page.bottom <= drawing.height + NEAR
        points = [point for arrow in page.arrows for point in arrow.points]
        points += [(one.left, one.top) for one in page.symbols] + [
            (one.right, one.bottom) for one in page.symbols
        ]
        first, last = drawing.offices[0], drawing.offices[-1]
        for x, y in points:
            assert first.x <= x <= last.right
            assert page.body_top <= y <= page.bottom
        columns = {column.name: column for column in drawing.columns}
        for row in page.rows:
            for cell in row.cells:
                room = columns[cell.column].width - 2 * PADDING
                assert all(width_of(line, drawing.text_size) <= room + NEAR for line in cell.lines)
                assert len(cell.lines) * drawing.text_size * LINE_HEIGHT <= row.height + NEAR
        tops = [row.top for row in page.rows]
        assert tops == sorted(tops)
        assert [row.bottom for row in page.rows[:-1]] == pytest.approx(tops[1:])


TWO_PAGES = procedure_of(
    [
        {"office": index % 3, "activity": "Melakukan kegiatan yang panjang " * 6, "next": slug(index + 1)}
        for index in range(12)
    ]
    + [{"office": 1, "decision": decision(("Ya", END), ("Tidak", slug(1)))}],
    3,
)


@settings(max_examples=20, deadline=None)
@given(flows())
@example(TWO_PAGES)
def test_any_flow_is_drawn_whole_and_clean(procedure):
    drawing = draw_form.__wrapped__(procedure, "id")
    check_symbols(procedure, drawing)
    check_arrows(procedure, drawing)
    check_sheet(drawing)


def test_the_shipped_procedures_are_drawn_without_two_arrows_in_one_place(source_procedure):
    drawing = draw_form(source_procedure)
    (page,) = drawing.pages
    runs = [(arrow.edge, segment) for arrow in page.arrows for segment in pairwise(arrow.points)]
    for edge, mine in runs:
        for other, theirs in runs:
            if edge < other:
                assert not shared(mine, theirs), (edge, other)


def shared(mine, theirs) -> bool:
    """Whether two segments run in one line for a stretch."""
    for axis, along in ((0, 1), (1, 0)):
        if mine[0][axis] == mine[1][axis] == theirs[0][axis] == theirs[1][axis]:
            low = max(min(mine[0][along], mine[1][along]), min(theirs[0][along], theirs[1][along]))
            high = min(max(mine[0][along], mine[1][along]), max(theirs[0][along], theirs[1][along]))
            return high - low > NEAR
    return False


def test_the_first_and_the_last_activity_are_the_capsules(source_procedure):
    (page,) = draw_form(source_procedure).pages
    capsules = {symbol.step_id: symbol.words for symbol in page.symbols if symbol.shape is Shape.CAPSULE}
    assert capsules == {"assign-request": "Mulai", "sign-report": "Selesai"}


def test_a_decision_that_may_end_has_a_capsule_of_its_own_behind_it():
    procedure = procedure_of(
        [
            {"office": 0, "next": slug(1)},
            {"office": 1, "decision": decision(("Ya", END), ("Tidak", slug(0)))},
        ],
        2,
    )
    (page,) = draw_form(procedure).pages
    end = page.find_symbol(end_of(procedure.steps[1]))
    assert end.shape is Shape.CAPSULE
    assert end.y > page.find_symbol(slug(1)).y
    words = {arrow.target: arrow.words for arrow in page.arrows if arrow.kind is EdgeKind.BRANCH}
    assert words == {end.name: "Ya", slug(0): "Tidak"}


def test_a_first_step_that_decides_begins_behind_a_capsule():
    ways = decision(("Ya", slug(1)), ("Tidak", END))
    procedure = procedure_of([{"office": 0, "decision": ways}, {"office": 0, "next": END}], 1)
    (page,) = draw_form(procedure).pages
    start = page.find_symbol("start")
    assert (start.shape, start.words) == (Shape.CAPSULE, "Mulai")
    assert start.y < page.find_symbol(slug(0)).y


def test_a_flow_over_two_pages_goes_on_behind_the_same_letter():
    drawing = draw_form(TWO_PAGES)
    assert len(drawing.pages) >= 2
    marks = [{one.words for one in page.symbols if one.shape is Shape.PENTAGON} for page in drawing.pages]
    assert "A" in marks[0] & marks[1]


def test_a_letter_of_the_procedure_itself_is_not_used_for_its_pages():
    steps = [
        {"office": 0, "activity": "Melakukan kegiatan yang panjang " * 8, "next": slug(index + 1)}
        for index in range(11)
    ]
    steps[3]["connector"] = {"label": "A", "title": {"id": "SOP lain", "en": "another SOP"}}
    drawing = draw_form(procedure_of([*steps, {"office": 0, "next": END}], 1))
    own = [one.words for page in drawing.pages for one in page.symbols if one.name.startswith("connector:")]
    pages = [one.words for page in drawing.pages for one in page.symbols if one.name.startswith("page:")]
    assert own == ["A"]
    assert pages[:1] == ["B"]


def test_a_text_longer_than_a_sheet_is_cut_and_says_so():
    steps = [{"office": 0, "activity": "Melakukan " * 2500, "next": END}]
    drawing = draw_form(procedure_of(steps, 1))
    check_sheet(drawing)
    (page,) = drawing.pages
    cell = next(cell for row in page.rows for cell in row.cells if cell.column == "activity")
    assert cell.lines[-1].endswith("…")
