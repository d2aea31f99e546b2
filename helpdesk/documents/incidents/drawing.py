"""The graphs of an evidence set as pictures: PNG, which every program and messenger shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import typst

from helpdesk.documents.errors import DocumentNotDrawn
from helpdesk.documents.pdf import TEMPLATES, drawable_characters, fonts
from helpdesk.documents.rules.glyphs import map_texts, printable

TEMPLATE = "incident_graphs"
DOTS_PER_INCH = 144


def draw_picture(data: Mapping[str, Any]) -> bytes:
    """Return the panels of one window as a PNG."""
    drawn = map_texts(data, partial(printable, drawable=drawable_characters()))
    try:
        picture = typst.compile(
            TEMPLATES / f"{TEMPLATE}.typ",
            root=TEMPLATES,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(drawn, ensure_ascii=False)},
            format="png",
            ppi=DOTS_PER_INCH,
        )
    except typst.TypstError as error:
        raise DocumentNotDrawn(kind=TEMPLATE, reason=error.message) from error
    if not isinstance(picture, bytes):
        raise DocumentNotDrawn(kind=TEMPLATE, reason="no single file")
    return picture
