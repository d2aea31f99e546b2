"""What the SOP's own sheet is drawn from: the identity block, and the matrix as it was laid out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

from helpdesk.datafiles import Text
from helpdesk.documents.rules import formats
from helpdesk.sop.form import paths, wording
from helpdesk.sop.form.drawing import draw_form
from helpdesk.sop.form.model import Arrow, Column, Drawing, Page, Row, Symbol
from helpdesk.sop.schema import Identity, Procedure

WORDS: dict[str, Text] = {
    "number": Text(id="Nomor SOP", en="SOP number"),
    "created": Text(id="Tanggal Pembuatan", en="Date made"),
    "revised": Text(id="Tanggal Revisi", en="Date revised"),
    "effective": Text(id="Tanggal Efektif", en="Date effective"),
    "approved": Text(id="Disahkan oleh", en="Approved by"),
    "mikro": Text(id="Judul SOP Mikro", en="Title of the micro SOP"),
    "makro": Text(id="Judul SOP Makro", en="Title of the macro SOP"),
    "revision": Text(id="Revisi ke", en="Revision"),
    "legal_basis": Text(id="Dasar Hukum", en="Legal basis"),
    "qualifications": Text(id="Kualifikasi Pelaksana", en="Qualifications"),
    "related": Text(id="Keterkaitan", en="Related procedures"),
    "equipment": Text(id="Peralatan/perlengkapan", en="Equipment"),
    "warnings": Text(id="Peringatan", en="Warnings"),
    "recording": Text(id="Pencatatan dan pendataan", en="Recording"),
    "page": Text(id="Halaman", en="Page"),
    "of": Text(id="dari", en="of"),
    "version": Text(id="versi", en="version"),
    "draft": Text(id="KONSEP", en="DRAFT"),
    "emblem": Text(id="Lambang instansi", en="Emblem of the agency"),
    "matrix": Text(id="Matriks langkah dan mutu bakunya", en="Matrix of the steps and their standard"),
}


def sop_sheet_data(procedure: Procedure, *, emblem_svg: str = "", language: str = "id") -> dict[str, Any]:
    """Return the whole form as the template draws it; the same version always gives the same data."""
    identity = procedure.identity
    drawing = draw_form(procedure, language)
    words = {key: text.in_language(language) for key, text in WORDS.items()}
    return {
        # The day from which it is in force: a sheet has no other moment of its own.
        "created_at": datetime.combine(identity.effective_on, time(), UTC).isoformat(),
        "language": language,
        "title": f"{identity.number} {procedure.title.in_language(language)}",
        "author": identity.agency.in_language(language),
        "keywords": ["SOP", identity.number],
        "words": words,
        "released": procedure.released,
        "version": procedure.version,
        "emblem_svg": emblem_svg,
        "identity": _identity(identity, language, words),
        "blocks": _blocks(procedure, language, words),
        "drawing": _drawing(procedure, drawing, language),
    }


def _identity(identity: Identity, language: str, words: dict[str, str]) -> dict[str, Any]:
    approval = identity.approved_by

    def day(value: Any) -> str:
        return formats.format_date(value, weekday=True, language=language)

    revised = "–"
    if identity.revised_on is not None:
        revised = f"{day(identity.revised_on)} ({words['revision']} {identity.revision})"
    return {
        "number": identity.number,
        "agency": identity.agency.in_language(language),
        "units": [identity.secretariat.in_language(language), identity.bureau.in_language(language)],
        "facts": [
            [words["number"], identity.number],
            [words["created"], day(identity.created_on)],
            [words["revised"], revised],
            [words["effective"], day(identity.effective_on)],
        ],
        "title_word": words[identity.kind],
        "title": identity.title.in_language(language),
        "approval": [approval.office.in_language(language), approval.name, f"NIP. {approval.nip}"],
    }


def _blocks(procedure: Procedure, language: str, words: dict[str, str]) -> list[dict[str, Any]]:
    parts = {
        "legal_basis": procedure.legal_basis,
        "qualifications": tuple(point.title for point in procedure.qualifications),
        "related": procedure.related,
        "equipment": procedure.equipment,
        "warnings": procedure.warnings,
        "recording": procedure.recording,
    }
    return [
        {"title": words[key], "points": [text.in_language(language) for text in texts]}
        for key, texts in parts.items()
    ]


def _drawing(procedure: Procedure, drawing: Drawing, language: str) -> dict[str, Any]:
    return {
        "width": drawing.width,
        "text_size": drawing.text_size,
        "head_size": drawing.head_size,
        "label_size": drawing.label_size,
        "title_size": drawing.title_size,
        "title_lines": list(drawing.title_lines),
        "group_words": list(drawing.group_words),
        "offices": len(drawing.offices),
        "columns": [_column(column) for column in drawing.columns],
        "pages": [_page(procedure, drawing, page, language) for page in drawing.pages],
    }


def _column(column: Column) -> dict[str, Any]:
    return {**asdict(column), "title": list(column.title)}


def _page(procedure: Procedure, drawing: Drawing, page: Page, language: str) -> dict[str, Any]:
    return {
        "head_top": page.head_top,
        "body_top": page.body_top,
        "bottom": page.bottom,
        "rows": [_row(procedure, drawing, page, row, language) for row in page.rows],
        "lines": _lines_svg(drawing, page),
        "labels": [_label(arrow) for arrow in page.arrows if arrow.words],
    }


def _row(procedure: Procedure, drawing: Drawing, page: Page, row: Row, language: str) -> dict[str, Any]:
    step = procedure.find_step(row.step_id)
    inside = [symbol for symbol in page.symbols if row.top <= symbol.y < row.bottom]
    return {
        "top": row.top,
        "height": row.height,
        "cells": {cell.column: list(cell.lines) for cell in row.cells},
        "symbols": [_symbol(drawing, symbol) for symbol in inside],
        "flow": "" if step is None else wording.flow_of(procedure, step, language),
    }


def _symbol(drawing: Drawing, symbol: Symbol) -> dict[str, Any]:
    column = next(one for one in drawing.offices if one.x <= symbol.x < one.right)
    # The line has a width, so the picture is a little larger than the symbol.
    edge = 0.3
    width, height = symbol.width + 2 * edge, symbol.height + 2 * edge
    left, top = symbol.left - edge, symbol.top - edge
    view = f"{left:.3f} {top:.3f} {width:.3f} {height:.3f}"
    return {
        "column": column.name,
        "x": left - column.x,
        "top": top,
        "width": width,
        "height": height,
        "words": symbol.words,
        "is_step": bool(symbol.step_id),
        "svg": (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">'
            f'<path d="{paths.outline(symbol)}" fill="#fff" stroke="#000" stroke-width="0.35"/></svg>'
        ),
    }


def _lines_svg(drawing: Drawing, page: Page) -> str:
    """Return the arrows of a page as a picture over the body of the matrix."""
    height = page.bottom - page.body_top
    drawn = "".join(
        f'<path d="{paths.line(arrow)}" fill="none" stroke="#000" stroke-width="0.3"'
        f"{_dashes(arrow)}/>"
        f'<path d="{paths.tip(arrow)}" fill="#000"/>'
        for arrow in page.arrows
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 {page.body_top:.3f} {drawing.width:.3f} {height:.3f}">{drawn}</svg>'
    )


def _dashes(arrow: Arrow) -> str:
    return ' stroke-dasharray="1.4 1"' if arrow.kind == "return" else ""


def _label(arrow: Arrow) -> dict[str, Any]:
    return {
        "words": arrow.words,
        "x": arrow.words_at[0],
        "y": arrow.words_at[1],
        "anchor": arrow.words_anchor,
    }
