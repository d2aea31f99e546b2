"""The evidence that a report rests on: what was chosen for the work, and what shows each accepted finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helpdesk.devices.reading import CONFIGURATION_CHANGED
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import ProcedureRun
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import EvidenceItem, Ticket
from helpdesk.tickets.service.evidence import CONFIGURATION


def chosen_evidence(ticket: Ticket) -> list[EvidenceItem]:
    """Return what was chosen, or all where nothing was; what was accepted later brings its evidence along."""
    data = sop_queries.output_data(ticket.run, kind=OutputKind.EVIDENCE.value)
    chosen = {one["id"] for one in data.get("items", [])}
    if not chosen:
        return list(ticket.evidence)
    accepted = list(_accepted(ticket.run))
    snapshots = {one["snapshot_id"] for one in accepted}
    changed = {one["device_id"] for one in accepted if one["rule"] == CONFIGURATION_CHANGED}
    return [
        item
        for item in ticket.evidence
        if item.id in chosen
        or (item.snapshot_id is not None and item.snapshot_id in snapshots)
        or (CONFIGURATION in (item.details or {}) and (item.details or {}).get("device_id") in changed)
    ]


def _accepted(run: ProcedureRun) -> Iterator[dict[str, Any]]:
    data = sop_queries.output_data(run, kind=OutputKind.IDENTIFICATION.value)
    for one in data.get("proposals") or ():
        if one["decision"] != "rejected":
            yield one
