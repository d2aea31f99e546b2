"""Reading people and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import ActingAppointment, Appointment, Person, SignInAttempt, SignInSession
from helpdesk.accounts.rules import WINDOW, Failures
from helpdesk.errors import NotFound

# The first half of the advisory lock's key: any number that nothing else in the database uses.
ATTEMPTS_LOCK = 1_937_006_961
OFFICES_LOCK = 1_937_006_962


def find_person_by_username(session: Session, username: str) -> Person | None:
    """Return the person with the user name, in any case of letters."""
    return session.scalar(select(Person).where(func.lower(Person.username) == username.strip().lower()))


def get_person(session: Session, person_id: int) -> Person:
    """Return the person, or raise NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def get_appointment(session: Session, person: Person, appointment_id: int) -> Appointment:
    """Return the appointment of the person, or raise NotFound."""
    found = session.get(Appointment, appointment_id)
    if found is None or found.person_id != person.id:
        raise NotFound
    return found


def list_people(session: Session) -> Sequence[Person]:
    """Return everybody, by name."""
    return session.scalars(select(Person).order_by(Person.name)).all()


def list_people_with_mail(session: Session) -> Sequence[Person]:
    """Return the active people who can be written to, by name."""
    return session.scalars(
        select(Person)
        .where(Person.is_active, Person.email.is_not(None), Person.email != "")
        .order_by(Person.name)
    ).all()


def list_people_in_role(session: Session, role: str, day: date) -> Sequence[Person]:
    """Return the active people who hold the role on the day, by name."""
    return session.scalars(
        select(Person)
        .join(Appointment)
        .where(
            Appointment.role == role,
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
            Person.is_active,
        )
        .order_by(Person.name)
        .distinct()
    ).all()


def roles_of(person: Person, day: date) -> frozenset[str]:
    """Return the role codes that the person holds on the day."""
    return frozenset(each.role for each in person.appointments if each.holds_on(day))


def find_session(session: Session, token_sha256: str, now: datetime) -> SignInSession | None:
    """Return the session of the token if it is still good."""
    found = session.scalar(select(SignInSession).where(SignInSession.token_sha256 == token_sha256))
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        return None
    return found if found.person.is_active else None


def list_open_sessions(session: Session, person_id: int, now: datetime) -> Sequence[SignInSession]:
    """Return the browsers in which the person is signed in, the latest first."""
    return session.scalars(
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
        )
        .order_by(SignInSession.last_seen_at.desc())
    ).all()


def lock_attempts(session: Session, username: str) -> None:
    """Let the tries for one user name come one after the other, so that each counts those before it."""
    # On SQLite whoever may write is alone anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ATTEMPTS_LOCK, func.hashtext(username))))


def lock_office(session: Session, role: str) -> None:
    """Let decrees about one office be entered one after the other, so that each sees those before it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(OFFICES_LOCK, func.hashtext(role))))


def get_acting(session: Session, acting_id: int) -> ActingAppointment:
    """Return the acting appointment, or raise NotFound."""
    found = session.get(ActingAppointment, acting_id)
    if found is None:
        raise NotFound
    return found


def count_failures(session: Session, username: str, address: str, now: datetime) -> Failures:
    """Count the failed tries of the last window since the last success."""
    since = now - WINDOW
    key = username.strip().lower()[:64]
    last_good = session.scalar(
        select(func.max(SignInAttempt.at)).where(SignInAttempt.username == key, SignInAttempt.succeeded)
    )
    failed = (~SignInAttempt.succeeded) & (SignInAttempt.at > since)
    by_username, last_at = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(
            failed, SignInAttempt.username == key, SignInAttempt.at > (last_good or since)
        )
    ).one()
    by_address, last_from_address = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(failed, SignInAttempt.address == address)
    ).one()
    moments = [moment for moment in (last_at, last_from_address) if moment is not None]
    return Failures(by_username, by_address, max(moments) if moments else None)
