"""The evidence sets of a ticket as annexes of its report: those that the identification worked on."""

from __future__ import annotations

import json

from helpdesk.documents.chosen import chosen_evidence
from helpdesk.documents.rules.incidents import IncidentAnnex
from helpdesk.tickets.incidents.queries import is_set
from helpdesk.tickets.incidents.rules import GRAPHS, read_manifest, read_member
from helpdesk.tickets.models import EvidenceItem, Ticket


def incident_annexes(ticket: Ticket) -> tuple[IncidentAnnex, ...]:
    """Return the sets among the chosen evidence."""
    return tuple(_annex(item) for item in chosen_evidence(ticket) if is_set(item))


def _annex(item: EvidenceItem) -> IncidentAnnex:
    assert item.attachment is not None
    packed = item.attachment.file.content
    graphs = read_member(packed, GRAPHS)
    return IncidentAnnex(
        sha256=item.sha256,
        contents=read_manifest(packed),
        graphs=json.loads(graphs) if graphs is not None else {},
    )
