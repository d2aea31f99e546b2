"""The configurations of a device: their history, one of them, and what differs between two."""

from __future__ import annotations

import re

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import queries as device_queries
from helpdesk.devices import reading
from helpdesk.evidence.configurations import queries, service
from helpdesk.evidence.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate

# Beyond this a browser labours; the whole stands in the file to take away.
LINES_SHOWN = 10_000
CHANGES_SHOWN = 2_000


@blueprint.get("/devices/<int:device_id>/configurations")
@requires(Permission.SEE_DEVICES)
def list_configurations(device_id: int) -> str:
    """Show the versions of a device's configuration, and how it was read last."""
    session = db.session()
    device = device_queries.get_device(session, device_id)
    tried = queries.find_reading(session, device_id)
    code = tried.failure if tried is not None else ""
    return render_template(
        "evidence/configurations/list.html",
        device=device,
        head=queries.find_head(session, device_id),
        tried=tried,
        failure=reading.failure_sentence({"code": code}, str(get_locale())) if code else "",
        hours=settings().configuration_hours,
        accepted=queries.list_accepted(session, device_id),
        history=paginate(
            session, queries.select_configurations(device_id), request.args.get("page", 1, type=row_number)
        ),
    )


@blueprint.get("/devices/<int:device_id>/configurations/<int:configuration_id>")
@requires(Permission.SEE_DEVICES)
def show_configuration(device_id: int, configuration_id: int) -> str:
    """Show one version, its secrets masked, with numbered lines."""
    session = db.session()
    configuration = queries.get_configuration(session, device_id, configuration_id)
    head = queries.find_head(session, device_id)
    return render_template(
        "evidence/configurations/show.html",
        configuration=configuration,
        lines=queries.text_of(configuration).splitlines()[:LINES_SHOWN],
        is_head=head is not None and head.id == configuration.id,
        waits=service.awaits_confirmation(session, configuration),
    )


@blueprint.get("/devices/<int:device_id>/configurations/<int:configuration_id>.txt")
@requires(Permission.SEE_DEVICES)
def download_configuration(device_id: int, configuration_id: int) -> Response:
    """Give the masked text as a file."""
    configuration = queries.get_configuration(db.session(), device_id, configuration_id)
    device = re.sub(r"[^A-Za-z0-9._-]+", "-", configuration.device.name).strip("-.") or "device"
    name = f"configuration-{configuration.id}-{device}.txt"
    return Response(
        queries.text_of(configuration) + "\n",
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/devices/<int:device_id>/configurations/compare")
@requires(Permission.SEE_DEVICES)
def compare_configurations(device_id: int) -> str:
    """Show what differs between two versions."""
    session = db.session()
    device_queries.get_device(session, device_id)
    before, after = (
        queries.get_configuration(session, device_id, request.args.get(name, 0, type=row_number))
        for name in ("before", "after")
    )
    changes = queries.changes_between(before, after)
    return render_template(
        "evidence/configurations/compare.html",
        before=before,
        after=after,
        changes=changes,
        changed=changes.changed[:CHANGES_SHOWN],
        lines=changes.lines[:CHANGES_SHOWN],
        is_cut=max(len(changes.changed), len(changes.lines)) > CHANGES_SHOWN,
    )


@blueprint.post("/devices/<int:device_id>/configurations")
@requires(Permission.TAKE_SNAPSHOTS)
def read_configuration(device_id: int) -> AnyResponse:
    """Read the configuration now."""
    # Closed before the reading begins: it writes by a connection of its own.
    with transaction() as session:
        device_queries.get_device(session, device_id)
        by_id = signed_in().person.id
    configuration_id, failure = service.read_configuration(
        db.engine,
        device_id,
        settings().key_ring(),
        hours=settings().configuration_hours,
        budget_seconds=settings().snapshot_budget_seconds,
        by_id=by_id,
    )
    if configuration_id is not None:
        return redirect(
            url_for("evidence.show_configuration", device_id=device_id, configuration_id=configuration_id)
        )
    if not failure:
        flash(_("The configuration is being read. It will stand in the history in a moment."), "info")
    return redirect(url_for("evidence.list_configurations", device_id=device_id))


@blueprint.post("/devices/<int:device_id>/configurations/<int:configuration_id>/confirm")
@requires(Permission.TAKE_SNAPSHOTS)
def confirm_configuration(device_id: int, configuration_id: int) -> AnyResponse:
    """Accept a version that is much shorter than the one before."""
    with transaction() as session:
        configuration = queries.get_configuration(session, device_id, configuration_id)
        service.confirm_configuration(session, configuration, by=signed_in().person, now=clock.now())
    flash(_("The configuration is confirmed: it is now the version in force."), "success")
    return redirect(
        url_for("evidence.show_configuration", device_id=device_id, configuration_id=configuration_id)
    )
