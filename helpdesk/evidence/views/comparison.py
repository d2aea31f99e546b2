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
    offered += [each for each in _named(session, device_id) if each not in offered]
    found = compare(*map(queries.load_content, chosen)) if chosen else None
    return render_template(
        "evidence/compare.html",
        device=device,
        offered=offered,
        chosen=chosen,
        found=found,
        changes=present_changes(found.changes) if found else [],
        measured=present_changes(found.measured.changes) if found else [],
        preset=[each.id for each in chosen or _suggested(offered)],
        parts=PARTS,
        missing=MISSING,
    )


def _chosen(session: Session, device_id: int) -> tuple[Snapshot, Snapshot] | None:
    """Return the two snapshots of the address, the earlier one first; None where not both are named yet."""
    names = [request.args.get(key, type=row_number) for key in ("before", "after")]
    # A link that names one of the two lets the person choose the other.
    if not all(key in request.args for key in ("before", "after")):
        return None
    if None in names or names[0] == names[1]:
        raise SnapshotsNotComparable
    one, other = (queries.get_snapshot(session, name or 0) for name in names)
    if any(each.device_id != device_id or not each.reachable for each in (one, other)):
        raise SnapshotsNotComparable
    return (one, other) if (one.taken_at, one.id) < (other.taken_at, other.id) else (other, one)


def _suggested(offered: list[Snapshot]) -> list[Snapshot]:
    """Return which two the form begins with: what a link has named, with the nearest one beside it."""
    if len(offered) < 2:
        return []
    in_order = sorted(offered, key=lambda each: (each.taken_at, each.id))
    place = {each.id: number for number, each in enumerate(in_order)}
    before, after = (place.get(number or 0) for number in _preset().values())
    last = len(in_order) - 1
    if before is not None:
        return [in_order[before], in_order[last if before < last else before - 1]]
    after = last if after is None else after
    return [in_order[after - 1 if after else 1], in_order[after]]


def _named(session: Session, device_id: int) -> list[Snapshot]:
    """Return the readable snapshots of the device that the address names."""
    found = [session.get(Snapshot, number) for number in _preset().values() if number is not None]
    return [each for each in found if each is not None and each.device_id == device_id and each.reachable]


def _preset() -> dict[str, int | None]:
    """Return which of the two a link has named already."""
    return {key: request.args.get(key, type=row_number) for key in ("before", "after")}
