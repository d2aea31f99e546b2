"""The snapshots of a ticket as the report's text may show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from helpdesk.documents import facts
from helpdesk.documents.rules.figures import FigureSource
from helpdesk.documents.rules.references import list_references
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.models import Snapshot
from helpdesk.tickets.models import Ticket


def figure_sources(
    session: Session, ticket: Ticket, only: Collection[int] | None = None
) -> dict[int, FigureSource]:
    """Return the readable snapshots among the ticket's evidence: no text can show another ticket's."""
    snapshots = [item.snapshot for item in ticket.evidence if item.snapshot is not None]
    return {
        snapshot.id: _source(session, snapshot)
        for snapshot in snapshots
        if snapshot.reachable and (only is None or snapshot.id in only)
    }


def sources_of_texts(session: Session, ticket: Ticket, texts: Iterable[str]) -> dict[int, FigureSource]:
    """Return the snapshots that the texts show."""
    return figure_sources(session, ticket, {one.snapshot_id for one in list_references(texts)})


def _source(session: Session, snapshot: Snapshot) -> FigureSource:
    before = evidence_queries.find_previous_snapshot(session, snapshot)
    return FigureSource(
        snapshot_id=snapshot.id,
        annex=facts.snapshot_annex(session, snapshot),
        before=evidence_queries.load_content(before) if before is not None else None,
        before_sha256=before.sha256 if before is not None else "",
    )
