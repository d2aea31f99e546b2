"""Neighbours that were seen and are not known: one click takes one to the form, filled in."""

from __future__ import annotations

from flask import render_template, url_for

from helpdesk.database import db
from helpdesk.devices.views.blueprint import blueprint as devices_blueprint
from helpdesk.evidence.inventory.queries import list_unknown_neighbours
from helpdesk.evidence.inventory.rules import UnknownNeighbour, short_name
from helpdesk.permissions import Permission
from helpdesk.web.guards import requires


@devices_blueprint.get("/devices/neighbours")
@requires(Permission.MANAGE_DEVICES)
def list_neighbours() -> str:
    """Show the neighbours of the latest snapshots that nobody has registered."""
    found = list_unknown_neighbours(db.session())
    return render_template("evidence/neighbours.html", neighbours=[(each, _form_url(each)) for each in found])


def _form_url(neighbour: UnknownNeighbour) -> str:
    return url_for(
        "devices.show_device_form",
        name=short_name(neighbour.name)[:120] or None,
        address=neighbour.address or None,
        description=" ".join(neighbour.platform.split())[:300] or None,
        site=neighbour.sightings[0].site_id,
    )
