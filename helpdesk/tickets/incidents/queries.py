"""Reading evidence sets: which are due, which one a file of a ticket is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from helpdesk.evidence.models import SnapshotRun
from helpdesk.leases import is_free
from helpdesk.tickets.incidents.models import EvidenceSet
from helpdesk.tickets.incidents.rules import SetState, may_be_frozen
from helpdesk.tickets.models import EvidenceItem

# What of the details of a piece of evidence says that it is a set.
MARK = "evidence_set"


def list_due_set_ids(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the sets that are to be frozen now, the oldest first."""
    rows = session.execute(
        select(EvidenceSet.id, EvidenceSet.event_at, EvidenceSet.run_id, SnapshotRun.state)
        .outerjoin(SnapshotRun, SnapshotRun.id == EvidenceSet.run_id)
        .where(is_free(EvidenceSet, now))
        .order_by(EvidenceSet.event_at, EvidenceSet.id)
    )
    return [
        row.id
        for row in rows
        if may_be_frozen(row.event_at, has_fresh_look=row.run_id is None or row.state == "done", now=now)
    ]


def get_set(session: Session, set_id: int) -> EvidenceSet:
    """Return the set with its device."""
    return session.get_one(EvidenceSet, set_id, options=[joinedload(EvidenceSet.device)])


def list_unfrozen(session: Session, ticket_id: int) -> Sequence[EvidenceSet]:
    """Return the sets of the ticket that are still being frozen."""
    waiting = (SetState.DUE.value, SetState.LEASED.value)
    return session.scalars(
        select(EvidenceSet)
        .where(EvidenceSet.ticket_id == ticket_id, EvidenceSet.state.in_(waiting))
        .options(joinedload(EvidenceSet.device))
    ).all()


def is_set(item: EvidenceItem) -> bool:
    """Tell whether a piece of evidence is an evidence set."""
    return item.attachment is not None and MARK in (item.details or {})
