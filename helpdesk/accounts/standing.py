"""In which offices somebody stands at a moment, and whose they are. An office is not a person.

Nothing of it is kept with a session: what a person holds is looked up at the moment of each act, so that an
acting officer begins and ends by the calendar alone. There is no cascade: an office is held by an own
appointment or by one acting appointment to that very office, and by nothing in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk import events
from helpdesk.accounts import queries
from helpdesk.accounts.models import ActingAppointment, Person
from helpdesk.accounts.rules import ActingKind, OfficeHeld, Scope


@dataclass(frozen=True)
class Official:
    """Somebody in an office."""

    person: Person
    office: OfficeHeld


def title_of(session: Session, person_id: int, role: str, at: datetime) -> OfficeHeld:
    """Return how the person holds the office at the moment: what stands before its name on papers."""
    rows = _select_in_force(session, at, role=role, person_id=person_id)
    found = next((row for row in rows if not _holds_own(row, at)), None)
    return held_by(found) if found is not None else OfficeHeld(role)


def offices_of(session: Session, person: Person, at: datetime, zone: ZoneInfo) -> tuple[OfficeHeld, ...]:
    """Return every office the person stands in at the moment: the own ones, then the acting ones."""
    own = queries.roles_of(person, at.astimezone(zone).date())
    acting = _select_in_force(session, at, person_id=person.id) if person.is_active else []
    return (
        *(OfficeHeld(role) for role in sorted(own)),
        *(held_by(row) for row in acting if row.role not in own),
    )


def list_officials(session: Session, role: str, at: datetime, zone: ZoneInfo) -> list[Official]:
    """Return who stands in the office at the moment: its holders by name, then who acts in it."""
    holders = queries.list_people_in_role(session, role, at.astimezone(zone).date())
    own = {person.id for person in holders}
    return [
        *(Official(person, OfficeHeld(role)) for person in holders),
        *(
            Official(row.person, held_by(row))
            for row in _select_in_force(session, at, role=role)
            if row.person_id not in own and row.person.is_active
        ),
    ]


def roles_in(offices: Iterable[OfficeHeld]) -> frozenset[str]:
    """Return the codes of the offices, however they are held."""
    return frozenset(office.role for office in offices)


def list_acting(session: Session, *, since: date | None = None) -> Sequence[ActingAppointment]:
    """Return the acting appointments that end on the day or later, or all; the latest first."""
    statement = select(ActingAppointment).order_by(
        ActingAppointment.starts_on.desc(), ActingAppointment.id.desc()
    )
    if since is not None:
        statement = statement.where(ActingAppointment.ends_on >= since)
    return session.scalars(statement.options(joinedload(ActingAppointment.person))).all()


def held_by(row: ActingAppointment) -> OfficeHeld:
    """Return the office that an acting appointment gives."""
    return OfficeHeld(
        role=row.role,
        acting=ActingKind(row.kind).form,
        decree_number=row.decree_number,
        decree_date=row.decree_date,
        for_person_id=row.for_person_id,
        for_person=row.for_person.name if row.for_person else "",
        appointment_id=row.id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        scope=Scope.from_dict(row.scope),
    )


def listen_to_acts() -> None:
    """Have every act say that it was done by an acting officer, and by which decree."""
    events.look_up_acting(_look_up)


def _look_up(session: Session, person_id: int, role: str, at: datetime) -> dict[str, Any] | None:
    return title_of(session, person_id, role, at).to_dict()


def _select_in_force(
    session: Session, at: datetime, *, role: str | None = None, person_id: int | None = None
) -> Sequence[ActingAppointment]:
    statement = (
        select(ActingAppointment)
        .where(
            ActingAppointment.begins_at <= at,
            ActingAppointment.ends_before > at,
            or_(ActingAppointment.withdrawn_at.is_(None), ActingAppointment.withdrawn_at > at),
        )
        .order_by(ActingAppointment.id)
    )
    if role is not None:
        statement = statement.where(ActingAppointment.role == role)
    if person_id is not None:
        statement = statement.where(ActingAppointment.person_id == person_id)
    return session.scalars(statement).all()


def _holds_own(row: ActingAppointment, at: datetime) -> bool:
    """Whether the person has been given the office itself in the meantime."""
    day = at.astimezone(ZoneInfo(row.timezone)).date()
    return row.role in queries.roles_of(row.person, day)
