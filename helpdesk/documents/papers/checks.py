"""Papers that are handed in with a step, held against what the ticket keeps: no caller names another's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import object_session

from helpdesk.documents.models import Document
from helpdesk.documents.rules import DocumentKind
from helpdesk.sop.errors import OutputInvalid
from helpdesk.sop.grammar import External, Output, OutputKind
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.service.handing_in import register_check

# The kind of paper that each output names, and whether it has its number by then.
WANTED = {
    OutputKind.DOCUMENT: (DocumentKind.PAPER, False),
    OutputKind.SIGNATURE: (DocumentKind.PAPER, True),
    OutputKind.SIGNED_REPORT: (DocumentKind.REPORT, True),
}


def _ensure_kept(ticket: Ticket, output: Output | External, data: Mapping[str, Any]) -> None:
    session = object_session(ticket)
    assert session is not None, "the ticket was read in a session"
    assert isinstance(output, Output), "only outputs are papers"
    kind, has_number = WANTED[output.kind]
    found = session.get(Document, data.get("document_id"))
    is_good = (
        found is not None
        and found.ticket_id == ticket.id
        and found.kind == kind.value
        and found.file.sha256 == data.get("sha256")
        and (found.number is not None or not has_number)
    )
    if not is_good:
        raise OutputInvalid(output.title, "document_id", "The ticket does not hold this document.")


def register_checks() -> None:
    """Have the services ask for the papers that outputs name."""
    for kind in WANTED:
        register_check(kind.value, _ensure_kept)
