"""One frozen snapshot: all that was read, its proof, and what changed."""

from __future__ import annotations

import re

from flask import Response, render_template
from flask_babel import get_locale

from helpdesk.database import db
from helpdesk.devices import reading
from helpdesk.evidence import queries
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.items import present_items
from helpdesk.evidence.presentation import REASONS, identity_pairs, present_changes, present_failures
from helpdesk.evidence.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.guards import requires


@blueprint.get("/snapshots/<int:snapshot_id>")
@requires(Permission.SEE_DEVICES)
def show_snapshot(snapshot_id: int) -> str:
    """Show the facts of a snapshot, or that they can no longer be trusted."""
    session = db.session()
    snapshot = queries.get_snapshot(session, snapshot_id)
    try:
        facts = queries.load_content(snapshot)
    except EvidenceBroken:
        return render_template("evidence/broken.html", snapshot=snapshot)
    try:
        changes, previous_broken = queries.changes_since_previous(session, snapshot), False
    except EvidenceBroken:
        changes, previous_broken = [], True
    language = str(get_locale())
    return render_template(
        "evidence/snapshot.html",
        snapshot=snapshot,
        facts=facts,
        identity=identity_pairs(facts),
        items=present_items(facts),
        failures=present_failures(snapshot),
        notes=[reading.failure_sentence(note, language) for note in facts.get("notes") or []],
        changes=present_changes(changes),
        previous=queries.find_previous_snapshot(session, snapshot),
        previous_broken=previous_broken,
        reasons=REASONS,
    )


@blueprint.get("/snapshots/<int:snapshot_id>.json")
@requires(Permission.SEE_DEVICES)
def download_snapshot(snapshot_id: int) -> Response:
    """Give the frozen bytes themselves: their SHA-256 is the one that every page shows."""
    snapshot = queries.get_snapshot(db.session(), snapshot_id)
    device = re.sub(r"[^A-Za-z0-9._-]+", "-", snapshot.device.name).strip("-.") or "device"
    name = f"snapshot-{snapshot.id}-{device}.json"
    return Response(
        queries.load_canonical(snapshot),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
