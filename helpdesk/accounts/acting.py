"""Use cases of acting officers: appointed by a decree for a time, or withdrawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries
from helpdesk.accounts.errors import ActingOver, ActingOverlaps, NoCascade
from helpdesk.accounts.models import ADMIN, AUDITOR, ActingAppointment, Person
from helpdesk.accounts.rules import WHOLE, ActingKind, Scope, do_overlap, moments_of
from helpdesk.errors import Forbidden, InputInvalid
from helpdesk.events import record

# A year and a bit: a Plt. is appointed for three months and prolonged; what is longer is an appointment.
LONGEST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class ActingOrder:
    """What a decree says: who acts in which office, in whose place, from when to when, for what."""

    role: str
    kind: ActingKind
    decree_number: str
    starts_on: date
    ends_on: date
    decree_date: date | None = None
    for_person: Person | None = None
    scope: Scope = WHOLE


def appoint_acting(
    session: Session,
    person: Person,
    order: ActingOrder,
    *,
    superiors: Collection[str],
    by: Person,
    zone: ZoneInfo,
    now: datetime,
) -> ActingAppointment:
    """Let the person act in an office by a decree; `superiors` are the offices directly above it."""
    today = now.astimezone(zone).date()
    ensure_may_appoint(by, order.role, superiors=superiors, today=today)
    _ensure_whole(order, today)
    _ensure_fit(person, order, by=by)
    _ensure_base(order)
    _ensure_alone(session, person, order)
    begins_at, ends_before = moments_of(order.starts_on, order.ends_on, zone)
    made = ActingAppointment(
        person=person,
        role=order.role,
        kind=order.kind.value,
        for_person=order.for_person,
        decree_number=order.decree_number,
        decree_date=order.decree_date,
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        timezone=zone.key,
        # A decree that is entered in the course of its first day covers nothing that was done before.
        begins_at=max(begins_at, now),
        ends_before=ends_before,
        scope=order.scope.to_dict(),
        created_at=now,
        created_by_id=by.id,
    )
    session.add(made)
    session.flush()
    record(
        session,
        "acting_appointed",
        at=now,
        by=by,
        person_id=person.id,
        role=order.role,
        acting=order.kind.form,
        for_person_id=order.for_person.id if order.for_person else None,
        decree_number=order.decree_number,
        starts_on=order.starts_on.isoformat(),
        ends_on=order.ends_on.isoformat(),
        scope=made.scope,
        acting_appointment_id=made.id,
    )
    return made


def withdraw_acting(
    session: Session,
    acting: ActingAppointment,
    *,
    reason: str,
    superiors: Collection[str],
    by: Person,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """End an acting appointment before its last day, or before it began; what was done by it stays valid."""
    ensure_may_appoint(by, acting.role, superiors=superiors, today=now.astimezone(zone).date())
    if not reason.strip():
        raise InputInvalid(field="reason", reason="Say why: the reason stays on record.")
    # Of two who withdraw it at once the second reads what the first wrote.
    session.refresh(acting, with_for_update={"key_share": True})
    if acting.withdrawn_at is not None or acting.ends_before <= now:
        raise ActingOver
    acting.withdrawn_at, acting.withdrawn_by_id, acting.withdrawn_reason = now, by.id, reason.strip()
    record(
        session,
        "acting_withdrawn",
        at=now,
        by=by,
        person_id=acting.person_id,
        role=acting.role,
        reason=reason.strip(),
        acting_appointment_id=acting.id,
    )


def may_appoint(by: Person, role: str, *, superiors: Collection[str], today: date) -> bool:
    """Whether the person may say who acts in the office.

    The admin may, and the holder of the office directly above; for an office with none above its holder.
    Whoever acts themself may not: an office that was lent is not lent on.
    """
    own = queries.roles_of(by, today)
    return ADMIN in own or bool(own.intersection(superiors or {role}))


def ensure_may_appoint(by: Person, role: str, *, superiors: Collection[str], today: date) -> None:
    """Raise unless the person may say who acts in the office."""
    if not may_appoint(by, role, superiors=superiors, today=today):
        raise Forbidden


def _ensure_whole(order: ActingOrder, today: date) -> None:
    if not order.decree_number.strip():
        raise InputInvalid(field="decree_number", reason="Give the number of the decree.")
    if order.ends_on < order.starts_on:
        raise InputInvalid(field="ends_on", reason="The last day comes before the first.")
    if order.starts_on < today:
        raise InputInvalid(field="starts_on", reason="A decree counts from today on: nothing is backdated.")
    if (order.ends_on - order.starts_on).days > LONGEST_DAYS:
        raise InputInvalid(field="ends_on", reason="Nobody acts for longer than a year: appoint the person.")


def _ensure_fit(person: Person, order: ActingOrder, *, by: Person) -> None:
    if order.role in (ADMIN, AUDITOR):
        raise InputInvalid(field="role", reason="Only an office of a procedure can be acted in.")
    if not person.is_active:
        raise InputInvalid(field="person_id", reason="This account is deactivated.")
    if person.id == by.id:
        raise InputInvalid(field="person_id", reason="Nobody appoints themself. Ask another who may.")
    for each in person.appointments:
        if not do_overlap((each.starts_on, each.ends_on), (order.starts_on, order.ends_on)):
            continue
        if each.role == order.role:
            raise InputInvalid(field="person_id", reason="This person holds the office already.")
        if each.role == AUDITOR:
            raise InputInvalid(field="person_id", reason="An auditor takes no part in what is audited.")


def _ensure_base(order: ActingOrder) -> None:
    """Whose place it is must hold the office in their own right: an acting officer has no place to lend."""
    if order.for_person is None:
        return
    if order.kind is ActingKind.PLT:
        raise InputInvalid(
            field="for_person_id", reason="A Plt. fills an office without a holder: leave this empty."
        )
    span = (order.starts_on, order.ends_on)
    holds = any(
        each.role == order.role and do_overlap((each.starts_on, each.ends_on), span)
        for each in order.for_person.appointments
    )
    if not holds:
        raise NoCascade


def _ensure_alone(session: Session, person: Person, order: ActingOrder) -> None:
    """Two people in one place, or one person in an office by two decrees: nobody could say who acted."""
    queries.lock_office(session, order.role)
    others = session.scalars(
        select(ActingAppointment).where(
            ActingAppointment.role == order.role,
            ActingAppointment.withdrawn_at.is_(None),
            ActingAppointment.starts_on <= order.ends_on,
            ActingAppointment.ends_on >= order.starts_on,
        )
    )
    for other in others:
        is_same_place = (
            order.for_person is None
            or other.for_person_id is None
            or other.for_person_id == order.for_person.id
        )
        is_same_person = other.person_id == person.id
        if is_same_person or (is_same_place and Scope.from_dict(other.scope).meets(order.scope)):
            raise ActingOverlaps(name=other.person.name, decree=other.decree_number)
