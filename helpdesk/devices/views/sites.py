"""Pages of sites."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import queries, service
from helpdesk.devices.errors import SiteRefused
from helpdesk.devices.forms import SiteForm, show_refusal
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.guards import requires


@blueprint.get("/sites")
@requires(Permission.SEE_DEVICES)
def list_sites() -> str:
    """Show all sites."""
    session = db.session()
    return render_template(
        "devices/sites.html",
        sites=queries.list_sites(session),
        counts=queries.count_devices_by_site(session),
        default_minutes=settings().snapshot_minutes,
    )


@blueprint.get("/sites/new")
@requires(Permission.MANAGE_DEVICES)
def show_site_form() -> str:
    """Show an empty form."""
    return _render(SiteForm(), None)


@blueprint.post("/sites/new")
@requires(Permission.MANAGE_DEVICES)
def add_site() -> str | Response:
    """Add a site."""
    form = SiteForm()
    if not form.validate_on_submit():
        return _render(form, None)
    try:
        with transaction() as session:
            service.add_site(session, form.given(), now=clock.now(), by=signed_in().person)
    except SiteRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, None)
    flash(_("The site is added."), "success")
    return redirect(url_for("devices.list_sites"))


@blueprint.get("/sites/<int:site_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def edit_site(site_id: int) -> str:
    """Show the form with what is stored."""
    site = queries.get_site(db.session(), site_id)
    return _render(SiteForm(obj=site), site_id)


@blueprint.post("/sites/<int:site_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def change_site(site_id: int) -> str | Response:
    """Change a site."""
    form = SiteForm()
    if not form.validate_on_submit():
        return _render(form, site_id)
    try:
        with transaction() as session:
            site = queries.get_site(session, site_id)
            service.change_site(session, site, form.given(), now=clock.now(), by=signed_in().person)
    except SiteRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, site_id)
    flash(_("The site is changed."), "success")
    return redirect(url_for("devices.list_sites"))


def _render(form: SiteForm, site_id: int | None) -> str:
    return render_template(
        "devices/site_form.html", form=form, site_id=site_id, default_minutes=settings().snapshot_minutes
    )
