"""Qualifications of the SOP, recorded per person: by which certificate, from when, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from helpdesk.accounts.errors import QualificationKnown
from helpdesk.accounts.models import Person, PersonQualification
from helpdesk.accounts.rules import do_overlap, lacking
from helpdesk.errors import InputInvalid, NotFound
from helpdesk.events import record


def record_qualification(
    session: Session,
    person: Person,
    code: str,
    *,
    evidence: str,
    valid_from: date,
    valid_until: date | None,
    by: Person,
    now: datetime,
) -> PersonQualification:
    """Write down that the person has a qualification."""
    if not evidence.strip():
        raise InputInvalid(field="evidence", reason="Name the certificate, or the letter that says so.")
    if valid_until is not None and valid_until < valid_from:
        raise InputInvalid(field="valid_until", reason="The last day comes before the first.")
    span = (valid_from, valid_until)
    for each in person.qualifications:
        is_same = each.code == code and each.withdrawn_at is None
        if is_same and do_overlap((each.valid_from, each.valid_until), span):
            raise QualificationKnown
    made = PersonQualification(
        code=code,
        evidence=evidence.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_at=now,
        recorded_by_id=by.id,
    )
    person.qualifications.append(made)
    session.flush()
    record(
        session,
        "qualification_recorded",
        at=now,
        by=by,
        person_id=person.id,
        code=code,
        valid_from=valid_from.isoformat(),
        valid_until=valid_until.isoformat() if valid_until else None,
        qualification_id=made.id,
    )
    return made


def withdraw_qualification(
    session: Session, person: Person, qualification_id: int, *, by: Person, now: datetime
) -> None:
    """Take a qualification back; that it was recorded stays on record."""
    found = session.get(PersonQualification, qualification_id)
    if found is None or found.person_id != person.id:
        raise NotFound
    if found.withdrawn_at is None:
        found.withdrawn_at = now
        record(
            session,
            "qualification_withdrawn",
            at=now,
            by=by,
            person_id=person.id,
            code=found.code,
            qualification_id=found.id,
        )


def is_register_kept(session: Session) -> bool:
    """Whether the office records qualifications at all; before the first nobody can be said to lack one."""
    return bool(session.scalar(select(exists().where(PersonQualification.withdrawn_at.is_(None)))))


def lacking_of(session: Session, person: Person, wanted: Iterable[str], day: date) -> tuple[str, ...]:
    """Return which of the qualifications the person does not have on the day, in the order of the SOP."""
    if not is_register_kept(session):
        return ()
    held = {each.code for each in person.qualifications if each.is_valid_on(day)}
    return lacking(tuple(wanted), held)
