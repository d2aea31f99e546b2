"""Papers to download, the register book."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file

from helpdesk import clock
from helpdesk.database import db
from helpdesk.documents import queries, service
from helpdesk.permissions import Permission
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.presenters import where_it_stands
from helpdesk.tickets.views.case import open_case
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

blueprint = Blueprint("documents", __name__)


def _pdf(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=service.PDF, download_name=f"{name}.pdf")


@blueprint.get("/tickets/<int:ticket_id>/documents/<int:document_id>")
@requires(Permission.SEE_TICKETS)
def download(ticket_id: int, document_id: int) -> Response:
    """Hand out a paper as it was made."""
    case = open_case(db.session(), ticket_id)
    document = queries.get_document(case.session, case.ticket, document_id)
    return _pdf(document.file.content, document.title.replace("/", "-"))


@blueprint.get("/register")
@requires(Permission.SEE_REGISTER)
def show_register() -> str:
    """Show the register book of a year, ready to print."""
    session, now = db.session(), clock.now()
    office = current_office(session)
    years = ticket_queries.list_years(session) or [office.year_of(now)]
    year = request.args.get("year", years[0], type=row_number)
    statement = ticket_queries.select_register(current_viewer(office), year)
    tickets = session.scalars(statement).all()
    return render_template(
        "documents/register.html",
        year=year,
        years=years,
        rows=[(ticket, where_it_stands(ticket, office, now=now)) for ticket in tickets],
        numbers=queries.list_numbers(session, [ticket.id for ticket in tickets], "report"),
    )
