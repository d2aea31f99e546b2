"""What all papers share: the office's stationery, the signature block, and being kept as they were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.accounts.rules import OfficeHeld
from helpdesk.documents.models import Document
from helpdesk.documents.rules import URGENCY_LABELS, LetterheadData, SignatureData, Urgency
from helpdesk.documents.rules.formats import format_date
from helpdesk.events import record
from helpdesk.evidence import service as evidence_service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Sensitivity

PDF = "application/pdf"


@dataclass(frozen=True)
class Stationery:
    """What every paper of the office carries."""

    letterhead: LetterheadData
    city: str


def keep(
    session: Session, document: Document, pdf: bytes, *, by: Person | None, at: datetime | None = None
) -> Document:
    """Freeze the PDF with its digest, add the paper to the ticket and tell of it."""
    at = at or document.created_at
    stored = evidence_service.store_file(session, pdf, PDF, now=at)
    document.file_id = stored.id
    session.add(document)
    session.flush()
    record(
        session,
        "document_made",
        at=at,
        ticket_id=document.ticket_id,
        by=by,
        document_id=document.id,
        title=document.title,
        sha256=stored.sha256,
    )
    return document


def signature_of(
    office: str,
    person: Person | None,
    confirmed_at: datetime | None = None,
    *,
    held: OfficeHeld | None = None,
    marked_at: datetime | None = None,
) -> SignatureData:
    """Return the block under a paper: empty without a person; `held` is how the person held the office.

    `confirmed_at` is a signature with the password, `marked_at` the mark (paraf) of who did a step.
    """
    if person is None:
        return SignatureData(office=office, name="")
    return SignatureData(
        office=office,
        name=person.name,
        rank=person.rank or "",
        nip=person.nip or "",
        acting=held.acting if held else "",
        decree=_decree_of(held) if held and held.is_acting else "",
        confirmed_at=confirmed_at,
        marked_at=marked_at,
    )


def secrecy_of(ticket: Ticket) -> str:
    """Return what stands at the head of a secret paper; nothing on any other."""
    is_secret = ticket.sensitivity == Sensitivity.SECRET.value
    return URGENCY_LABELS[Urgency.SECRET] if is_secret else ""


def _decree_of(held: OfficeHeld) -> str:
    dated = f" tanggal {format_date(held.decree_date)}" if held.decree_date else ""
    return f"Berdasarkan {held.decree_number}{dated}"
