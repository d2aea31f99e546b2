"""Reading keys: the one a person signs with, those that were revoked, those that are known."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.signing.errors import SigningKeyNotFound
from helpdesk.signing.models import SigningKey
from helpdesk.signing.rules import KeyKind, Revocation


def find_active_key(session: Session, person_id: int) -> SigningKey | None:
    """Return the key the person signs with, or None."""
    return session.scalar(
        select(SigningKey)
        .where(
            SigningKey.person_id == person_id,
            SigningKey.retired_at.is_(None),
            SigningKey.revoked_at.is_(None),
        )
        .order_by(SigningKey.id.desc())
        .limit(1)
    )


def list_keys(session: Session, person_id: int | None = None) -> Sequence[SigningKey]:
    """Return all keys of a person, or of everybody, the latest first."""
    statement = select(SigningKey).order_by(SigningKey.id.desc())
    if person_id is not None:
        statement = statement.where(SigningKey.person_id == person_id)
    return session.scalars(statement).all()


def get_key(session: Session, person: Person, key_id: int) -> SigningKey:
    """Return a key of the person, or raise SigningKeyNotFound."""
    found = session.get(SigningKey, key_id)
    if found is None or found.person_id != person.id:
        raise SigningKeyNotFound
    return found


def find_key_by_serial(session: Session, serial: str) -> SigningKey | None:
    """Return the latest key whose certificate has the serial number."""
    return session.scalar(
        select(SigningKey)
        .where(SigningKey.serial == serial.strip().upper().lstrip("0"))
        .order_by(SigningKey.id.desc())
        .limit(1)
    )


def find_key_by_fingerprint(session: Session, fingerprint: str) -> SigningKey | None:
    """Return the key with the certificate, also one that is retired."""
    return session.scalar(
        select(SigningKey).where(SigningKey.fingerprint == fingerprint).order_by(SigningKey.id).limit(1)
    )


def list_revocations(session: Session) -> list[Revocation]:
    """Return which certificates were revoked, and from when."""
    rows = session.execute(
        select(SigningKey.fingerprint, SigningKey.revoked_at).where(SigningKey.revoked_at.is_not(None))
    )
    return [Revocation(fingerprint, at) for fingerprint, at in rows if at is not None]


def list_revoked_serials(session: Session) -> list[SigningKey]:
    """Return the keys of our own authority that were revoked."""
    return list(
        session.scalars(
            select(SigningKey)
            .where(SigningKey.revoked_at.is_not(None), SigningKey.kind == KeyKind.ISSUED.value)
            .order_by(SigningKey.id)
        )
    )
