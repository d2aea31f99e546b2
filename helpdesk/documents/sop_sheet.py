"""The SOP's own sheet as PDF."""

from __future__ import annotations

from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind
from helpdesk.documents.rules.sop_sheet import sop_sheet_data
from helpdesk.sop.schema import Procedure

LANGUAGES = ("id", "en")


def draw_sheet(procedure: Procedure, language: str = "id") -> bytes:
    """Return the official form of the procedure as PDF."""
    return render_document(DocumentKind.SOP, sop_sheet_data(procedure, language=language))


def sheet_name(procedure: Procedure) -> str:
    """Return the name of the file."""
    return f"{procedure.number} v{procedure.version}.pdf"
