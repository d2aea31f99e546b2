"""Use cases of accounts. Functions take the session and the moment, and never commit."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts import queries, second_factor
from helpdesk.accounts.errors import (
    AdminMissing,
    AppointmentsOverlap,
    OwnAccountKept,
    PasswordRefused,
    PasswordWrong,
    PersonExists,
    SignInRefused,
    SignInThrottled,
)
from helpdesk.accounts.models import ADMIN, Appointment, Person, SignInAttempt, SignInSession
from helpdesk.accounts.rules import digest_of, do_overlap, is_username, password_problem, wait_seconds
from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.events import record


@dataclass(frozen=True)
class CodeNeeded:
    """The password was right, and the account asks for a code of the phone as well."""

    person_id: int
    password_mark: str


_hasher = PasswordHasher()
# A name that nobody has costs as much as a wrong password: timing tells no names.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
USERNAME_REASON = "Use 2 to 64 small letters, digits, dots, dashes or underscores."
# Without letters and digits that are mistaken for each other on paper or on the telephone.
_LEGIBLE = "abcdefghijkmnpqrstuvwxyz23456789"


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
    username = username.strip().lower()
    if not is_username(username):
        raise InputInvalid(field="username", reason=USERNAME_REASON)
    problem = password_problem(password, username=username, name=name)
    if problem is not None:
        raise PasswordRefused(reason=problem)
    if queries.find_person_by_username(session, username) is not None:
        raise PersonExists(username=username)
    person = Person(
        username=username,
        name=name,
        nip=nip,
        rank=rank,
        email=email,
        language=language,
        password_hash=_hasher.hash(password),
        password_is_temporary=by is not None,
        created_at=now,
        appointments=[Appointment(role=role, starts_on=starts_on, ends_on=None) for role in roles],
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError:  # somebody took the name between the look and the write
        raise PersonExists(username=username) from None
    record(
        session,
        "person_added",
        at=now,
        by=by,
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
    if ADMIN in held - wanted:
        _ensure_admin_remains(session, today)
    record(
        session,
        "roles_changed",
        at=now,
        by=by,
        person_id=person.id,
        before=sorted(held),
        after=sorted(wanted),
    )


def set_password(
    session: Session,
    person: Person,
    password: str,
    *,
    by: Person | None,
    now: datetime,
    keep_session_id: int | None = None,
) -> None:
    """Set a new password and end all sessions of the person, but for the one it is changed from."""
    problem = password_problem(password, username=person.username, name=person.name)
    if problem is not None:
        raise PasswordRefused(reason=problem)
    person.password_hash = _hasher.hash(password)
    # Who set it knows it: until its owner has chosen another it opens the desk and signs nothing.
    person.password_is_temporary = by is None or by.id != person.id
    revoke_sessions(session, person, now=now, keep_id=keep_session_id)
    _record(session, "password_changed", person, by=by, now=now, by_another=person.password_is_temporary)


def generate_password() -> str:
    """Return a password to hand over, about 80 bits: four groups that can be read out."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(4))


def change_person(
    session: Session,
    person: Person,
    *,
    name: str,
    nip: str | None,
    rank: str | None,
    email: str | None,
    language: str,
    by: Person,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Correct what is kept about a person; which fields changed is recorded, what they held is sealed.

    `seen` is the digest of what the caller read before: what somebody else changed since is not overwritten.
    """
    if seen is not None and seen != digest_of(details_of(person)):
        raise EditConflict
    wanted = {"name": name, "nip": nip, "rank": rank, "email": email, "language": language}
    before = {field: getattr(person, field) for field in wanted}
    changed = [field for field, value in wanted.items() if before[field] != value]
    if not changed:
        return
    for field in changed:
        setattr(person, field, wanted[field])
    personal = {field: [before[field], wanted[field]] for field in changed}
    _record(session, "person_changed", person, by=by, now=now, fields=changed, sealed=personal)


def details_of(person: Person) -> dict[str, Any]:
    """Return what the admin keeps about a person."""
    return {name: getattr(person, name) for name in ("name", "nip", "rank", "email", "language")}


def set_language(person: Person, language: str) -> None:
    """Let the product speak the person's language from now on."""
    person.language = language


def deactivate_person(session: Session, person: Person, *, by: Person, today: date, now: datetime) -> None:
    """Shut the person's account and end every session; what the person did stays."""
    if person.id == by.id:
        raise OwnAccountKept
    if not person.is_active:
        return
    was_admin = ADMIN in queries.roles_of(person, today)
    person.is_active = False
    revoke_sessions(session, person, now=now)
    if was_admin:
        _ensure_admin_remains(session, today)
    _record(session, "person_deactivated", person, by=by, now=now)


def reactivate_person(session: Session, person: Person, *, by: Person, now: datetime) -> None:
    """Open the account again; the password is the old one until it is reset."""
    if not person.is_active:
        person.is_active = True
        _record(session, "person_reactivated", person, by=by, now=now)


def appoint(
    session: Session,
    person: Person,
    role: str,
    *,
    starts_on: date,
    ends_on: date | None,
    by: Person,
    now: datetime,
) -> Appointment:
    """Give the person a role from a date, to a date or until further notice."""
    if ends_on is not None and ends_on < starts_on:
        raise InputInvalid(field="ends_on", reason="The last day comes before the first.")
    span = (starts_on, ends_on)
    if any(
        each.role == role and do_overlap((each.starts_on, each.ends_on), span) for each in person.appointments
    ):
        raise AppointmentsOverlap
    appointment = Appointment(role=role, starts_on=starts_on, ends_on=ends_on)
    person.appointments.append(appointment)
    session.flush()
    _record(session, "appointment_added", person, by=by, now=now, role=role, **_dates_of(appointment))
    return appointment


def end_appointment(
    session: Session, appointment: Appointment, *, last_day: date, by: Person, now: datetime
) -> None:
    """End an appointment with a day; one that would end before it begins is taken back."""
    person = appointment.person
    before = _dates_of(appointment)
    if last_day < appointment.starts_on:
        person.appointments.remove(appointment)
        session.delete(appointment)
    else:
        appointment.ends_on = last_day
    if appointment.role == ADMIN and last_day < date.max:
        _ensure_admin_remains(session, last_day + timedelta(days=1))
    _record(
        session,
        "appointment_ended",
        person,
        by=by,
        now=now,
        role=appointment.role,
        last_day=last_day.isoformat(),
        before=before,
    )


def _dates_of(appointment: Appointment) -> dict[str, str | None]:
    ends_on = appointment.ends_on
    return {
        "starts_on": appointment.starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
    }


def _ensure_admin_remains(session: Session, day: date) -> None:
    session.flush()
    # Two admins who take the office from each other at once: the second sees what the first did.
    queries.lock_office(session, ADMIN)
    if not queries.list_people_in_role(session, ADMIN, day):
        raise AdminMissing


def _record(
    session: Session, kind: str, person: Person, *, by: Person | None, now: datetime, **data: Any
) -> None:
    record(
        session,
        kind,
        at=now,
        by=by,
        person_id=person.id,
        **data,
    )


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
) -> tuple[Person, str] | CodeNeeded | SignInRefused:
    """Open a session and return its person and token; a refusal is returned, so that it is committed too.

    An account with a second factor gets no session yet, and no success: its failed tries go on counting.
    """
    username = username.strip().lower()[:64]
    queries.lock_attempts(session, username)
    wait = wait_seconds(queries.count_failures(session, username, address, now), now)
    if wait:
        raise SignInThrottled(seconds=wait)
    person = queries.find_person_by_username(session, username)
    good = len(password) <= 1024 and is_password_of(person, password)
    if person is None or not good:
        session.add(SignInAttempt(username=username, address=address, at=now, succeeded=False))
        return SignInRefused()
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = _hasher.hash(password)
    if second_factor.is_on(session, person.id):
        return CodeNeeded(person.id, password_mark(person))
    token = open_session(session, person, address=address, user_agent=user_agent, hours=hours, now=now)
    return person, token


def password_mark(person: Person) -> str:
    """Return what says that the password is still the one that was given; it tells nothing of it."""
    return hashlib.sha256(person.password_hash.encode()).hexdigest()[:16]


def open_session(
    session: Session, person: Person, *, address: str, user_agent: str, hours: int, now: datetime
) -> str:
    """Open a session for a person who proved to be that person, and return its token."""
    session.add(SignInAttempt(username=person.username, address=address, at=now, succeeded=True))
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
    record(session, "signed_in", at=now, by=person, address=address)
    return token


def confirm_password(
    session: Session, person: Person, password: str, *, address: str, now: datetime
) -> PasswordWrong | None:
    """Check the password again before a weighty act; failures count towards the throttle."""
    queries.lock_attempts(session, person.username)
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
