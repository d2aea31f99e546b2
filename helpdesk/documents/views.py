"""Papers to download, the draft to look at, the register book."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.datastructures import MultiDict

from helpdesk import clock
from helpdesk.database import db
from helpdesk.documents import queries, service
from helpdesk.documents.errors import SectionTooLong
from helpdesk.documents.steps import SECTION_LETTERS, ReportDraftKind, sections_of, stationery
from helpdesk.errors import NotFound
from helpdesk.permissions import Permission
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.presenters import where_it_stands
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.page import step_context
from helpdesk.web.current import reading_session
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


@blueprint.post("/tickets/<int:ticket_id>/report/preview")
@requires(Permission.WORK_ON_TICKETS)
def preview_typed(ticket_id: int) -> Response:
    """Draw the draft with what stands in the form now; nothing is kept."""
    case = open_case(reading_session(), ticket_id)
    context = step_context(case)
    output = context and next(
        (one for one in context.step.yields if one.kind is OutputKind.REPORT_DRAFT), None
    )
    if not context or not output:
        raise NotFound
    form = ReportDraftKind().form(context, MultiDict(request.form), f"{output.code}-")
    sections = sections_of(form)
    if max(map(len, sections.values())) > SECTION_LETTERS:
        raise SectionTooLong(limit=SECTION_LETTERS)
    return _draft(case, sections)


@blueprint.get("/tickets/<int:ticket_id>/report/draft")
@requires(Permission.SEE_TICKETS)
def show_draft(ticket_id: int) -> Response:
    """Draw the draft that was handed in."""
    case = open_case(db.session(), ticket_id)
    draft = sop_queries.output_data(case.ticket.run, kind=OutputKind.REPORT_DRAFT.value)
    if not draft:
        raise NotFound
    return _draft(case, draft["sections"])


def _draft(case: Case, sections: dict[str, str]) -> Response:
    _, pdf = service.draw_report(
        case.session,
        case.ticket,
        case.office,
        stationery(),
        sections=sections,
        signer=None,
        number="",
        now=case.now,
    )
    case.session.rollback()
    return _pdf(pdf, f"konsep-{case.ticket.number}")


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
