"""The public check of a paper: what a code or a file proves, and nothing else about the case."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents.models import Document
from helpdesk.documents.signature_models import DocumentSignature
from helpdesk.documents.signing import SignatureMethod, plain_code
from helpdesk.evidence.models import StoredFile
from helpdesk.signing import service as signing_service
from helpdesk.signing.rules import FileReport, FileState
from helpdesk.signing.service import SigningSettings
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Sensitivity


class Verdict(StrEnum):
    """What the check says first."""

    GENUINE = "genuine"
    NOT_KEPT = "not_kept"  # a good signature on a file that is no paper of this office
    CONFIRMED = "confirmed"  # byte for byte as kept; signed with the password, without a certificate
    VOID = "void"
    SUPERSEDED = "superseded"
    CHANGED = "changed"
    DAMAGED = "damaged"  # what the office keeps is not what was signed
    UNKNOWN_SIGNER = "unknown_signer"
    NOT_IN_FORCE = "not_in_force"
    REVOKED = "revoked"
    NO_SIGNATURE = "no_signature"
    NOT_A_PDF = "not_a_pdf"


@dataclass(frozen=True)
class Check:
    """The verdict with all that may be told: the paper, its signature, what the file itself says."""

    verdict: Verdict
    paper: Document | None = None
    signature: DocumentSignature | None = None
    report: FileReport | None = None
    is_kept: bool = False
    is_secret: bool = False


def list_signatures(session: Session, ticket_id: int) -> Sequence[DocumentSignature]:
    """Return the signatures on the papers of a ticket, the latest first."""
    return session.scalars(
        select(DocumentSignature)
        .join(Document)
        .where(Document.ticket_id == ticket_id)
        .order_by(DocumentSignature.id.desc())
    ).all()


def check_code(session: Session, code: str, settings: SigningSettings, *, now: datetime) -> Check | None:
    """Check the paper that the office keeps under the code; None where there is none."""
    found = session.scalar(select(DocumentSignature).where(DocumentSignature.verify_code == plain_code(code)))
    return _check_kept(session, found, settings, now=now) if found is not None else None


def check_file(session: Session, content: bytes, settings: SigningSettings, *, now: datetime) -> Check:
    """Check a file that somebody has: against what the office keeps, and against its own signature."""
    digest = hashlib.sha256(content).hexdigest()
    kept = session.scalar(
        select(DocumentSignature)
        .join(Document)
        .join(StoredFile, Document.file_id == StoredFile.id)
        .where(StoredFile.sha256 == digest)
        .order_by(DocumentSignature.id.desc())
        .limit(1)
    )
    if kept is not None:
        return _check_kept(session, kept, settings, now=now)
    report = signing_service.check_file_from_outside(session, content, settings, now=now)
    # Whoever holds a key that is known here can sign anything: only what the office keeps is its paper.
    is_sound = report.state is FileState.GENUINE
    return Check(Verdict.NOT_KEPT if is_sound else Verdict(report.state.value), report=report)


def _check_kept(
    session: Session, signature: DocumentSignature, settings: SigningSettings, *, now: datetime
) -> Check:
    document = signature.document
    content = document.file.content
    is_kept = hashlib.sha256(content).hexdigest() == document.file.sha256
    report = None
    if signature.method == SignatureMethod.CERTIFICATE.value:
        report = signing_service.check_file(
            session, content, settings, now=now, signed_at=signature.signed_at
        )
    check = Check(
        _verdict(document, signature, report, is_kept=is_kept), document, signature, report, is_kept=is_kept
    )
    ticket = session.get_one(Ticket, document.ticket_id)
    if ticket.sensitivity == Sensitivity.SECRET.value:
        # Of a secret case nothing is told, not even who signed: only whether the paper is good.
        return Check(check.verdict, is_kept=is_kept, is_secret=True)
    return check


def _verdict(
    document: Document, signature: DocumentSignature, report: FileReport | None, *, is_kept: bool
) -> Verdict:
    if not is_kept:
        return Verdict.DAMAGED
    if report is not None:
        is_as_recorded = report.signer is not None and report.signer.fingerprint == signature.fingerprint
        if report.state is not FileState.GENUINE or not is_as_recorded:
            return Verdict.DAMAGED if not report.is_intact else Verdict(report.state.value)
    if document.is_void:
        return Verdict.VOID
    if document.is_superseded:
        return Verdict.SUPERSEDED
    return Verdict.GENUINE if report is not None else Verdict.CONFIRMED
