"""The versions of a report: listed, read, compared, brought back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.database import db, transaction
from helpdesk.documents.report import presenting, queries, rules, service
from helpdesk.documents.report.views.blueprint import blueprint
from helpdesk.documents.report.views.opening import open_report, open_writing
from helpdesk.errors import NotFound
from helpdesk.permissions import Permission
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import Ticket
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number


@blueprint.get("/tickets/<int:ticket_id>/report/versions")
@requires(Permission.SEE_TICKETS)
def list_versions(ticket_id: int) -> str:
    """List who saved the report when."""
    report = open_report(db.session(), ticket_id)
    return render_template(
        "documents/report/versions.html",
        ticket=report.case.ticket,
        report=report,
        versions=queries.list_versions(report.case.session, report.case.ticket),
        handed_in=_handed_in(report.case.ticket),
    )


def _handed_in(ticket: Ticket) -> dict[int, bool]:
    """Return the versions that were handed in; False where the version came back."""
    outputs = [one for one in ticket.run.outputs if one.kind == OutputKind.REPORT_DRAFT.value]
    return {one.data["version"]: one.is_valid for one in outputs if one.data.get("version")}


@blueprint.get("/tickets/<int:ticket_id>/report/versions/<int:version>")
@requires(Permission.SEE_TICKETS)
def show_version(ticket_id: int, version: int) -> str:
    """Show a version as it was saved."""
    report = open_report(db.session(), ticket_id)
    case = report.case
    shown = queries.get_version(case.session, case.ticket, version)
    blocks, figures = presenting.drawn_sections(
        case.session, case.ticket, shown.sections, case.office.zone.key
    )
    return render_template(
        "documents/report/version.html",
        ticket=case.ticket,
        report=report,
        version=shown,
        labels=presenting.SECTION_LABELS,
        blocks=blocks,
        figures=figures,
        revision=report.working_text().revision if report.writing_step is not None else 0,
        latest=queries.find_latest_version(case.session, case.ticket),
    )


@blueprint.get("/tickets/<int:ticket_id>/report/compare")
@requires(Permission.SEE_TICKETS)
def compare_versions(ticket_id: int) -> str:
    """Show what differs between two versions, word by word."""
    report = open_report(db.session(), ticket_id)
    session, ticket = report.case.session, report.case.ticket
    versions = queries.list_versions(session, ticket)
    if not versions:
        raise NotFound
    newest = versions[0].number
    after = queries.get_version(session, ticket, request.args.get("to", newest, type=row_number))
    earlier = max(after.number - 1, 1)
    before = queries.get_version(session, ticket, request.args.get("from", earlier, type=row_number))
    return render_template(
        "documents/report/compare.html",
        ticket=ticket,
        report=report,
        versions=versions,
        before=before,
        after=after,
        labels=presenting.SECTION_LABELS,
        sections=rules.compare_sections(before.sections, after.sections),
    )


@blueprint.post("/tickets/<int:ticket_id>/report/versions/<int:version>/restore")
@requires(Permission.WORK_ON_TICKETS)
def restore_version(ticket_id: int, version: int) -> Response:
    """Bring the text of a version back, as a new version."""
    with transaction() as session:
        report = open_writing(session, ticket_id)
        revision = request.form.get("revision", 0, type=row_number)
        made = service.restore_version(report.author, version, revision=revision).number
    flash(
        _("The text of version %(old)s is back, as version %(new)s.", old=version, new=made)
        if made != version
        else _("The text is that of version %(old)s again.", old=version),
        "success",
    )
    return redirect(url_for("report.show_report", ticket_id=ticket_id))
