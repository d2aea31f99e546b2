"""The report as a PDF before it is signed: what is being typed, what was handed in, a version."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from helpdesk.database import db
from helpdesk.documents import service
from helpdesk.documents.errors import SectionTooLong
from helpdesk.documents.report import queries, rules
from helpdesk.documents.report.views.blueprint import blueprint
from helpdesk.documents.report.views.opening import ReportCase, open_report
from helpdesk.documents.steps import stationery
from helpdesk.errors import NotFound
from helpdesk.permissions import Permission
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.web.current import reading_session
from helpdesk.web.guards import requires


@blueprint.post("/tickets/<int:ticket_id>/report/preview")
@requires(Permission.WORK_ON_TICKETS)
def preview_typed(ticket_id: int) -> Response:
    """Draw the draft with what stands in the form now; nothing is kept."""
    report = open_report(reading_session(), ticket_id)
    if report.writing_step is None:
        raise NotFound
    sections = rules.cleaned(report.sections_sent())
    if rules.too_long_sections(sections):
        raise SectionTooLong(limit=rules.SECTION_LETTERS)
    return _draft(report, sections)


@blueprint.get("/tickets/<int:ticket_id>/report/draft")
@requires(Permission.SEE_TICKETS)
def show_draft(ticket_id: int) -> Response:
    """Draw the draft that was handed in."""
    report = open_report(db.session(), ticket_id)
    draft = sop_queries.output_data(report.case.ticket.run, kind=OutputKind.REPORT_DRAFT.value)
    if not draft:
        raise NotFound
    return _draft(report, draft["sections"])


@blueprint.get("/tickets/<int:ticket_id>/report/versions/<int:version>/pdf")
@requires(Permission.SEE_TICKETS)
def draw_version(ticket_id: int, version: int) -> Response:
    """Draw a version as a draft."""
    report = open_report(db.session(), ticket_id)
    saved = queries.get_version(report.case.session, report.case.ticket, version)
    return _draft(report, rules.cleaned(saved.sections), f"-versi-{version}")


def _draft(report: ReportCase, sections: dict[str, str], ending: str = "") -> Response:
    case = report.case
    _data, pdf = service.draw_report(
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
    name = f"konsep-{case.ticket.number}{ending}.pdf"
    return send_file(BytesIO(pdf), mimetype=service.PDF, download_name=name)
