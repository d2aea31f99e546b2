"""Two snapshots of a device side by side."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.devices import queries as device_queries
from helpdesk.evidence import queries
from helpdesk.evidence.comparison import compare
from helpdesk.evidence.errors import SnapshotsNotComparable
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.presentation import MISSING, PARTS, present_changes
from helpdesk.evidence.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

OFFERED = 200


@blueprint.get("/devices/<int:device_id>/compare")
@requires(Permission.SEE_DEVICES)
def compare_snapshots(device_id: int) -> str:
    """Offer the device's snapshots, and show what differs between the two that were chosen."""
    session = db.session()
    device = device_queries.get_device(session, device_id)
    chosen = _chosen(session, device_id)
    offered = [each for each in queries.list_snapshots(session, device_id, limit=OFFERED) if each.reachable]
    # What a link leads to may be older than the list is long.
    offered += [each for each in chosen or () if each not in offered]
    found = compare(*map(queries.load_content, chosen)) if chosen else None
    return render_template(
        "evidence/compare.html",
        device=device,
        offered=offered,
        chosen=chosen,
        found=found,
        changes=present_changes(found.changes) if found else [],
        parts=PARTS,
        missing=MISSING,
    )


def _chosen(session: Session, device_id: int) -> tuple[Snapshot, Snapshot] | None:
    """Return the two snapshots of the address, the earlier one first; None where none are named yet."""
    names = [request.args.get(key, type=row_number) for key in ("before", "after")]
    if not any(request.args.get(key) for key in ("before", "after")):
        return None
    if None in names or names[0] == names[1]:
        raise SnapshotsNotComparable
    one, other = (queries.get_snapshot(session, name or 0) for name in names)
    if any(each.device_id != device_id or not each.reachable for each in (one, other)):
        raise SnapshotsNotComparable
    return (one, other) if (one.taken_at, one.id) < (other.taken_at, other.id) else (other, one)
