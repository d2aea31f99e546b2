"""Qualifications of the SOP are recorded per person, with what proves them and how long they count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import qualifications
from helpdesk.accounts.errors import QualificationKnown
from helpdesk.accounts.models import Person
from helpdesk.accounts.rules import lacking
from helpdesk.errors import InputInvalid, NotFound
from helpdesk.events import Event
from tests.factories.moments import LONG_AGO, MORNING, TODAY
from tests.factories.people import Office, make_person

WANTED = ("office_software", "helpdesk_system")


def qualify(session: Session, office: Office, person: Person, code: str, **values: object) -> None:
    given_values = {"evidence": "Sertifikat 12/2025", "valid_from": LONG_AGO, "valid_until": None, **values}
    qualifications.record_qualification(
        session,
        person,
        code,
        by=office.admin,
        now=MORNING,
        **given_values,  # type: ignore[arg-type]
    )


def test_what_is_not_on_record_is_lacking(session: Session, office: Office) -> None:
    qualify(session, office, office.pelaksana, "office_software")
    lacks = qualifications.lacking_of(session, office.pelaksana, WANTED, TODAY)
    assert lacks == ("helpdesk_system",)
    assert qualifications.lacking_of(session, office.kasubbag, WANTED, TODAY) == WANTED


def test_before_the_office_records_any_nobody_is_said_to_lack_one(session: Session, office: Office) -> None:
    assert qualifications.lacking_of(session, office.pelaksana, WANTED, TODAY) == ()


def test_a_qualification_counts_from_its_first_to_its_last_day(session: Session, office: Office) -> None:
    last = TODAY + timedelta(days=1)
    qualify(session, office, office.pelaksana, "helpdesk_system", valid_from=TODAY, valid_until=last)
    lacks = [
        qualifications.lacking_of(
            session, office.pelaksana, ("helpdesk_system",), TODAY + timedelta(days=day)
        )
        for day in (-1, 0, 1, 2)
    ]
    assert lacks == [("helpdesk_system",), (), (), ("helpdesk_system",)]


def test_a_withdrawn_qualification_counts_no_more_and_stays_on_record(
    session: Session, office: Office
) -> None:
    qualify(session, office, office.pelaksana, "helpdesk_system")
    qualify(session, office, make_person(session), "helpdesk_system")
    row = office.pelaksana.qualifications[0]
    qualifications.withdraw_qualification(session, office.pelaksana, row.id, by=office.admin, now=MORNING)
    assert qualifications.lacking_of(session, office.pelaksana, ("helpdesk_system",), TODAY)
    assert row.withdrawn_at == MORNING
    kinds = session.scalars(select(Event.kind).where(Event.kind.like("qualification_%"))).all()
    assert kinds.count("qualification_withdrawn") == 1
    with pytest.raises(NotFound):
        qualifications.withdraw_qualification(session, office.kasubbag, row.id, by=office.admin, now=MORNING)


def test_one_qualification_is_not_recorded_twice_for_one_time(session: Session, office: Office) -> None:
    qualify(session, office, office.pelaksana, "helpdesk_system", valid_until=TODAY)
    with pytest.raises(QualificationKnown):
        qualify(session, office, office.pelaksana, "helpdesk_system", valid_from=TODAY)
    qualify(session, office, office.pelaksana, "helpdesk_system", valid_from=TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("values", "field"),
    [({"evidence": " "}, "evidence"), ({"valid_until": LONG_AGO - timedelta(days=1)}, "valid_until")],
)
def test_a_qualification_without_proof_or_with_turned_days_is_refused(
    session: Session, office: Office, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InputInvalid) as refusal:
        qualify(session, office, office.pelaksana, "helpdesk_system", **values)
    assert refusal.value.details["field"] == field


codes = st.lists(st.sampled_from("abcdef"), unique=True)


@settings(deadline=None)
@given(codes, codes)
def test_lacking_is_what_is_wanted_without_what_is_held(wanted: list[str], held: list[str]) -> None:
    found = lacking(wanted, held)
    assert set(found) == set(wanted) - set(held)
    assert list(found) == [code for code in wanted if code in found]
