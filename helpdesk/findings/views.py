"""Pages of findings: what is wrong now, what was, and the maintenance that keeps it quiet."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import queries as device_queries
from helpdesk.findings import queries, service
from helpdesk.findings.errors import WindowRefused
from helpdesk.findings.forms import WindowForm, show_refusal
from helpdesk.findings.presentation import FILTERS, SEVERITIES
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate

blueprint = Blueprint("findings", __name__)

for name, function in FILTERS:
    blueprint.add_app_template_filter(function, name)


@blueprint.get("/findings")
@requires(Permission.SEE_DEVICES)
def list_findings() -> str:
    """Show what is wrong on the network, the worst first, or what is over."""
    session = db.session()
    over = request.args.get("view") == "over"
    severity = request.args.get("severity", "")
    statement = queries.select_findings(
        site_id=request.args.get("site", type=row_number),
        device_id=request.args.get("device", type=row_number),
        severity=severity if severity in SEVERITIES else "",
        over=over,
    )
    device_id = request.args.get("device", type=row_number)
    return render_template(
        "findings/list.html",
        page=paginate(session, statement, request.args.get("page", 1, type=row_number)),
        over=over,
        count=queries.count_told(session),
        sites=device_queries.list_sites(session),
        device=device_queries.get_device(session, device_id) if device_id is not None else None,
        severities=SEVERITIES,
        windows=queries.list_windows(session, after=clock.now()),
        now=clock.now(),
    )


@blueprint.get("/findings/<int:finding_id>")
@requires(Permission.SEE_DEVICES)
def show_finding(finding_id: int) -> str:
    """Show one finding with its history and the evidence that shows it."""
    return render_template("findings/show.html", finding=queries.get_finding(db.session(), finding_id))


@blueprint.get("/maintenance/new")
@requires(Permission.MANAGE_DEVICES)
def show_window_form() -> str:
    """Show an empty form; a link from a device brings its number along."""
    form = _form()
    device = request.args.get("device", type=row_number)
    if device is not None:
        form.subject.data = f"device-{device}"
    return _render(form)


@blueprint.post("/maintenance/new")
@requires(Permission.MANAGE_DEVICES)
def plan_window() -> str | Response:
    """Plan a maintenance window."""
    form = _form()
    if not form.validate_on_submit():
        return _render(form)
    kind, number = form.chosen()
    try:
        with transaction() as session:
            service.plan_maintenance(
                session,
                device=device_queries.get_device(session, number) if kind == "device" else None,
                site=device_queries.get_site(session, number) if kind == "site" else None,
                starts_at=_at_office(form.starts_at.data),
                ends_at=_at_office(form.ends_at.data),
                reason=form.reason.data or "",
                now=clock.now(),
                by=signed_in().person,
            )
    except WindowRefused as refusal:
        show_refusal(form, refusal)
        return _render(form)
    flash(_("The maintenance is planned: until it ends, nothing is told of what it covers."), "success")
    return redirect(url_for("findings.list_findings"))


@blueprint.post("/maintenance/<int:window_id>/end")
@requires(Permission.MANAGE_DEVICES)
def end_window(window_id: int) -> Response:
    """End a window now."""
    with transaction() as session:
        window = queries.get_window(session, window_id)
        service.end_maintenance(session, window, now=clock.now(), by=signed_in().person)
    flash(_("The maintenance has ended: what is still wrong is told with the next reading."), "success")
    return redirect(url_for("findings.list_findings"))


def _form() -> WindowForm:
    form = WindowForm()
    session = db.session()
    form.offer(session.scalars(device_queries.select_devices()).all(), device_queries.list_sites(session))
    return form


def _render(form: WindowForm) -> str:
    return render_template("findings/window_form.html", form=form)


def _at_office(moment: datetime | None) -> datetime:
    """Read a moment as the clock at the office shows it."""
    assert moment is not None, "the form asked for it"
    return moment.replace(tzinfo=settings().zone)
