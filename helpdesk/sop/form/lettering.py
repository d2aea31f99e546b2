"""How wide a text is in Liberation Sans, and where it breaks: the drawing has to know before it is drawn.

Arial and Helvetica have the same widths. A browser that has none of the three is told how wide each line is.
"""

from __future__ import annotations

from functools import lru_cache

FIRST_CHARACTER = 32
# Thousandths of the size for the characters from space to tilde, as the shipped font has them.
# fmt: off
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)
# fmt: on
# fmt: off
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)
# fmt: on
# What is not in the table is taken for the widest letter of the font.
WIDEST = 1340
LINE_HEIGHT = 1.2
CUT = "…"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide the text is at the size, in the unit of the size."""
    table = _BOLD if bold else _REGULAR
    return sum(_width(character, table) for character in text) * size / 1000


def set_width(text: str, size: float, *, bold: bool = False) -> float | None:
    """Return the width a line is set in, whatever the font; None where a character is not in the table."""
    if not text or not all(0 <= ord(character) - FIRST_CHARACTER < len(_REGULAR) for character in text):
        return None
    return round(width_of(text, size, bold=bold), 2)


def _width(character: str, table: tuple[int, ...]) -> int:
    place = ord(character) - FIRST_CHARACTER
    if 0 <= place < len(table):
        return table[place]
    return WIDEST


@lru_cache(maxsize=4096)
def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return the text in lines that are no wider than the width; a word that is wider is broken."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            for part in _parts(word, width, size, bold=bold):
                longer = f"{line} {part}" if line else part
                if line and width_of(longer, size, bold=bold) > width:
                    lines.append(line)
                    line = part
                else:
                    line = longer
        if line:
            lines.append(line)
    return tuple(lines)


def _parts(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Return the word whole, or in pieces where it is too wide for a line."""
    if width_of(word, size, bold=bold) <= width:
        return [word]
    parts, part = [], ""
    for character in word:
        if part and width_of(part + character, size, bold=bold) > width:
            parts.append(part)
            part = ""
        part += character
        if character in "-/" and width_of(part, size, bold=bold) > width / 2:
            parts.append(part)
            part = ""
    return [*parts, part] if part else parts


def cut(lines: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return at most so many lines; where some are left out, the last one says so."""
    if len(lines) <= count:
        return lines
    kept = lines[: max(count, 1)]
    return (*kept[:-1], kept[-1][:-1] + CUT)
