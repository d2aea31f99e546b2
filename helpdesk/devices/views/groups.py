"""Pages of device groups."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import grouping, queries
from helpdesk.devices.errors import GroupInUse, GroupRefused
from helpdesk.devices.forms import show_refusal
from helpdesk.devices.group_forms import GroupForm
from helpdesk.devices.models import DeviceGroup
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires


@blueprint.get("/device-groups")
@requires(Permission.SEE_DEVICES)
def list_groups() -> str:
    """Show all groups with how many devices they have."""
    session = db.session()
    return render_template(
        "devices/groups.html",
        groups=grouping.list_groups(session),
        counts=grouping.count_devices_by_group(session),
    )


@blueprint.get("/device-groups/new")
@requires(Permission.MANAGE_DEVICES)
def show_group_form() -> str:
    """Show an empty form."""
    return _render(_form(db.session(), None), None)


@blueprint.post("/device-groups/new")
@requires(Permission.MANAGE_DEVICES)
def add_group() -> str | Response:
    """Add a group."""
    form = _form(db.session(), None)
    if not form.validate_on_submit():
        return _render(form, None)
    try:
        with transaction() as session:
            grouping.add_group(
                session,
                name=form.name.data or "",
                description=form.description.data or "",
                device_ids=form.devices.data or (),
                now=clock.now(),
                by=signed_in().person,
            )
    except GroupRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, None)
    flash(_("The group is added."), "success")
    return redirect(url_for("devices.list_groups"))


@blueprint.get("/device-groups/<int:group_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def edit_group(group_id: int) -> str:
    """Show the form with what is stored."""
    group = grouping.get_group(db.session(), group_id)
    form = _form(db.session(), group)
    form.fill(group)
    return _render(form, group)


@blueprint.post("/device-groups/<int:group_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def change_group(group_id: int) -> str | Response:
    """Change a group."""
    group = grouping.get_group(db.session(), group_id)
    form = _form(db.session(), group)
    if not form.validate_on_submit():
        return _render(form, group)
    try:
        with transaction() as session:
            grouping.change_group(
                session,
                grouping.get_group(session, group_id),
                name=form.name.data or "",
                description=form.description.data or "",
                device_ids=form.devices.data or (),
                now=clock.now(),
                by=signed_in().person,
            )
    except GroupRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, grouping.get_group(db.session(), group_id))
    flash(_("The group is changed."), "success")
    return redirect(url_for("devices.list_groups"))


@blueprint.post("/device-groups/<int:group_id>/delete")
@requires(Permission.MANAGE_DEVICES)
def delete_group(group_id: int) -> Response:
    """Delete a group that nothing needs."""
    try:
        with transaction() as session:
            group = grouping.get_group(session, group_id)
            grouping.delete_group(session, group, now=clock.now(), by=signed_in().person)
    except GroupInUse as refusal:
        flash(translate(refusal), "danger")
    else:
        flash(_("The group is deleted."), "success")
    return redirect(url_for("devices.list_groups"))


def _form(session: Session, group: DeviceGroup | None) -> GroupForm:
    form = GroupForm()
    # What is out of use is offered only where it is in the group already, so that saving keeps it.
    kept = [device for device in group.devices if not device.is_active] if group else []
    form.offer([*queries.list_active_devices(session), *kept])
    return form


def _render(form: GroupForm, group: DeviceGroup | None) -> str:
    return render_template("devices/group_form.html", form=form, group=group)
