"""Text is measured by the widths of the shipped font, and broken so that every line fits."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.documents import pdf
from helpdesk.sop.form.lettering import cut, set_width, width_of, wrap


def advance_widths(path: Path) -> dict[str, float]:
    """Read what the font itself says: thousandths of the size by character (cmap format 4, hmtx)."""
    font = path.read_bytes()
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {}
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        tables[tag] = offset
    (units,) = struct.unpack_from(">H", font, tables[b"head"] + 18)
    (metrics,) = struct.unpack_from(">H", font, tables[b"hhea"] + 34)
    glyphs = _glyphs(font, tables[b"cmap"])
    widths = {}
    for character, glyph in glyphs.items():
        place = tables[b"hmtx"] + 4 * min(glyph, metrics - 1)
        widths[character] = struct.unpack_from(">H", font, place)[0] * 1000 / units
    return widths


def _glyphs(font: bytes, cmap: int) -> dict[str, int]:
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    offsets = [struct.unpack_from(">I", font, cmap + 8 + 8 * index)[0] for index in range(count)]
    start = next(cmap + one for one in offsets if struct.unpack_from(">H", font, cmap + one)[0] == 4)
    segments = struct.unpack_from(">H", font, start + 6)[0] // 2
    shape = f">{segments}H"
    ends = struct.unpack_from(shape, font, start + 14)
    starts = struct.unpack_from(shape, font, start + 16 + 2 * segments)
    deltas = struct.unpack_from(shape, font, start + 16 + 4 * segments)
    ranges = start + 16 + 6 * segments
    found = {}
    for index in range(segments):
        (jump,) = struct.unpack_from(">H", font, ranges + 2 * index)
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = code
            if jump:
                (glyph,) = struct.unpack_from(
                    ">H", font, ranges + 2 * index + jump + 2 * (code - starts[index])
                )
            found[chr(code)] = (glyph + deltas[index]) & 0xFFFF
    return found


@pytest.mark.parametrize(("name", "bold"), [("Regular", False), ("Bold", True)])
def test_no_character_is_wider_than_it_is_taken_for(name, bold):
    widths = advance_widths(pdf.FONTS / f"LiberationSans-{name}.ttf")
    for code in range(32, 127):
        assert width_of(chr(code), 1000, bold=bold) == pytest.approx(widths[chr(code)], abs=0.6)
    beyond = {one: width for one, width in widths.items() if ord(one) > 126}
    assert [one for one, width in beyond.items() if width > width_of(one, 1000, bold=bold)] == []


@given(st.text(alphabet="abc WMi-/\n", max_size=120), st.floats(4, 60))
def test_every_line_fits_and_no_letter_is_lost(text, width):
    lines = wrap(text, width, 2.75)
    assert all(width_of(line, 2.75) <= width + 1e-9 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_word_wider_than_its_column_is_broken_behind_a_stroke():
    assert wrap("data/bahan-lain", 12, 2.75)[0].endswith(("/", "-"))


def test_what_does_not_fit_is_cut_and_says_so():
    assert cut(("satu", "dua", "tiga"), 2) == ("satu", "du…")
    assert cut(("satu",), 2) == ("satu",)


def test_a_browser_without_the_font_is_told_the_width_of_each_line_it_can_be_told() -> None:
    assert set_width("disposisi", 2.0) == pytest.approx(width_of("disposisi", 2.0), abs=0.005)
    assert set_width("disposisi", 2.0, bold=True) != set_width("disposisi", 2.0)
    assert set_width("语 disposisi", 2.0) is None
    assert set_width("", 2.0) is None
