"""Signing a paper: the mark that is drawn on it, the signature in the file, and the record of both.

The order is always: `new_mark` (the QR code has to be on the page before it is signed), draw, `sign_pdf_of`,
keep the document, `keep_signature`.
"""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import segno
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.documents.rules import SignatureData
from helpdesk.documents.signature_models import DocumentSignature
from helpdesk.events import record
from helpdesk.signing import queries as key_queries
from helpdesk.signing import service as signing_service
from helpdesk.signing.errors import SigningKeyMissing
from helpdesk.signing.rules import CertificateFacts, KeyKind, StampFacts
from helpdesk.signing.service import SigningSettings, Wish

# Letters that nobody mistakes for each other on paper: 24 of them are 120 bits.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
CODE_LETTERS = 24
GROUP = 4


class SignatureMethod(StrEnum):
    """How a paper was signed."""

    CERTIFICATE = "certificate"
    CONFIRMATION = "confirmation"  # with the password only: the file itself carries no signature


class OfficeSettings(SigningSettings, Protocol):
    """What of the settings the signing of papers takes."""

    @property
    def base_url(self) -> str: ...
    @property
    def signatures(self) -> str: ...


@dataclass
class _Desk:
    """The settings in force: use cases are plain functions, called from pages, the demo and the tests."""

    settings: OfficeSettings | None = None

    def require(self) -> OfficeSettings:
        """Return the settings that `use_settings` was given."""
        assert self.settings is not None, "documents.signing.use_settings was not called"
        return self.settings


_desk = _Desk()


@dataclass(frozen=True)
class Mark:
    """What is drawn in the signature block so that anybody can check the paper."""

    code: str
    address: str
    qr_svg: str = field(repr=False)
    has_certificate: bool


@dataclass(frozen=True)
class SignedPdf:
    """A paper after its signature; without a certificate it is as it was drawn."""

    content: bytes = field(repr=False)
    method: SignatureMethod
    key_id: int | None = None
    certificate: CertificateFacts | None = None
    stamp: StampFacts | None = None


@dataclass(frozen=True)
class KeyStanding:
    """How a person stands with the key before they sign: what the page says before the click."""

    kind: KeyKind | None
    certificate: str = ""
    valid_until: datetime | None = None
    is_in_force: bool = False
    is_required: bool = False
    has_stamps: bool = False

    @property
    def needs_pin(self) -> bool:
        """Whether the signature asks for the PIN of a token."""
        return self.kind is KeyKind.TOKEN

    @property
    def is_blocked(self) -> bool:
        """Whether nothing can be signed before the admin or the person has done something."""
        return (self.kind is None and self.is_required) or (self.kind is not None and not self.is_in_force)


def use_settings(settings: OfficeSettings) -> None:
    """Take the settings of the application, at its start."""
    _desk.settings = settings


def key_standing(session: Session, person: Person, *, now: datetime) -> KeyStanding:
    """Return how the person stands with the key."""
    settings = _desk.require()
    is_required, has_stamps = settings.signatures == "required", bool(settings.timestamp_url)
    key = key_queries.find_active_key(session, person.id)
    if key is None:
        return KeyStanding(None, is_required=is_required, has_stamps=has_stamps)
    return KeyStanding(
        kind=KeyKind(key.kind),
        certificate=key.subject,
        valid_until=key.valid_until,
        is_in_force=key.valid_from <= now <= key.valid_until,
        is_required=is_required,
        has_stamps=has_stamps,
    )


def new_mark(session: Session, person: Person) -> Mark:
    """Return the mark for a paper that the person is about to sign, with a code that nobody can guess."""
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    address = verify_address(code)
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", xmldecl=False, border=2)
    has_key = key_queries.find_active_key(session, person.id) is not None
    return Mark(code, address, drawing.getvalue().decode(), has_key)


def verify_address(code: str = "") -> str:
    """Return where anybody checks a paper."""
    base = f"{_desk.require().base_url.rstrip('/')}/verify"
    return f"{base}/{code}" if code else base


def grouped(code: str) -> str:
    """Write a code so that it can be read out: `abcd-efgh-…`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def plain_code(text: str) -> str:
    """Return the code that somebody typed, without dashes and blanks, in small letters."""
    return "".join(letter for letter in text.lower() if letter.isalnum())[:64]


def sign_pdf_of(
    session: Session,
    person: Person,
    pdf: bytes,
    *,
    office_title: str,
    reason: str,
    now: datetime,
    pin: str | None = None,
    without_stamp: bool = False,
) -> SignedPdf:
    """Sign the PDF with the person's key; where the office lets it, a person without one only confirms.

    The caller has asked for the password (and the second factor) before.
    """
    settings = _desk.require()
    if key_queries.find_active_key(session, person.id) is None:
        if settings.signatures == "required":
            raise SigningKeyMissing
        return SignedPdf(pdf, SignatureMethod.CONFIRMATION)
    signed = signing_service.sign_file(
        session,
        person,
        pdf,
        settings,
        reason=f"{reason} ({office_title})" if office_title else reason,
        wish=Wish(pin, without_stamp),
        now=now,
    )
    return SignedPdf(
        signed.content, SignatureMethod.CERTIFICATE, signed.key_id, signed.certificate, signed.stamp
    )


def keep_signature(
    session: Session,
    document: Document,
    person: Person,
    signed: SignedPdf,
    mark: Mark,
    *,
    office_title: str,
    now: datetime,
    in_role: str = "",
) -> DocumentSignature:
    """Record who signed the paper, in which office, with which certificate."""
    facts, stamp = signed.certificate, signed.stamp
    row = DocumentSignature(
        document_id=document.id,
        person_id=person.id,
        signer_name=person.name,
        office=office_title,
        method=signed.method.value,
        signing_key_id=signed.key_id,
        certificate_subject=facts.subject[:500] if facts else "",
        certificate_issuer=facts.issuer[:500] if facts else "",
        certificate_serial=facts.serial if facts else "",
        fingerprint=facts.fingerprint if facts else "",
        signed_at=now,
        stamped_at=stamp.at if stamp else None,
        stamp_authority=stamp.authority[:300] if stamp else "",
        verify_code=mark.code,
    )
    session.add(row)
    session.flush()
    record(
        session,
        "document_signed",
        at=now,
        ticket_id=document.ticket_id,
        by=person,
        in_role=in_role,
        document_id=document.id,
        method=row.method,
        fingerprint=row.fingerprint,
        time_stamped=stamp is not None,
        # Left out by choice, although the office has an authority for it.
        stamp_left_out=facts is not None and stamp is None and bool(_desk.require().timestamp_url),
    )
    return row


def marked(block: SignatureData, mark: Mark) -> SignatureData:
    """Return the signature block with the QR code, and with the words for how the paper is signed."""
    return replace(
        block,
        qr_svg=mark.qr_svg,
        certified=mark.has_certificate,
        verify_at=verify_address().partition("://")[2],
        verify_code=grouped(mark.code),
    )
