"""Use cases of accounts. Functions take the session and the moment, and never commit."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from helpdesk.accounts import queries
from helpdesk.accounts.errors import (
    PasswordRefused,
    PasswordWrong,
    PersonExists,
    SignInRefused,
    SignInThrottled,
)
from helpdesk.accounts.models import Appointment, Person, SignInAttempt, SignInSession
from helpdesk.accounts.rules import password_problem, wait_seconds
from helpdesk.events import record

_hasher = PasswordHasher()
# A name that nobody has costs as much as a wrong password: timing tells no names.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def add_person(
    session: Session,
    *,
    username: str,
    name: str,
    password: str,
    roles: Iterable[str],
    starts_on: date,
    now: datetime,
    nip: str | None = None,
    rank: str | None = None,
    email: str | None = None,
    language: str = "id",
    by: Person | None = None,
) -> Person:
    """Add somebody who may sign in."""
    problem = password_problem(password, username=username, name=name)
    if problem is not None:
        raise PasswordRefused(reason=problem)
    if queries.find_person_by_username(session, username) is not None:
        raise PersonExists(username=username)
    person = Person(
        username=username.strip().lower(),
        name=name,
        nip=nip,
        rank=rank,
        email=email,
        language=language,
        password_hash=_hasher.hash(password),
        created_at=now,
        appointments=[Appointment(role=role, starts_on=starts_on, ends_on=None) for role in roles],
    )
    session.add(person)
    session.flush()
    record(
        session,
        "person_added",
        at=now,
        actor_id=by.id if by else None,
        actor_name=by.name if by else "",
        person_id=person.id,
        username=person.username,
    )
    return person


def change_roles(
    session: Session, person: Person, roles: Iterable[str], *, today: date, by: Person, now: datetime
) -> None:
    """Give the person exactly these roles from today on; what was held before stays on record."""
    wanted = set(roles)
    held = queries.roles_of(person, today)
    for appointment in list(person.appointments):
        if not appointment.holds_on(today) or appointment.role in wanted:
            continue
        if appointment.starts_on >= today:
            person.appointments.remove(appointment)
            session.delete(appointment)
        else:
            appointment.ends_on = today - timedelta(days=1)
    for role in sorted(wanted - held):
        person.appointments.append(Appointment(role=role, starts_on=today, ends_on=None))
    record(
        session,
        "roles_changed",
        at=now,
        actor_id=by.id,
        actor_name=by.name,
        person_id=person.id,
        before=sorted(held),
        after=sorted(wanted),
    )


def set_password(session: Session, person: Person, password: str, *, by: Person, now: datetime) -> None:
    """Set a new password and end all sessions of the person."""
    problem = password_problem(password, username=person.username, name=person.name)
    if problem is not None:
        raise PasswordRefused(reason=problem)
    person.password_hash = _hasher.hash(password)
    revoke_sessions(session, person, now=now)
    record(session, "password_changed", at=now, actor_id=by.id, actor_name=by.name, person_id=person.id)


def is_password_of(person: Person | None, password: str) -> bool:
    """Whether the password is the person's; takes the same time for nobody."""
    try:
        _hasher.verify(person.password_hash if person else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return person is not None and person.is_active


def sign_in(
    session: Session,
    *,
    username: str,
    password: str,
    address: str,
    user_agent: str,
    hours: int,
    now: datetime,
) -> tuple[Person, str] | SignInRefused:
    """Open a session and return its person and token; a refusal is returned, so that it is committed too."""
    username = username.strip().lower()[:64]
    wait = wait_seconds(queries.count_failures(session, username, address, now), now)
    if wait:
        raise SignInThrottled(seconds=wait)
    person = queries.find_person_by_username(session, username)
    good = len(password) <= 1024 and is_password_of(person, password)
    session.add(SignInAttempt(username=username, address=address, at=now, succeeded=good))
    if person is None or not good:
        return SignInRefused()
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = _hasher.hash(password)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_sha256=token_digest(token),
            person_id=person.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=hours),
            address=address,
            user_agent=user_agent[:300],
        )
    )
    record(session, "signed_in", at=now, actor_id=person.id, actor_name=person.name, address=address)
    return person, token


def confirm_password(
    session: Session, person: Person, password: str, *, address: str, now: datetime
) -> PasswordWrong | None:
    """Check the password again before a weighty act; failures count towards the throttle."""
    wait = wait_seconds(queries.count_failures(session, person.username, address, now), now)
    if wait:
        raise SignInThrottled(seconds=wait)
    good = is_password_of(person, password)
    if not good:
        session.add(SignInAttempt(username=person.username, address=address, at=now, succeeded=False))
        return PasswordWrong()
    return None


def token_digest(token: str) -> str:
    """Return what is stored of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_session(session: Session, person: Person, session_id: int, *, now: datetime) -> None:
    """End one of the person's own sessions."""
    found = session.get(SignInSession, session_id)
    if found is not None and found.person_id == person.id and found.revoked_at is None:
        found.revoked_at = now


def revoke_sessions(session: Session, person: Person, *, now: datetime, keep_id: int | None = None) -> None:
    """End every session of the person but one."""
    for each in queries.list_open_sessions(session, person.id, now):
        if each.id != keep_id:
            each.revoked_at = now
