"""Which characters the shipped fonts can draw, and how a text is made printable with them.

PDF/A refuses a document with a character that no font has, and requesters write anything: what cannot be
drawn becomes a visible box, what would only confuse (control and direction characters) is left out.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

REPLACEMENT = "□"
# Joiners shape Arabic and emoji; every other format character is invisible or reorders what people read.
_KEPT_FORMAT = "\u200c\u200d"
_SPACES = "\t\u00a0\u2007\u202f"


def printable(text: str, drawable: Container[str]) -> str:
    """Return the text with only characters that can be drawn; line ends are kept."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_printable_character(character, drawable) for character in normal)


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return the JSON value with every string in it changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: map_texts(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_texts(item, change) for item in value]
    return value


def characters_of_font(font: bytes) -> frozenset[str]:
    """Return the characters that a TrueType font maps to a glyph, from its cmap table."""
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = (struct.unpack_from(">4s4xI4x", font, 12 + 16 * index) for index in range(tables))
    start = next(offset for tag, offset in directory if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    found: set[str] = set()
    for index in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * index + 4)
        found.update(map(chr, _codes_of_subtable(font, start + offset)))
    return frozenset(found)


def _printable_character(character: str, drawable: Container[str]) -> str:
    category = unicodedata.category(character)
    if character == "\n" or (character in drawable and category[0] != "C"):
        return character
    if character in _SPACES or category in ("Zs", "Zl", "Zp"):
        return " "
    if category in ("Cc", "Cf", "Mn", "Me"):
        return character if character in _KEPT_FORMAT else ""
    return REPLACEMENT


def _codes_of_subtable(font: bytes, start: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", font, start)
    if form == 4:
        yield from _codes_of_format_4(font, start)
    elif form == 12:
        (groups,) = struct.unpack_from(">I", font, start + 12)
        for index in range(groups):
            first, last = struct.unpack_from(">II", font, start + 16 + 12 * index)
            yield from range(first, last + 1)


def _codes_of_format_4(font: bytes, start: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    count = doubled // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", font, start + 14 + block)
        for block in (0, doubled + 2, 2 * doubled + 2, 3 * doubled + 2)
    )
    table = start + 16 + 3 * doubled
    for index in range(count):
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = code + deltas[index]
            if offsets[index]:
                place = table + 2 * index + offsets[index] + 2 * (code - starts[index])
                (glyph,) = struct.unpack_from(">H", font, place)
            if glyph & 0xFFFF:
                yield code
