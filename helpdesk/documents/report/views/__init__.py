"""Pages of the report: its editor, its versions, the remarks on it, its draft as PDF."""

from helpdesk.documents.report.views import drafts, editor, remarks, versions  # noqa: F401  # adds the routes
from helpdesk.documents.report.views.blueprint import blueprint

__all__ = ["blueprint"]
