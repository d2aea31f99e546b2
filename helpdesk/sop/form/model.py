"""What a drawn form consists of: pages, rows, symbols, arrows. All measures are millimetres on the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.sop.form.flow import EdgeKind

Point = tuple[float, float]


class Shape(StrEnum):
    """The symbols of PermenPAN-RB 35/2012; the fifth is the arrow."""

    CAPSULE = "capsule"
    BOX = "box"
    DIAMOND = "diamond"
    PENTAGON = "pentagon"


class Side(StrEnum):
    """Where an arrow leaves or enters a symbol."""

    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol: its name is the id of its step, or says what it is (start, end:…, connector:…, page A)."""

    name: str
    shape: Shape
    x: float  # of the middle
    y: float
    width: float
    height: float
    step_id: str = ""
    words: str = ""

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow on one page, as the corners it passes; the last is the tip."""

    source: str
    target: str
    kind: EdgeKind
    branch: str
    points: tuple[Point, ...]
    words: str = ""
    words_at: Point = (0.0, 0.0)
    words_anchor: str = "start"
    # The edge of the flow that it draws, or a part of it where the edge goes over pages.
    edge: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the matrix; an office has the code of its role."""

    name: str
    x: float
    width: float
    title: tuple[str, ...]
    role: str = ""

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The middle."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, in lines."""

    column: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix: a step, or (without one) the strip of the arrows to other pages."""

    top: float
    height: float
    step_id: str = ""
    number: int = 0
    cells: tuple[Cell, ...] = ()

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the matrix."""

    number: int
    rows: tuple[Row, ...]
    symbols: tuple[Symbol, ...]
    arrows: tuple[Arrow, ...]
    head_top: float
    body_top: float
    bottom: float

    def find_symbol(self, name: str) -> Symbol | None:
        """Return the symbol of the name, or None."""
        return next((symbol for symbol in self.symbols if symbol.name == name), None)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole matrix of a procedure in one language."""

    width: float
    height: float
    text_size: float
    head_size: float
    label_size: float
    title_lines: tuple[str, ...]
    title_size: float
    columns: tuple[Column, ...]
    pages: tuple[Page, ...]
    language: str
    # Over the offices, and over the three columns of the standard.
    group_words: tuple[str, str]

    def column(self, name: str) -> Column:
        """Return the column of the name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def offices(self) -> tuple[Column, ...]:
        """The columns of the offices."""
        return tuple(column for column in self.columns if column.role)
