"""Refusals of the report's editor."""

from __future__ import annotations

from helpdesk.errors import DomainError, EditConflict


class NotTheAuthor(DomainError):
    """The report is written by whoever holds the step that drafts it, while it is open."""

    code = "not_the_author"
    status = 403
    message = "The report can be changed only by whoever holds the step that drafts it, while it is open."


class NotTheReviewer(DomainError):
    """Remarks are made by whoever drafts or signs the report, while that step is open."""

    code = "not_the_reviewer"
    status = 403
    message = "Remarks can be made only by whoever drafts or signs the report, while that step is open."


class ReportChanged(EditConflict):
    """The text was saved elsewhere since the page was opened."""

    code = "report_changed"
    message = "The report was saved elsewhere since you opened it. Compare both texts below and choose."


class FigureUnknown(DomainError):
    """The text shows a snapshot that the ticket does not have."""

    code = "figure_unknown"
    status = 422
    message = "The text shows a snapshot that this ticket does not have: %(figure)s"


class RemarkEmpty(DomainError):
    """A remark without words."""

    code = "remark_empty"
    status = 422
    message = "Write the remark."


class RemarkTooLong(DomainError):
    """A remark that is longer than a remark."""

    code = "remark_too_long"
    status = 422
    message = "The remark has more than %(limit)s letters. Shorten it."
