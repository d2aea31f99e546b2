"""Use cases of credentials: they come in, are sealed, and never come out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices import queries
from helpdesk.devices.errors import CredentialRefused
from helpdesk.devices.logins import forget_refusals_of
from helpdesk.devices.models import Credential
from helpdesk.devices.rules import KINDS, credential_problem, name_problem, secret_names
from helpdesk.events import record
from helpdesk.sealing import KeyRing, Sealed, new_binding, seal, unseal

NAME_TAKEN = "This name is already taken."


def add_credential(
    session: Session,
    *,
    name: str,
    kind: str,
    public: Mapping[str, Any],
    secret: Mapping[str, str],
    ring: KeyRing,
    now: datetime,
    by: Person | None = None,
) -> Credential:
    """Seal the secrets and keep them under a name."""
    if kind not in KINDS:
        raise CredentialRefused(field="kind", reason="Choose a credential of this kind.")
    _ensure_name(session, name, None)
    kept = _checked(kind, public, secret)
    binding = new_binding()
    sealed = seal(ring, kept, binding=binding, kind=kind)
    credential = Credential(
        name=name.strip(),
        kind=kind,
        public=dict(public),
        key_id=sealed.key_id,
        sealed=sealed.ciphertext,
        binding=binding,
        created_at=now,
        changed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(credential)
    except IntegrityError:
        raise CredentialRefused(field="name", reason=NAME_TAKEN) from None
    _note(session, "credential_added", credential, by, now)
    return credential


def change_credential(
    session: Session,
    credential: Credential,
    *,
    name: str,
    public: Mapping[str, Any],
    secret: Mapping[str, str],
    ring: KeyRing,
    now: datetime,
    by: Person,
) -> None:
    """Change a credential; a secret that is left empty stays as it is."""
    _ensure_name(session, name, credential)
    given = {key: value for key, value in secret.items() if value}
    needed = secret_names(credential.kind, public)
    if not all(key in given for key in needed):
        # Opened only where something of the old secret is to be kept: a lost key can be healed by typing.
        given = open_secret(credential, ring) | given
    kept = _checked(credential.kind, public, given)
    sealed = seal(ring, kept, binding=credential.binding, kind=credential.kind)
    credential.name, credential.public = name.strip(), dict(public)
    credential.key_id, credential.sealed, credential.changed_at = sealed.key_id, sealed.ciphertext, now
    forget_refusals_of(session, credential, now=now)
    session.flush()
    _note(session, "credential_changed", credential, by, now, secrets=sorted(k for k in secret if secret[k]))


def delete_credential(session: Session, credential: Credential, *, now: datetime, by: Person) -> None:
    """Delete a credential that no device is read with."""
    if queries.count_devices_by_credential(session).get(credential.id):
        raise CredentialRefused(
            field="name", reason="Devices still use this credential. Give them another one first."
        )
    _note(session, "credential_deleted", credential, by, now)
    session.delete(credential)


def open_secret(credential: Credential, ring: KeyRing) -> dict[str, str]:
    """Return the secrets, for the collector only; or raise SecretUnreadable."""
    sealed = Sealed(credential.key_id, credential.sealed)
    return unseal(ring, sealed, binding=credential.binding, kind=credential.kind)


def rotate(session: Session, ring: KeyRing) -> int:
    """Seal every credential again that an older key holds, and return how many."""
    newest = next(iter(ring))
    rows = session.scalars(select(Credential).where(Credential.key_id != newest)).all()
    for row in rows:
        sealed = seal(ring, open_secret(row, ring), binding=row.binding, kind=row.kind)
        row.key_id, row.sealed = sealed.key_id, sealed.ciphertext
    session.flush()
    return len(rows)


def _ensure_name(session: Session, name: str, credential: Credential | None) -> None:
    problem = name_problem(name)
    if problem is not None:
        raise CredentialRefused(field="name", reason=problem)
    found = queries.find_credential_by_name(session, name)
    if found is not None and found is not credential:
        raise CredentialRefused(field="name", reason=NAME_TAKEN)


def _checked(kind: str, public: Mapping[str, Any], secret: Mapping[str, str]) -> dict[str, str]:
    """Return exactly the secrets that the kind has, or raise CredentialRefused."""
    problem = credential_problem(kind, public, secret)
    if problem is not None:
        raise CredentialRefused(field=problem[0], reason=problem[1])
    return {key: secret[key] for key in secret_names(kind, public)}


def _note(
    session: Session, kind: str, credential: Credential, by: Person | None, now: datetime, **data: Any
) -> None:
    record(
        session,
        kind,
        at=now,
        by=by,
        credential_id=credential.id,
        name=credential.name,
        **data,
    )
