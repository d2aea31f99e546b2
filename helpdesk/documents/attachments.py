"""What a signed report carries inside: the evidence and what the steps yielded, as JSON with digests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.documents.chosen import chosen_evidence
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.rules import canonical_json
from helpdesk.sop.models import StepOutput
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.incidents.queries import is_set
from helpdesk.tickets.incidents.rules import GRAPHS, MANIFEST, read_manifest, read_member
from helpdesk.tickets.models import EvidenceItem, Ticket
from helpdesk.tickets.service.evidence import CONFIGURATION

# The snapshots among them are attached as snapshots: once is enough.
SET_TEXTS = (".csv", ".diff.txt")
LIST_NAME = "daftar-isi.json"
# The report is its own draft: only what it was written from goes with it.
OWN_TEXT = frozenset({OutputKind.REPORT_DRAFT.value, OutputKind.SIGNED_REPORT.value})


@dataclass(frozen=True)
class Attached:
    """A file inside of the paper."""

    name: str
    description: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The digest of the file, which the list and the annexes name too."""
        return hashlib.sha256(self.content).hexdigest()

    def to_dict(self) -> dict[str, str]:
        """Return the file as the typesetter takes it."""
        return {"name": self.name, "description": self.description, "text": self.content.decode("utf-8")}


def evidence_attachments(session: Session, ticket: Ticket) -> tuple[Attached, ...]:
    """Return the list, the snapshots as they were frozen, and what the steps yielded."""
    items = chosen_evidence(ticket)
    snapshots = [one for one in (_snapshot_file(session, item) for item in items) if one is not None]
    members = [one for item in items for one in _frozen_texts(item)]
    outputs = [_output_file(output, ticket) for output in _outputs(ticket)]
    contents: dict[str, Any] = {
        "ticket": ticket.number,
        "procedure": f"{ticket.run.procedure_number} v{ticket.run.procedure_version}",
        "evidence": [_entry(item) for item in items],
        "files": [
            {"name": one.name, "sha256": one.sha256, "size_bytes": len(one.content)}
            for one in (*snapshots, *members, *outputs)
        ],
    }
    listed = Attached(LIST_NAME, "Daftar isi lampiran elektronik", canonical_json(contents))
    return (listed, *snapshots, *members, *outputs)


def attached_as_data(attached: Iterable[Attached]) -> list[dict[str, Any]]:
    """Return what the paper's data remembers of its attachments: names and digests."""
    return [{"name": one.name, "sha256": one.sha256} for one in attached]


def _entry(item: EvidenceItem) -> dict[str, Any]:
    taken_at = item.snapshot.taken_at if item.snapshot else item.added_at
    return {
        "kind": item.kind,
        "title": item.title,
        "taken_at": taken_at.isoformat(),
        "sha256": item.sha256,
        "file": _snapshot_name(item) if item.snapshot else None,
    }


def _snapshot_name(item: EvidenceItem) -> str:
    assert item.snapshot is not None
    return f"cuplikan-{item.snapshot.id}-{_safe(item.snapshot.device.name)}.json"


def _snapshot_file(session: Session, item: EvidenceItem) -> Attached | None:
    if item.snapshot is None:
        return None
    snapshot = evidence_queries.get_snapshot(session, item.snapshot.id)
    # A snapshot that is not what was frozen is no evidence; the ticket's page says so.
    if not evidence_queries.is_intact(snapshot):
        return None
    return Attached(_snapshot_name(item), f"Cuplikan {item.title}", evidence_queries.load_canonical(snapshot))


def _frozen_texts(item: EvidenceItem) -> list[Attached]:
    """Return the texts that the desk itself froze: a difference, or the tables of an evidence set."""
    if item.attachment is not None and CONFIGURATION in (item.details or {}):
        # The difference that shows an accepted change of a configuration.
        return [Attached(f"perubahan-{item.id}.diff.txt", item.title, item.attachment.file.content)]
    if not is_set(item) or item.attachment is None:
        return []
    packed = item.attachment.file.content
    names = [one["name"] for one in read_manifest(packed)["files"] if one["name"] != GRAPHS]
    texts = [MANIFEST, *(name for name in names if name.endswith(SET_TEXTS))]
    stem = f"kejadian-{item.id}"
    found = ((name, read_member(packed, name)) for name in texts)
    return [
        Attached(f"{stem}-{name}", f"{item.title}: {name}", content)
        for name, content in found
        if content is not None
    ]


def _outputs(ticket: Ticket) -> list[StepOutput]:
    return [one for one in ticket.run.outputs if one.is_valid and one.kind not in OWN_TEXT]


def _output_file(output: StepOutput, ticket: Ticket) -> Attached:
    step = next((one for one in ticket.run.steps if one.id == output.step_run_id), None)
    number = step.step_number if step else 0
    content = {
        "code": output.code,
        "kind": output.kind,
        "step": number,
        "created_at": output.created_at.isoformat(),
        "data": output.data,
    }
    name = f"keluaran-{number:02d}-{_safe(output.code)}-{output.id}.json"
    return Attached(name, f"Keluaran langkah {number}: {output.code}", canonical_json(content))


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-")[:60] or "x"
