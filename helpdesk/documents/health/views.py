"""Pages of health reports: what was made, and one more of a past period."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import grouping
from helpdesk.devices import queries as device_queries
from helpdesk.documents.health import queries, service
from helpdesk.documents.health.desk import report_desk
from helpdesk.documents.health.errors import HealthReportNotFound, HealthReportRefused
from helpdesk.documents.health.forms import MakeReportForm
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.health.scheduled import state_words
from helpdesk.documents.rules.health_paper import period_text, scope_text
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate

blueprint = Blueprint("health_reports", __name__)


@blueprint.get("/health-reports")
@requires(Permission.SEE_DEVICES)
def list_reports() -> str:
    """Show the reports that were made, the latest period first."""
    return _list_page(_form(db.session()))


@blueprint.post("/health-reports")
@requires(Permission.MANAGE_DEVICES)
def make_report() -> str | Response:
    """Ask for the report of a past period."""
    form = _form(db.session())
    if not form.validate_on_submit():
        return _list_page(form)
    try:
        with transaction() as session:
            report = service.request_report(
                session,
                form.chosen_scope(),
                form.period(),
                report_desk(settings()),
                now=clock.now(),
                by=signed_in().person,
            )
            report_id = report.id
    except HealthReportRefused as refusal:
        show_refusal(form, refusal)
        return _list_page(form)
    return redirect(url_for("health_reports.show_report", report_id=report_id))


@blueprint.get("/health-reports/<int:report_id>")
@requires(Permission.SEE_DEVICES)
def show_report(report_id: int) -> str:
    """Show what the report is about, and lead to its file."""
    report = queries.get_report(db.session(), report_id)
    return render_template("health_reports/show.html", report=report, row=_row(report), file=report.file)


@blueprint.get("/health-reports/<int:report_id>/file")
@requires(Permission.SEE_DEVICES)
def download(report_id: int) -> Response:
    """Hand out the report as it was made."""
    report = queries.get_report(db.session(), report_id)
    if report.file is None:
        raise HealthReportNotFound
    return send_file(
        BytesIO(report.file.content),
        mimetype=report.file.content_type,
        download_name=f"{report.title.replace('/', '-')}.pdf",
    )


def _list_page(form: MakeReportForm) -> str:
    session = db.session()
    page = paginate(session, queries.select_reports(), request.args.get("page", 1, type=row_number))
    return render_template(
        "health_reports/list.html", page=page, rows=[(one, _row(one)) for one in page.items], form=form
    )


def _row(report: HealthReport) -> dict[str, str]:
    language = str(get_locale())
    return {
        "scope": scope_text(service.scope_of(report), language),
        "period": period_text(service.period_of_report(report), language),
        "state": state_words(report),
    }


def _form(session: Session) -> MakeReportForm:
    form = MakeReportForm()
    form.offer(device_queries.list_sites(session), grouping.list_groups(session))
    return form
