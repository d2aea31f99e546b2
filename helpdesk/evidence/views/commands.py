"""Pick a command for a device, and see what it prints as evidence."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import queries as device_queries
from helpdesk.devices.views.blueprint import blueprint as devices_blueprint
from helpdesk.errors import DomainError
from helpdesk.evidence import commands, service
from helpdesk.evidence.forms import CommandForm
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires

Answer = Response | tuple[str, int]


@devices_blueprint.get("/devices/<int:device_id>/commands")
@requires(Permission.TAKE_SNAPSHOTS)
def pick_command(device_id: int) -> str:
    """Show the commands that the person may run on the device."""
    return _show(device_id, CommandForm())


@devices_blueprint.post("/devices/<int:device_id>/commands")
@requires(Permission.TAKE_SNAPSHOTS)
def run_command(device_id: int) -> Answer:
    """Run the command within a snapshot, and show the snapshot."""
    form = CommandForm()
    if not form.validate():
        return _show(device_id, form), 422
    try:
        with transaction() as session:
            run_id = commands.request_command(
                session,
                device_queries.get_device(session, device_id),
                form.command.data or "",
                form.argument(),
                roles=signed_in().roles,
                by=signed_in().person,
                now=clock.now(),
            ).id
    except DomainError as refusal:
        show_refusal(form, refusal)
        return _show(device_id, form), refusal.status
    snapshot_id = service.carry_out_run(
        db.engine,
        run_id,
        settings(),
        service.owner_name("web"),
        budget_seconds=settings().evidence_wait_seconds,
    )
    if snapshot_id is None:
        flash(_("The snapshot is being taken. It will stand in the history in a moment."), "info")
        return redirect(url_for("devices.show_device", device_id=device_id))
    return redirect(url_for("evidence.show_snapshot", snapshot_id=snapshot_id, _anchor="commands"))


def _show(device_id: int, form: CommandForm) -> str:
    session = db.session()
    device = device_queries.get_device(session, device_id)
    pickable = commands.list_pickable(session, device, signed_in().roles)
    form.offer(pickable, commands.list_port_names(session, device))
    return render_template("devices/commands.html", form=form, device=device, pickable=pickable)
