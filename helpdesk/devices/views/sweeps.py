"""Sweeps of address ranges: described, confirmed with exact numbers, carried out by the scheduler."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import queries as device_queries
from helpdesk.devices.importing import ImportRow
from helpdesk.devices.inventory_forms import SweepForm, TakeFindsForm
from helpdesk.devices.sweeps import queries, service
from helpdesk.devices.sweeps.models import Sweep, SweepFind
from helpdesk.devices.sweeps.rules import SweepRefused
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.devices.views.imports import render_preview
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate


@blueprint.get("/devices/find")
@requires(Permission.MANAGE_DEVICES)
def show_finding() -> str:
    """Show the ways of finding devices."""
    return render_template("devices/finding.html")


@blueprint.get("/devices/sweeps")
@requires(Permission.MANAGE_DEVICES)
def list_sweeps() -> str:
    """Show the sweeps, the latest first."""
    page = paginate(db.session(), queries.select_sweeps(), request.args.get("page", 1, type=row_number))
    return render_template("devices/sweeps.html", page=page)


@blueprint.get("/devices/sweeps/new")
@requires(Permission.MANAGE_CREDENTIALS)
def show_sweep_form() -> str:
    """Show an empty form. A sweep sends secrets to whoever answers: it is for who keeps them."""
    return _render_form(_form())


@blueprint.post("/devices/sweeps/new")
@requires(Permission.MANAGE_CREDENTIALS)
def preview_sweep() -> str:
    """Show exactly what would be asked; nothing is sent yet."""
    form = _form()
    if not form.validate_on_submit():
        return _render_form(form)
    try:
        network, addresses, credentials = service.plan_sweep(
            db.session(), form.network.data or "", form.credentials.data or []
        )
    except SweepRefused as refusal:
        return _refused(form, refusal)
    return render_template(
        "devices/sweep_confirm.html",
        network=network,
        addresses=addresses,
        credentials=credentials,
        port=form.port.data,
    )


@blueprint.post("/devices/sweeps")
@requires(Permission.MANAGE_CREDENTIALS)
def confirm_sweep() -> str | Response:
    """Have the confirmed range asked."""
    form = _form()
    if not form.validate_on_submit():
        return _render_form(form)
    try:
        with transaction() as session:
            sweep = service.ask_for_sweep(
                session,
                network=form.network.data or "",
                port=form.port.data or 0,
                credential_ids=form.credentials.data or [],
                agreed=request.form.get("agreed", -1, type=row_number),
                now=clock.now(),
                by=signed_in().person,
            )
            sweep_id = sweep.id
    except SweepRefused as refusal:
        return _refused(form, refusal)
    flash(_("The sweep begins in a moment. Reload the page to see what it finds."), "success")
    return redirect(url_for("devices.show_sweep", sweep_id=sweep_id))


@blueprint.get("/devices/sweeps/<int:sweep_id>")
@requires(Permission.MANAGE_DEVICES)
def show_sweep(sweep_id: int) -> str:
    """Show what a sweep found."""
    return _render_sweep(queries.get_sweep(db.session(), sweep_id), _take_form())


@blueprint.post("/devices/sweeps/<int:sweep_id>/take")
@requires(Permission.MANAGE_DEVICES)
def take_finds(sweep_id: int) -> str:
    """Show what adding the ticked finds would do; it is confirmed there."""
    sweep = queries.get_sweep(db.session(), sweep_id)
    form = _take_form()
    ticked = set(request.form.getlist("find", type=row_number))
    finds = [find for find in sweep.finds if find.id in ticked]
    if not form.validate_on_submit() or not finds:
        flash(_("Tick at least one find and choose a site."), "warning")
        return _render_sweep(sweep, form)
    rows = [
        ImportRow(line, _values(find, sweep, form.site.data or ""))
        for line, find in enumerate(finds, start=1)
    ]
    return render_preview(rows, "sweep")


def _values(find: SweepFind, sweep: Sweep, site: str) -> dict[str, str]:
    values = {
        "site": site,
        "name": find.name.strip()[:120] or find.address,
        "address": find.address,
        "snmp_port": str(sweep.port),
        "platform": find.platform or "",
        "snmp_credential": find.credential_name,
    }
    return {column: value for column, value in values.items() if value}


def _form() -> SweepForm:
    form = SweepForm()
    form.offer(device_queries.list_credentials(db.session()))
    return form


def _take_form() -> TakeFindsForm:
    form = TakeFindsForm()
    form.offer(device_queries.list_sites(db.session()))
    return form


def _refused(form: SweepForm, refusal: SweepRefused) -> str:
    field = form[refusal.field]
    field.errors = [*field.errors, _(str(refusal.details["reason"]))]
    return _render_form(form)


def _render_form(form: SweepForm) -> str:
    return render_template("devices/sweep_form.html", form=form)


def _render_sweep(sweep: Sweep, form: TakeFindsForm) -> str:
    known = queries.devices_at(db.session(), [find.address for find in sweep.finds], sweep.port)
    return render_template("devices/sweep.html", sweep=sweep, form=form, known=known)
