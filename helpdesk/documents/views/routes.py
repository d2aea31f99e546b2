"""The blueprint that the pages of papers hang on, and how a PDF is handed out."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file

from helpdesk.documents import service

blueprint = Blueprint("documents", __name__)


def pdf_answer(content: bytes, name: str) -> Response:
    """Hand out a PDF under the name; a number's strokes are no folders."""
    return send_file(BytesIO(content), mimetype=service.PDF, download_name=f"{name.replace('/', '-')}.pdf")
