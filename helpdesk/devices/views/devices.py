"""Pages that add and change devices."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import grouping, queries, service
from helpdesk.devices.errors import DeviceRefused
from helpdesk.devices.forms import DeviceForm, show_refusal
from helpdesk.devices.models import Device
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

PREFILLED = {"name": 120, "address": 253, "description": 300}


@blueprint.get("/devices/new")
@requires(Permission.MANAGE_DEVICES)
def show_device_form() -> str:
    """Show an empty form, at the site that was looked at."""
    form = _form(db.session())
    wanted = request.args.get("site", type=row_number)
    if wanted is not None:
        form.site_id.data = wanted
    # A neighbour that was seen comes here with what it said of itself.
    for name, maximum in PREFILLED.items():
        form[name].data = request.args.get(name, "")[:maximum]
    return _render(form, None)


@blueprint.post("/devices/new")
@requires(Permission.MANAGE_DEVICES)
def add_device() -> str | Response:
    """Add a device."""
    form = _form(db.session())
    if not form.validate_on_submit():
        return _render(form, None)
    try:
        with transaction() as session:
            device = service.add_device(
                session,
                form.given(),
                now=clock.now(),
                by=signed_in().person,
                may_move_secrets=signed_in().may(Permission.MANAGE_CREDENTIALS),
            )
            _put_in_groups(session, device, form)
            device_id = device.id
    except DeviceRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, None)
    flash(_("The device is added. Test the connection now."), "success")
    return redirect(url_for("devices.show_device", device_id=device_id))


@blueprint.get("/devices/<int:device_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def edit_device(device_id: int) -> str:
    """Show the form with what is stored."""
    device = queries.get_device(db.session(), device_id)
    form = _form(db.session(), device)
    form.fill(device)
    return _render(form, device)


@blueprint.post("/devices/<int:device_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def change_device(device_id: int) -> str | Response:
    """Change a device."""
    form = _form(db.session(), queries.get_device(db.session(), device_id))
    if not form.validate_on_submit():
        return _render(form, queries.get_device(db.session(), device_id))
    try:
        with transaction() as session:
            device = queries.get_device(session, device_id)
            service.change_device(
                session,
                device,
                form.given(),
                now=clock.now(),
                by=signed_in().person,
                may_move_secrets=signed_in().may(Permission.MANAGE_CREDENTIALS),
            )
            _put_in_groups(session, device, form)
    except DeviceRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, queries.get_device(db.session(), device_id))
    flash(_("The device is changed."), "success")
    return redirect(url_for("devices.show_device", device_id=device_id))


@blueprint.post("/devices/<int:device_id>/deactivate")
@requires(Permission.MANAGE_DEVICES)
def deactivate_device(device_id: int) -> Response:
    """Take a device out of use."""
    with transaction() as session:
        device = queries.get_device(session, device_id)
        service.deactivate_device(session, device, now=clock.now(), by=signed_in().person)
    flash(_("The device is out of use. Its snapshots stay."), "success")
    return redirect(url_for("devices.show_device", device_id=device_id))


@blueprint.post("/devices/<int:device_id>/activate")
@requires(Permission.MANAGE_DEVICES)
def activate_device(device_id: int) -> Response:
    """Put a device back into use."""
    with transaction() as session:
        device = queries.get_device(session, device_id)
        service.activate_device(session, device, now=clock.now(), by=signed_in().person)
    flash(_("The device is in use again."), "success")
    return redirect(url_for("devices.show_device", device_id=device_id))


def _form(session: Session, device: Device | None = None) -> DeviceForm:
    form = DeviceForm()
    form.offer_groups(grouping.list_groups(session))
    parents = [each for each in queries.list_active_devices(session) if each is not device]
    if device is not None and device.parent is not None and not device.parent.is_active:
        parents.append(device.parent)  # out of use, and still what is stored
    form.offer(queries.list_sites(session), queries.list_credentials(session), parents)
    return form


def _put_in_groups(session: Session, device: Device, form: DeviceForm) -> None:
    ticked = form.group_ids.data or ()
    grouping.put_in_groups(session, device, ticked, now=clock.now(), by=signed_in().person)


def _render(form: DeviceForm, device: Device | None) -> str:
    return render_template("devices/device_form.html", form=form, device=device)
