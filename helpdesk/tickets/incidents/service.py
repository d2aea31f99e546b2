"""Use cases of evidence sets: asked for with the ticket, leased, kept as evidence of the ticket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.evidence import service as evidence_service
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.findings.models import FindingRecord
from helpdesk.tickets.incidents.models import EvidenceSet
from helpdesk.tickets.incidents.queries import MARK
from helpdesk.tickets.incidents.rules import ATTEMPTS, LEASE, SetState
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import TicketStatus
from helpdesk.tickets.service.conversation import note_by_itself
from helpdesk.tickets.service.evidence import add_evidence_file

NOT_FROZEN = (
    "Bahan kejadian tidak dapat dibekukan: pengumpulannya gagal berulang kali. "
    "Cuplikan yang terlampir tetap berlaku sebagai bukti"
)


def ask_for_set(
    session: Session,
    ticket: Ticket,
    finding: FindingRecord,
    snapshot: Snapshot,
    run: SnapshotRun | None,
    *,
    now: datetime,
) -> EvidenceSet:
    """Ask that what is known of the device is frozen, as soon as the fresh look is there."""
    asked = EvidenceSet(
        ticket_id=ticket.id,
        device_id=finding.device_id,
        finding_id=finding.id,
        snapshot_id=snapshot.id,
        run_id=run.id if run is not None else None,
        event_at=now,
        state=SetState.DUE.value,
        attempts=0,
    )
    session.add(asked)
    session.flush()
    return asked


def lease_set(session: Session, set_id: int, *, now: datetime) -> EvidenceSet | None:
    """Take the set for as long as freezing it takes; None where it is done, or somebody else's."""
    row = session.scalars(select(EvidenceSet).where(EvidenceSet.id == set_id).with_for_update()).one()
    is_free = row.state == SetState.DUE.value or (
        row.state == SetState.LEASED.value and row.lease_until is not None and row.lease_until < now
    )
    if not is_free:
        return None
    if row.ticket.status != TicketStatus.OPEN.value:
        row.state, row.lease_until = SetState.DROPPED.value, None
        return None
    if row.attempts >= ATTEMPTS:
        row.state, row.lease_until = SetState.DROPPED.value, None
        note_by_itself(session, row.ticket, NOT_FROZEN, now=now)
        return None
    row.state, row.attempts = SetState.LEASED.value, row.attempts + 1
    row.lease_until = now + LEASE
    return row


def keep_set(
    session: Session, set_id: int, *, name: str, title: str, packed: bytes, now: datetime
) -> EvidenceSet | None:
    """Freeze the set as a file of the ticket and count it as evidence; a second one is not kept."""
    row = session.scalars(select(EvidenceSet).where(EvidenceSet.id == set_id).with_for_update()).one()
    if row.state != SetState.LEASED.value:
        return None
    if row.ticket.status != TicketStatus.OPEN.value:
        row.state, row.lease_until = SetState.DROPPED.value, None
        return None
    stored = evidence_service.store_file(session, packed, "application/zip", now=now)
    attachment = add_evidence_file(
        session,
        row.ticket,
        stored,
        name=name,
        title=title,
        details={MARK: row.id, "event_at": row.event_at.isoformat()},
        now=now,
    )
    row.state, row.lease_until = SetState.FROZEN.value, None
    row.frozen_at, row.attachment_id = now, attachment.id
    session.flush()
    return row
