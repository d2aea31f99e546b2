"""The devices with their health at a glance, one device with its history, and a snapshot taken now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import grouping
from helpdesk.devices import queries as device_queries
from helpdesk.devices.models import Device
from helpdesk.devices.views.blueprint import blueprint as devices_blueprint
from helpdesk.evidence import queries, service
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.presentation import (
    REASONS,
    identity_pairs,
    present_changes,
    present_failures,
    present_health,
)
from helpdesk.evidence.rules import health_of
from helpdesk.evidence.traps import queries as trap_queries
from helpdesk.evidence.traps.presentation import present_trap
from helpdesk.evidence.views.series import show_device_course, show_small_graphs
from helpdesk.permissions import Permission
from helpdesk.schedules.presentation import governing_words, timing_words
from helpdesk.schedules.queries import find_governing
from helpdesk.web.current import settings, signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate

LATEST_TRAPS = 5
STATES = {"": True, "inactive": False, "all": None}


@devices_blueprint.get("/devices")
@requires(Permission.SEE_DEVICES)
def list_devices() -> str:
    """Show the devices with the health of their latest snapshot."""
    session = db.session()
    state = request.args.get("state", "")
    statement = device_queries.select_devices(
        site_id=request.args.get("site", type=row_number),
        group_id=request.args.get("group", type=row_number),
        words=request.args.get("q", ""),
        active=STATES.get(state, True),
        sort=request.args.get("sort", "name"),
    )
    page = paginate(session, statement, request.args.get("page", 1, type=row_number))
    latest = queries.latest_snapshots(session, [device.id for device in page.items])
    return render_template(
        "devices/list.html",
        page=page,
        latest=latest,
        health={device.id: present_health(latest.get(device.id)) for device in page.items},
        sites=device_queries.list_sites(session),
        groups=grouping.list_groups(session),
        sort=request.args.get("sort", "name"),
    )


@devices_blueprint.get("/devices/<int:device_id>")
@requires(Permission.SEE_DEVICES)
def show_device(device_id: int) -> str:
    """Show who the device is, what was last read, and its history."""
    session = db.session()
    device = device_queries.get_device(session, device_id)
    latest = queries.find_latest_snapshot(session, device_id, reachable=False)
    readable = (
        latest if latest is None or latest.reachable else queries.find_latest_snapshot(session, device_id)
    )
    facts, changes, is_broken = _read(readable)
    return render_template(
        "devices/show.html",
        device=device,
        latest=latest,
        readable=readable,
        facts=facts,
        identity=identity_pairs(facts) if facts else [],
        changes=changes,
        is_broken=is_broken,
        failures=present_failures(latest) if latest else [],
        health=health_of(latest.summary, latest.reachable, latest.complete) if latest else "unknown",
        open_runs=queries.list_open_runs(session, device_id),
        traps=[
            present_trap(trap)
            for trap in session.scalars(trap_queries.select_traps(device_id=device_id).limit(LATEST_TRAPS))
        ],
        history=paginate(
            session, queries.select_snapshots(device_id), request.args.get("page", 1, type=row_number), 10
        ),
        reasons=REASONS,
        schedule=_schedule_of(device),
        course=show_device_course(device_id),
        small=show_small_graphs(device_id, facts),
    )


@devices_blueprint.post("/devices/<int:device_id>/snapshot")
@requires(Permission.TAKE_SNAPSHOTS)
def take_snapshot(device_id: int) -> Response:
    """Take a snapshot now and show it."""
    with transaction() as session:
        device = device_queries.get_device(session, device_id)
        run = service.request_snapshot(
            session, device, reason="manual", now=clock.now(), by=signed_in().person
        )
        run_id = run.id
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
    return redirect(url_for("evidence.show_snapshot", snapshot_id=snapshot_id))


def _schedule_of(device: Device) -> dict[str, Any]:
    """Return by which rule the device is read, and when next."""
    rule = find_governing(db.session(), device, settings().snapshot_minutes)
    return {
        "timing": timing_words(rule.timing),
        "source": governing_words(rule),
        "schedule_id": rule.schedule_id,
        "next_due_at": device.next_due_at if device.is_active and rule.timing is not None else None,
    }


def _read(snapshot: Snapshot | None) -> tuple[dict[str, Any] | None, list[Any], bool]:
    """Return the facts, the changes since before, and whether the evidence is broken."""
    if snapshot is None:
        return None, [], False
    try:
        facts = queries.load_content(snapshot)
        changes = queries.changes_since_previous(db.session(), snapshot)
    except EvidenceBroken:
        return None, [], True
    return facts, present_changes(changes), False
