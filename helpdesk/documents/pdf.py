"""Draws a document as PDF/A-3 with typst: the same data always gives the same bytes.

Data reaches the templates only as JSON, so that nothing a requester wrote is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import typst

from helpdesk.documents.errors import DocumentNotDrawn
from helpdesk.documents.rules import DocumentKind
from helpdesk.documents.rules.glyphs import REPLACEMENT, characters_of_font, map_texts, printable

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"
FONTS = Path(__file__).resolve().parent / "fonts"
# PDF/A-3 keeps for decades and may carry the evidence as attachments; PDF/UA is readable by a screen reader.
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
PLAIN_FONT = "LiberationSerif-Regular.ttf"


def render_document(
    kind: DocumentKind, data: Mapping[str, Any], attached: Sequence[Mapping[str, str]] = ()
) -> bytes:
    """Return the PDF of a document; `data` is the `to_dict()` of its contract in `rules`.

    `attached` are text files inside of it, each with name, description and text.
    """
    # Clusters that mix fonts (a Latin letter under an Arabic mark) cannot be drawn even where each part can:
    # then everything outside the plain text font becomes a box, which always can.
    for drawable in (drawable_characters(), _characters(PLAIN_FONT)):
        try:
            return _compile(kind, _printable_data(data, drawable), attached)
        except typst.TypstError as error:
            failure = error
    raise DocumentNotDrawn(kind=kind.value, reason=failure.message) from failure


def _printable_data(data: Mapping[str, Any], drawable: frozenset[str]) -> dict[str, Any]:
    drawn = map_texts(data, partial(printable, drawable=drawable))
    boxes = (json.dumps(value, ensure_ascii=False).count(REPLACEMENT) for value in (drawn, data))
    # The paper says so where a box stands for a letter that no font has.
    return {**drawn, "has_boxes": next(boxes) > next(boxes)}


def _compile(kind: DocumentKind, data: Mapping[str, Any], attached: Sequence[Mapping[str, str]]) -> bytes:
    pdf = typst.compile(
        TEMPLATES / f"{kind.value}.typ",
        root=TEMPLATES,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False),
            "attached": json.dumps(list(attached), ensure_ascii=False),
        },
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(datetime.fromisoformat(data["created_at"]).timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise DocumentNotDrawn(kind=kind.value, reason="no single file")
    return pdf


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of the papers."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def drawable_characters() -> frozenset[str]:
    """Return the characters that some font of the papers has."""
    return frozenset().union(*(_characters(path.name) for path in FONTS.glob("*.ttf")))


@cache
def _characters(font_name: str) -> frozenset[str]:
    return characters_of_font((FONTS / font_name).read_bytes())
