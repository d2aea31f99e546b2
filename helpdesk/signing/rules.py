"""The words of signatures: kinds of keys, what a check of a file found. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# The revision of RFC 5280 allows twenty bytes; a serial number is written as people compare it.
SERIAL_DIGITS = 40


class KeyKind(StrEnum):
    """Where a person's private key is."""

    ISSUED = "issued"  # made by the office's own authority, sealed in the database
    PKCS12 = "pkcs12"  # brought as a file, sealed in the database
    TOKEN = "token"  # noqa: S105  # on a card or a stick, and never leaves it


class FileState(StrEnum):
    """What a check of a file found, the worst that was found."""

    GENUINE = "genuine"
    NOT_A_PDF = "not_a_pdf"
    NO_SIGNATURE = "no_signature"
    CHANGED = "changed"
    UNKNOWN_SIGNER = "unknown_signer"
    NOT_IN_FORCE = "not_in_force"  # the certificate had expired or not begun at the moment of the signature
    REVOKED = "revoked"


@dataclass(frozen=True)
class CertificateFacts:
    """What a certificate says of itself."""

    name: str
    subject: str
    issuer: str
    serial: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime

    def is_in_force(self, moment: datetime) -> bool:
        """Whether the certificate holds at the moment."""
        return self.valid_from <= moment <= self.valid_until


@dataclass(frozen=True)
class StampFacts:
    """A time stamp: when, by whom, and whether we know the authority."""

    at: datetime
    authority: str
    is_trusted: bool


@dataclass(frozen=True)
class Revocation:
    """From when on a certificate counts no more."""

    fingerprint: str
    at: datetime


@dataclass(frozen=True)
class FileReport:
    """All that the bytes of a file say about its signature."""

    state: FileState
    signer: CertificateFacts | None = None
    chain: tuple[str, ...] = ()
    claimed_at: datetime | None = None
    stamp: StampFacts | None = None

    @property
    def is_intact(self) -> bool:
        """Whether not a byte has changed since the signature, whoever gave it."""
        return self.state not in {FileState.NOT_A_PDF, FileState.NO_SIGNATURE, FileState.CHANGED}


def serial_text(serial: int) -> str:
    """Write a serial number the way certificates are compared."""
    return f"{serial:X}"[:SERIAL_DIGITS]
