"""People in their offices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from helpdesk.accounts.models import ADMIN, AUDITOR, Appointment, Person
from tests.factories.moments import LONG_AGO, MORNING

# The roles of OT.01.02-090-097.Set.PO.
KABAG = "head"
KASUBBAG = "subhead"
PELAKSANA = "technician"

PASSWORD = "empat kuda minum kopi"
# As cheap as argon2 gets: tests are about the rule, not about the cost of the hash.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_numbers = count(1)


def make_person(
    session: Session,
    *roles: str,
    username: str | None = None,
    starts_on: date = LONG_AGO,
    ends_on: date | None = None,
    created_at: datetime = MORNING,
    **fields: Any,
) -> Person:
    """Add a person in the roles who signs in with PASSWORD."""
    number = next(_numbers)
    person = Person(
        username=username or f"orang{number}",
        password_hash=_HASH,
        created_at=created_at,
        appointments=_appointments(roles, starts_on, ends_on),
        **{"name": f"Orang Nomor {number}", "language": "en", "is_active": True, **fields},
    )
    session.add(person)
    session.flush()
    return person


def _appointments(roles: Iterable[str], starts_on: date, ends_on: date | None) -> list[Appointment]:
    return [Appointment(role=role, starts_on=starts_on, ends_on=ends_on) for role in roles]


@dataclass(frozen=True)
class Office:
    """One person of each kind."""

    kabag: Person
    kasubbag: Person
    pelaksana: Person
    admin: Person
    auditor: Person


def make_office(session: Session) -> Office:
    """Add a whole office."""
    return Office(
        kabag=make_person(
            session,
            KABAG,
            username="kabag",
            name="Dewi Lestari",
            nip="197501012000032001",
            rank="Pembina (IV/a)",
        ),
        kasubbag=make_person(
            session, KASUBBAG, username="kasubbag", name="Budi Santoso", nip="198003032005011002"
        ),
        pelaksana=make_person(
            session, PELAKSANA, username="pelaksana", name="Rina Wahyuni", nip="199205052018012003"
        ),
        admin=make_person(session, ADMIN, username="admin", name="Agus Salim"),
        auditor=make_person(session, AUDITOR, username="auditor", name="Sri Mulyati"),
    )
