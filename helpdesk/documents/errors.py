"""Refusals of the documents."""

from __future__ import annotations

from helpdesk.errors import DomainError


class DocumentNotDrawn(DomainError):
    """The template could not draw the data; `reason` is what the typesetter said."""

    code = "document_not_drawn"
    status = 500
    message = "The document %(kind)s could not be drawn: %(reason)s"


class SectionTooLong(DomainError):
    """A section of the report has more letters than a paper should have."""

    code = "section_too_long"
    status = 422
    message = "A section of the report has more than %(limit)s letters. Shorten it."


class PaperMissing(DomainError):
    """There is no paper to sign: the step before has not yielded one."""

    code = "paper_missing"
    message = "There is no document to sign yet. The step before has to draw it up first."
