"""The bahan of a ticket: devices, snapshots, files and notes; what was added stays."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from helpdesk.events import Event, record
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence import service as evidence_service
from helpdesk.evidence.configurations.models import Configuration
from helpdesk.evidence.configurations.wording import difference_text
from helpdesk.evidence.models import Snapshot, SnapshotRun, StoredFile
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.tickets import queries
from helpdesk.tickets.errors import DeviceAlreadyNamed, TicketClosed
from helpdesk.tickets.models import Attachment, EvidenceItem, Ticket, TicketDevice
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import NewFile, TicketStatus
from helpdesk.tickets.service.working import ensure_works_on

# What of the details of a piece of evidence names the version whose difference it is.
CONFIGURATION = "configuration_id"
_LONGEST_TITLE: Final = 300


def name_device(
    session: Session, ticket: Ticket, device: Device, *, office: Office, by: Person, now: datetime
) -> SnapshotRun:
    """Say that the ticket is about the device: its latest snapshot is attached and a fresh one asked for."""
    _ensure_open(ticket)
    ensure_works_on(session, ticket, office=office, by=by, now=now)
    if queries.is_device_named(session, ticket.id, device.id):
        raise DeviceAlreadyNamed(device=device.name)
    ticket.device_links.append(TicketDevice(device_id=device.id, added_by_id=by.id, added_at=now))
    _record(session, ticket, "device_named", by=by, now=now, device=device.name, device_id=device.id)
    return _gather_from(session, ticket, device, by=by, now=now)


def bring_device(
    session: Session, ticket: Ticket, device: Device, snapshot: Snapshot, *, now: datetime
) -> SnapshotRun:
    """Say what an automatic ticket is about: what set it off is attached, and a fresh look asked for."""
    ticket.device_links.append(TicketDevice(device_id=device.id, added_by_id=None, added_at=now))
    _record(session, ticket, "device_named", by=None, now=now, device=device.name, device_id=device.id)
    attach_snapshot(session, ticket, snapshot, now=now)
    return evidence_service.request_snapshot(session, device, reason="ticket", now=now, ticket_id=ticket.id)


def gather_evidence(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Attach the latest snapshot of every named device, and ask for a fresh one of each."""
    for link in ticket.device_links:
        _gather_from(session, ticket, link.device, by=None, now=now)


def _gather_from(
    session: Session, ticket: Ticket, device: Device, *, by: Person | None, now: datetime
) -> SnapshotRun:
    latest = evidence_queries.find_latest_snapshot(session, device.id)
    if latest is not None:
        attach_snapshot(session, ticket, latest, now=now, by=by)
    return evidence_service.request_snapshot(
        session, device, reason="ticket", now=now, by=by, ticket_id=ticket.id
    )


def attach_snapshot(
    session: Session, ticket: Ticket, snapshot: Snapshot, *, now: datetime, by: Person | None = None
) -> EvidenceItem | None:
    """Attach a snapshot to the ticket; one that is there already stays as it is."""
    known = session.scalar(
        select(EvidenceItem.id).where(
            EvidenceItem.ticket_id == ticket.id, EvidenceItem.snapshot_id == snapshot.id
        )
    )
    if known is not None:
        return None
    details = {"taken_at": snapshot.taken_at.isoformat(), "complete": snapshot.complete}
    picked = session.get_one(SnapshotRun, snapshot.run_id).commands or []
    if picked:
        details["commands"] = picked
    return _add(
        session,
        ticket,
        EvidenceItem(
            kind="snapshot",
            title=": ".join([snapshot.device.name, *picked])[:_LONGEST_TITLE],
            snapshot_id=snapshot.id,
            sha256=snapshot.sha256,
            details=details,
        ),
        by=by,
        now=now,
    )


def attach_taken_snapshot(session: Session, event: Event) -> None:
    """Listen to `snapshot_taken`: a snapshot that a ticket asked for becomes its evidence."""
    ticket = session.get(Ticket, event.ticket_id) if event.ticket_id else None
    snapshot = session.get(Snapshot, event.data["snapshot_id"])
    if ticket is not None and snapshot is not None and ticket.status == TicketStatus.OPEN.value:
        attach_snapshot(session, ticket, snapshot, now=event.at)


def add_file(
    session: Session, ticket: Ticket, file: NewFile, *, office: Office, by: Person, now: datetime
) -> Attachment:
    """Attach a file of the office and count it as evidence."""
    _ensure_open(ticket)
    ensure_works_on(session, ticket, office=office, by=by, now=now)
    stored = evidence_service.store_file(session, file.content, file.content_type, now=now)
    attachment = Attachment(file_id=stored.id, name=file.name, added_by_id=by.id, added_at=now)
    ticket.attachments.append(attachment)
    session.flush()
    item = EvidenceItem(
        kind="file", title=file.name, attachment_id=attachment.id, sha256=stored.sha256, details=None
    )
    _add(session, ticket, item, by=by, now=now)
    return attachment


def add_evidence_file(
    session: Session,
    ticket: Ticket,
    stored: StoredFile,
    *,
    name: str,
    title: str,
    details: dict[str, Any],
    now: datetime,
    by: Person | None = None,
) -> Attachment:
    """Attach a file that the desk itself made, and count it as evidence."""
    attachment = Attachment(file_id=stored.id, name=name, added_by_id=by.id if by else None, added_at=now)
    ticket.attachments.append(attachment)
    session.flush()
    item = EvidenceItem(
        kind="file", title=title, attachment_id=attachment.id, sha256=stored.sha256, details=details
    )
    _add(session, ticket, item, by=by, now=now)
    return attachment


def attach_difference(
    session: Session, ticket: Ticket, changed: Configuration, *, now: datetime, by: Person | None = None
) -> Attachment | None:
    """Attach what a version of a configuration changed; one that is there already stays as it is."""
    if any((item.details or {}).get(CONFIGURATION) == changed.id for item in ticket.evidence):
        return None
    text = difference_text(session, changed).encode("utf-8", "replace")
    stored = evidence_service.store_file(session, text, "text/plain", now=now)
    device = changed.device.name
    return add_evidence_file(
        session,
        ticket,
        stored,
        name=f"perubahan-konfigurasi-{changed.id}.diff.txt",
        title=f"Perubahan konfigurasi {device}",
        details={
            CONFIGURATION: changed.id,
            "device_id": changed.device_id,
            "taken_at": changed.taken_at.isoformat(),
        },
        now=now,
        by=by,
    )


def add_note(
    session: Session, ticket: Ticket, title: str, note: str, *, office: Office, by: Person, now: datetime
) -> EvidenceItem:
    """Write down an observation as evidence."""
    _ensure_open(ticket)
    ensure_works_on(session, ticket, office=office, by=by, now=now)
    digest = hashlib.sha256(note.encode()).hexdigest()
    item = EvidenceItem(kind="note", title=title, note=note, sha256=digest, details=None)
    return _add(session, ticket, item, by=by, now=now)


def _add(
    session: Session, ticket: Ticket, item: EvidenceItem, *, by: Person | None, now: datetime
) -> EvidenceItem:
    current = _step_at_work(ticket, by)
    item.step_run_id = current.id if current else None
    item.added_by_id, item.added_at = (by.id if by else None), now
    item.note = item.note or ""
    ticket.evidence.append(item)
    session.flush()
    _record(
        session,
        ticket,
        "evidence_added",
        by=by,
        now=now,
        item_id=item.id,
        item_kind=item.kind,
        title=item.title,
        sha256=item.sha256,
    )
    return item


def _step_at_work(ticket: Ticket, by: Person | None) -> StepRun | None:
    """Return the open step that the piece belongs to: that of the person, else the first."""
    current = sop_queries.list_current(ticket.run)
    mine = (step for step in current if by is not None and step.assignee_id == by.id)
    return next(mine, None) or next(iter(current), None)


def _ensure_open(ticket: Ticket) -> None:
    if ticket.status != TicketStatus.OPEN.value:
        raise TicketClosed(number=ticket.number)


def _record(
    session: Session, ticket: Ticket, kind: str, *, by: Person | None, now: datetime, **data: Any
) -> None:
    record(
        session,
        kind,
        at=now,
        ticket_id=ticket.id,
        by=by,
        **data,
    )
