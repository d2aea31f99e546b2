"""The second factor: a code of the phone (TOTP) beside the password, with recovery codes for a lost phone.

Functions take the session and the moment, and never commit. A wrong code is a failed try of the account, so
guessing codes is slowed down like guessing passwords.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries
from helpdesk.accounts.errors import (
    CodeMissing,
    CodeWrong,
    SecondFactorNotBegun,
    SecondFactorOn,
    SignInThrottled,
)
from helpdesk.accounts.models import Person, SignInAttempt
from helpdesk.accounts.rules import wait_seconds
from helpdesk.accounts.second_factor_models import RecoveryCode, SecondFactor
from helpdesk.accounts.second_factor_rules import (
    DIGITS,
    RECOVERY_COUNT,
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    STEP_SECONDS,
    grouped,
    is_time_code,
    recovery_digest,
    steps_to_try,
    typed_code,
)
from helpdesk.events import record
from helpdesk.sealing import Sealed, new_binding, seal, unseal

SUBJECT, KIND = "second-factor", "totp"
ISSUER = "Disposisi"
Ring = Mapping[str, bytes]


@dataclass(frozen=True)
class Enrolment:
    """What the phone reads: the address of the QR code, and the secret to type where it cannot be read."""

    address: str = field(repr=False)
    secret: str = field(repr=False)


def is_on(session: Session, person_id: int) -> bool:
    """Whether the person's account asks for a code."""
    return (
        session.scalar(
            select(SecondFactor.person_id).where(
                SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
            )
        )
        is not None
    )


def count_recovery_codes(session: Session, person_id: int) -> int:
    """Return how many recovery codes are left."""
    return session.scalar(
        select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ) or 0  # fmt: skip


def begin(session: Session, person: Person, ring: Ring, *, now: datetime) -> Enrolment:
    """Make a secret for the phone; it counts only once a code of it was given."""
    found = _locked(session, person)
    if found is not None:
        if found.confirmed_at is not None:
            raise SecondFactorOn
        session.delete(found)
        session.flush()
    secret, binding = pyotp.random_base32(), new_binding()
    sealed = seal(ring, {"secret": secret}, binding=binding, kind=KIND, subject=SUBJECT)
    session.add(
        SecondFactor(
            person_id=person.id,
            key_id=sealed.key_id,
            sealed=sealed.ciphertext,
            binding=binding,
            created_at=now,
            last_step=0,
        )
    )
    session.flush()
    return _enrolment(person, secret)


def find_enrolment(session: Session, person: Person, ring: Ring) -> Enrolment | None:
    """Return the secret that waits for its first code, or None."""
    found = session.get(SecondFactor, person.id)
    if found is None or found.confirmed_at is not None:
        return None
    return _enrolment(person, _secret_of(found, ring))


def confirm(
    session: Session, person: Person, code: str, ring: Ring, *, address: str, now: datetime
) -> list[str] | CodeWrong:
    """Turn the factor on with a first code; return the recovery codes, which are shown this once."""
    queries.lock_attempts(session, person.username)
    found = _locked(session, person)
    if found is None:
        raise SecondFactorNotBegun
    if found.confirmed_at is not None:
        raise SecondFactorOn
    refusal = _try(session, person, found, code, ring, address=address, now=now)
    if refusal is not None:
        return refusal
    found.confirmed_at = now
    record(session, "second_factor_on", at=now, by=person, person_id=person.id)
    return _new_recovery_codes(session, person)


def check(
    session: Session, person: Person, code: str, ring: Ring, *, address: str, now: datetime
) -> CodeWrong | CodeMissing | None:
    """Return why the code does not count, or None; an account without the factor needs none.

    The refusal is returned and not raised, so that the failed try is committed too.
    """
    queries.lock_attempts(session, person.username)
    found = _locked(session, person)
    if found is None or found.confirmed_at is None:
        return None
    if not code.strip():
        return CodeMissing()
    return _try(session, person, found, code, ring, address=address, now=now)


def turn_off(session: Session, person: Person, *, by: Person | None, now: datetime) -> None:
    """Ask for no code any more; the caller has asked the person for password and code, or is the admin."""
    found = _locked(session, person)
    if found is None:
        return
    was_on = found.confirmed_at is not None
    session.delete(found)
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    if was_on:
        record(session, "second_factor_off", at=now, by=by, person_id=person.id)


def renew_recovery_codes(session: Session, person: Person, *, now: datetime) -> list[str]:
    """Replace all recovery codes; the old ones count no more."""
    found = _locked(session, person)
    if found is None or found.confirmed_at is None:
        raise SecondFactorNotBegun
    codes = _new_recovery_codes(session, person)
    record(session, "recovery_codes_renewed", at=now, by=person, person_id=person.id)
    return codes


def reseal_secrets(session: Session, ring: Ring) -> int:
    """Seal every secret with the newest key of the ring; return how many there are."""
    rows = session.scalars(select(SecondFactor)).all()
    for row in rows:
        values = {"secret": _secret_of(row, ring)}
        sealed = seal(ring, values, binding=row.binding, kind=KIND, subject=SUBJECT)
        row.key_id, row.sealed = sealed.key_id, sealed.ciphertext
    return len(rows)


def _locked(session: Session, person: Person) -> SecondFactor | None:
    """Return the person's factor as it is by now, held for this transaction.

    Whoever counts tries has locked them before: so does who asks for the password first.
    """
    return session.get(SecondFactor, person.id, with_for_update=True, populate_existing=True)


def _try(
    session: Session,
    person: Person,
    factor: SecondFactor,
    code: str,
    ring: Ring,
    *,
    address: str,
    now: datetime,
) -> CodeWrong | None:
    wait = wait_seconds(queries.count_failures(session, person.username, address, now), now)
    if wait:
        raise SignInThrottled(seconds=wait)
    typed = typed_code(code)
    good = (
        _take_time_code(factor, typed, ring, now)
        if is_time_code(typed)
        else factor.confirmed_at is not None and _take_recovery_code(session, person, typed, now)
    )
    if good:
        return None
    session.add(SignInAttempt(username=person.username, address=address, at=now, succeeded=False))
    return CodeWrong()


def _take_time_code(factor: SecondFactor, typed: str, ring: Ring, now: datetime) -> bool:
    generator = pyotp.TOTP(_secret_of(factor, ring), digits=DIGITS, interval=STEP_SECONDS)
    for step in steps_to_try(now, last_step=factor.last_step):
        if hmac.compare_digest(generator.at(step * STEP_SECONDS), typed):
            factor.last_step = step
            return True
    return False


def _take_recovery_code(session: Session, person: Person, typed: str, now: datetime) -> bool:
    found = session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_sha256 == recovery_digest(typed),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = now
    record(session, "recovery_code_used", at=now, by=person, person_id=person.id)
    return True


def _new_recovery_codes(session: Session, person: Person) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_COUNT)
    ]
    session.add_all(RecoveryCode(person_id=person.id, code_sha256=recovery_digest(code)) for code in codes)
    session.flush()
    return [grouped(code) for code in codes]


def _secret_of(factor: SecondFactor, ring: Ring) -> str:
    sealed = Sealed(factor.key_id, factor.sealed)
    return unseal(ring, sealed, binding=factor.binding, kind=KIND, subject=SUBJECT)["secret"]


def _enrolment(person: Person, secret: str) -> Enrolment:
    generator = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    return Enrolment(generator.provisioning_uri(name=person.username, issuer_name=ISSUER), secret)
