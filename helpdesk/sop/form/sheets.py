"""Columns, rows and pages of the matrix: where each text and each symbol stands before arrows are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpdesk.sop.form import wording
from helpdesk.sop.form.flow import START, begins, connector_of, end_of, has_own_end, has_own_start, only_ends
from helpdesk.sop.form.lettering import LINE_HEIGHT, cut, wrap
from helpdesk.sop.form.model import Cell, Column, Row, Shape, Symbol
from helpdesk.sop.schema import Procedure, Step

# A4 across, without its margins.
SHEET_WIDTH, SHEET_HEIGHT = 273.0, 180.0
PADDING = 1.3
# Text keeps this part of its column free, for browsers whose letters are a little wider.
SPARE = 0.97
GROUP_HEAD_HEIGHT, HEAD_SIZE = 5.5, 2.6
TITLE_SIZE, TITLE_GAP = 3.7, 2.5
LABEL_SIZE = 2.4
# The first three may be taken to bring a form onto one sheet; the others only for a row taller than a sheet.
TEXT_SIZES = (2.75, 2.6, 2.45, 2.2, 2.0, 1.8, 1.6)
SIZES_FOR_ONE_SHEET = 3
MAIN_SLOT, EXTRA_SLOT, STRIP = 17.0, 11.0, 14.0
SYMBOL_WIDTH, SYMBOL_HEIGHT = 15.0, 8.4
EXTRA_HEIGHT, PENTAGON = 5.6, 6.5
# Widths of the columns that are no office: with few offices, and with many.
ROOMY = {"number": 8.0, "activity": 61.0, "needs": 33.0, "time": 16.0, "output": 36.0, "remark": 25.0}
NARROW = {"number": 7.0, "activity": 48.0, "needs": 26.0, "time": 14.0, "output": 27.0, "remark": 22.0}
NARROWEST_OFFICE, WIDEST_OFFICE = 17.0, 30.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The texts of a whole matrix at one size, in pages of rows that still begin at zero."""

    text_size: float
    pages: tuple[tuple[Row, ...], ...]


def columns_of(procedure: Procedure, language: str) -> tuple[Column, ...]:
    """Return the columns from left to right; what few offices leave goes to the activities."""
    count = len(procedure.roles)
    fixed = dict(ROOMY)
    if (SHEET_WIDTH - sum(fixed.values())) / count < NARROWEST_OFFICE:
        fixed = dict(NARROW)
    office = min((SHEET_WIDTH - sum(fixed.values())) / count, WIDEST_OFFICE)
    fixed["activity"] += SHEET_WIDTH - sum(fixed.values()) - count * office
    heads = {
        "number": wording.NUMBER,
        "activity": wording.ACTIVITY,
        "needs": wording.NEEDS,
        "time": wording.TIME,
        "output": wording.OUTPUT,
        "remark": wording.REMARK,
    }
    columns: list[Column] = []
    x = 0.0

    def add(name: str, width: float, title: str, role: str = "") -> None:
        nonlocal x
        lines = wrap(title, (width - 2 * PADDING) * SPARE, HEAD_SIZE, bold=True)
        columns.append(Column(name, x, width, lines, role))
        x += width

    for name in ("number", "activity"):
        add(name, fixed[name], heads[name].in_language(language))
    for index, role in enumerate(procedure.roles):
        add(f"office-{index}", office, role.title.in_language(language), role.code)
    for name in ("needs", "time", "output", "remark"):
        add(name, fixed[name], heads[name].in_language(language))
    return tuple(columns)


def head_height(columns: Sequence[Column]) -> float:
    """Return the height of both rows of the head."""
    lines = max(len(column.title) for column in columns)
    return GROUP_HEAD_HEIGHT + max(lines * HEAD_SIZE * LINE_HEIGHT + 2 * PADDING, 8.0)


def sheet_of(procedure: Procedure, columns: Sequence[Column], room: float, language: str) -> Sheet:
    """Return the rows at the largest size that fits; on one sheet where it can be."""
    for size in TEXT_SIZES[:SIZES_FOR_ONE_SHEET]:
        rows = rows_of(procedure, columns, size, language)
        if sum(row.height for row in rows) <= room:
            return Sheet(size, (rows,))
    row_room = room - 2 * STRIP
    for size in TEXT_SIZES:
        rows = rows_of(procedure, columns, size, language)
        if all(row.height <= row_room for row in rows):
            return Sheet(size, tuple(_paged(rows, row_room)))
    rows = tuple(_cut_row(row, row_room, TEXT_SIZES[-1]) for row in rows)
    return Sheet(TEXT_SIZES[-1], tuple(_paged(rows, row_room)))


def rows_of(procedure: Procedure, columns: Sequence[Column], size: float, language: str) -> tuple[Row, ...]:
    """Return one row a step, each as tall as its longest text and its symbols."""
    return tuple(_row(procedure, step, columns, size, language) for step in procedure.steps)


def _row(procedure: Procedure, step: Step, columns: Sequence[Column], size: float, language: str) -> Row:
    texts = {
        "number": str(step.number),
        "activity": step.activity.in_language(language),
        "needs": wording.needs_of(procedure, step, language),
        "time": wording.time_of(step, language),
        "output": wording.outputs_of(step, language),
        "remark": wording.remarks_of(procedure, step, language),
    }
    cells = tuple(
        Cell(column.name, wrap(texts[column.name], (column.width - 2 * PADDING) * SPARE, size))
        for column in columns
        if column.name in texts
    )
    tallest = max(len(cell.lines) for cell in cells) * size * LINE_HEIGHT + 2 * PADDING
    return Row(0.0, max(tallest, slots_height(procedure, step)), step.id, step.number, cells)


def slots_height(procedure: Procedure, step: Step) -> float:
    """Return the height that the symbols of the step need, with the ways between them."""
    extras = has_own_start(procedure, step) + has_own_end(step) + (step.connector is not None)
    return MAIN_SLOT + extras * EXTRA_SLOT


def _cut_row(row: Row, room: float, size: float) -> Row:
    """A text longer than a whole sheet is cut, and says so; the page of the procedure has all of it."""
    if row.height <= room:
        return row
    count = int((room - 2 * PADDING) / (size * LINE_HEIGHT))
    cells = tuple(Cell(cell.column, cut(cell.lines, count)) for cell in row.cells)
    return Row(row.top, room, row.step_id, row.number, cells)


def _paged(rows: Iterable[Row], room: float) -> Iterable[tuple[Row, ...]]:
    page: list[Row] = []
    for row in rows:
        if page and sum(one.height for one in page) + row.height > room:
            yield tuple(page)
            page = []
        page.append(row)
    yield tuple(page)


def symbols_of(procedure: Procedure, row: Row, columns: Sequence[Column], language: str) -> list[Symbol]:
    """Return the symbols of a step's row, one below the other in the column of its office."""
    step = next(one for one in procedure.steps if one.id == row.step_id)
    column = next(one for one in columns if one.role == step.role)
    width, height = symbol_size(column)
    starts, ends = wording.STARTS.in_language(language), wording.ENDS.in_language(language)
    stack: list[tuple[str, Shape, str, float]] = []
    if has_own_start(procedure, step):
        stack.append((START, Shape.CAPSULE, starts, EXTRA_SLOT))
    words = starts if begins(procedure, step) and not step.is_decision else ends if only_ends(step) else ""
    stack.append((step.id, _shape(procedure, step), words, MAIN_SLOT))
    if has_own_end(step):
        stack.append((end_of(step), Shape.CAPSULE, ends, EXTRA_SLOT))
    if step.connector is not None:
        stack.append((connector_of(step), Shape.PENTAGON, step.connector.label, EXTRA_SLOT))
    y = row.top + (row.height - sum(slot for *_, slot in stack)) / 2
    symbols = []
    for name, shape, said, slot in stack:
        is_main = name == step.id
        size = (width, height) if is_main else _extra_size(shape, width)
        # A diamond holds less than a box of its size, so it is drawn a little taller.
        tall = size[1] * 1.15 if shape is Shape.DIAMOND else size[1]
        symbols.append(
            Symbol(name, shape, column.middle, y + slot / 2, size[0], tall, step.id if is_main else "", said)
        )
        y += slot
    return symbols


def symbol_size(column: Column) -> tuple[float, float]:
    """Return the size of a symbol: the arrows need a part of the column at both of its sides."""
    width = min(SYMBOL_WIDTH, column.width - 2 * gutter_of(column))
    return width, min(SYMBOL_HEIGHT, width * 0.75)


def gutter_of(column: Column) -> float:
    """Return the free width at each side of a column for arrows that pass by."""
    return min(max(column.width * 0.2, 1.6), 4.5)


def _extra_size(shape: Shape, width: float) -> tuple[float, float]:
    if shape is Shape.PENTAGON:
        return min(PENTAGON, width), min(PENTAGON, width)
    return min(width, 13.0), min(EXTRA_HEIGHT, width * 0.6)


def _shape(procedure: Procedure, step: Step) -> Shape:
    if step.is_decision:
        return Shape.DIAMOND
    return Shape.CAPSULE if begins(procedure, step) or only_ends(step) else Shape.BOX
