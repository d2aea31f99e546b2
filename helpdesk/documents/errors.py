"""Refusals of the documents."""

from __future__ import annotations

from helpdesk.errors import DomainError


class DocumentNotDrawn(DomainError):
    """The template could not draw the data; `reason` is what the typesetter said."""

    code = "document_not_drawn"
    status = 500
    message = "The document %(kind)s could not be drawn: %(reason)s"
