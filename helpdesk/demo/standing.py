"""Who stands in for whom in the demo office, and what its people are qualified for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from helpdesk.accounts import acting, qualifications, standing
from helpdesk.accounts.models import AUDITOR, Person
from helpdesk.accounts.rules import ActingKind
from helpdesk.demo.people import PEOPLE
from helpdesk.sop.schema import Procedure

# A certificate that has run out: whoever assigns this person is warned, and the ticket lists it.
RUN_OUT = ("yohanes", "helpdesk_system")
RUN_OUT_DAYS = 6


@dataclass(frozen=True)
class Decree:
    """What lets somebody act: its number, for whom, who enters it, where."""

    number: str
    place_of: Person
    by: Person
    zone: ZoneInfo


def stand_in(session: Session, person: Person, role: str, decree: Decree, *, now: datetime) -> Person:
    """Let the person act for the absent official on the day of the act, and return them."""
    if not standing.title_of(session, person.id, role, now).is_acting:
        today = now.astimezone(decree.zone).date()
        order = acting.ActingOrder(
            role=role,
            kind=ActingKind.PLH,
            decree_number=decree.number,
            decree_date=today,
            starts_on=today,
            ends_on=today,
            for_person=decree.place_of,
        )
        acting.appoint_acting(session, person, order, superiors=(), by=decree.by, zone=decree.zone, now=now)
    return person


def add_qualifications(
    session: Session,
    people: Mapping[str, Person],
    procedures: Iterable[Procedure],
    *,
    by: Person,
    since: date,
    today: date,
    now: datetime,
) -> None:
    """Record the qualifications of everybody who holds an office of a procedure."""
    codes = list(dict.fromkeys(one.code for procedure in procedures for one in procedure.qualifications))
    officials = [one for one in PEOPLE if one.role not in (by.username, AUDITOR)]
    for number, official in enumerate(officials, start=1):
        for code in codes:
            has_run_out = (official.username, code) == RUN_OUT
            qualifications.record_qualification(
                session,
                people[official.username],
                code,
                evidence=f"Sertifikat {number:03d}/PUSDIKLAT/{since.year}",
                valid_from=since,
                valid_until=today - timedelta(days=RUN_OUT_DAYS) if has_run_out else None,
                by=by,
                now=now,
            )
