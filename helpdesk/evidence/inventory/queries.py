"""Reading which neighbours the latest snapshots see and nobody has registered."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.devices import queries as device_queries
from helpdesk.devices.models import Device
from helpdesk.evidence import queries
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.inventory.rules import Known, Sighting, UnknownNeighbour, unknown_neighbours


def list_unknown_neighbours(session: Session) -> list[UnknownNeighbour]:
    """Return the neighbours in the latest snapshots of the devices in use that are no device of ours."""
    known = Known()
    for name, address in session.execute(select(Device.name, Device.address)):
        # Out of use is known too: somebody decided about it.
        known.add_device(name, address)
    seen = []
    for device in device_queries.list_active_devices(session):
        snapshot = queries.find_latest_snapshot(session, device.id)
        if snapshot is None:
            continue
        try:
            facts = queries.load_content(snapshot)
        except EvidenceBroken:
            continue
        finally:
            # Contents are unpacked one after the other, and none is held on to.
            session.expire(snapshot, ["content"])
        known.add_facts(facts)
        for neighbour in facts.get("neighbours") or []:
            port = str(neighbour.get("local_interface") or "")
            seen.append((Sighting(device.id, device.name, device.site_id, port), neighbour))
    return unknown_neighbours(seen, known)
