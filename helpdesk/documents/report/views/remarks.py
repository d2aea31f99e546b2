"""Remarks on the sections of the report, and answers to them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.database import transaction
from helpdesk.documents.report import service
from helpdesk.documents.report.views.blueprint import blueprint
from helpdesk.documents.report.views.opening import open_report
from helpdesk.permissions import Permission
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number


@blueprint.post("/tickets/<int:ticket_id>/report/remarks")
@requires(Permission.WORK_ON_TICKETS)
def add_remark(ticket_id: int) -> Response:
    """Write a remark on a section, or an answer."""
    with transaction() as session:
        remark = service.add_remark(
            open_report(session, ticket_id).author,
            request.form.get("section", ""),
            request.form.get("body", ""),
            answers_id=request.form.get("answers", type=row_number),
        )
        section, is_answer = remark.section, remark.answers_id is not None
    flash(_("The answer is written.") if is_answer else _("The remark is written."), "success")
    return _back(ticket_id, section)


@blueprint.post("/tickets/<int:ticket_id>/report/remarks/<int:remark_id>/settle")
@requires(Permission.WORK_ON_TICKETS)
def settle_remark(ticket_id: int, remark_id: int) -> Response:
    """Mark a remark as settled, or open it again."""
    settled = request.form.get("settled") == "yes"
    with transaction() as session:
        remark = service.settle_remark(open_report(session, ticket_id).author, remark_id, settled=settled)
        section = remark.section
    flash(_("The remark is settled.") if settled else _("The remark is open again."), "success")
    return _back(ticket_id, section)


def _back(ticket_id: int, section: str) -> Response:
    return redirect(url_for("report.show_report", ticket_id=ticket_id) + f"#section-{section}")
