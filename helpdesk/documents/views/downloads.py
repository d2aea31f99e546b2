"""Papers to download, and sheets that an earlier version did not make."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from helpdesk.database import db, transaction
from helpdesk.documents import queries, service
from helpdesk.documents.steps import stationery
from helpdesk.documents.views.routes import blueprint, pdf_answer
from helpdesk.permissions import Permission
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.sections import Place, Section, register_section
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires


@blueprint.get("/tickets/<int:ticket_id>/documents/<int:document_id>")
@requires(Permission.SEE_TICKETS)
def download(ticket_id: int, document_id: int) -> Response:
    """Hand out a paper as it was made."""
    case = open_case(db.session(), ticket_id)
    document = queries.get_document(case.session, case.ticket, document_id)
    return pdf_answer(document.file.content, document.title)


@blueprint.post("/tickets/<int:ticket_id>/sheets")
@requires(Permission.WORK_ON_TICKETS)
def make_sheets(ticket_id: int) -> ResponseReturnValue:
    """Make the sheets of steps that ended before there were such sheets."""
    with transaction() as session:
        case = open_case(session, ticket_id)
        made = [
            sheet
            for step_run in service.steps_without_sheets(session, case.ticket)
            for sheet in service.make_sheets(
                session,
                case.ticket,
                case.office,
                stationery(),
                step_run=step_run,
                at=case.now,
                by=signed_in().person,
            )
        ]
    flash(ngettext("%(num)s sheet was made.", "%(num)s sheets were made.", len(made)), "success")
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id) + "#documents")


def _missing_sheets(case: Case) -> dict[str, Any] | None:
    count = len(service.steps_without_sheets(case.session, case.ticket))
    may = signed_in().may(Permission.WORK_ON_TICKETS)
    return {"count": count} if count and may else None


def register_sections() -> None:
    """Offer the missing sheets on the ticket's page."""
    register_section(
        Section("missing_sheets", Place.ASIDE, "documents/parts/missing_sheets.html", _missing_sheets, 60)
    )
