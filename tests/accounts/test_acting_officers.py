"""An office is not a person: who acts in one, by which decree, from when to when, and for what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import acting, service, standing
from helpdesk.accounts.acting import ActingOrder
from helpdesk.accounts.errors import ActingOver, ActingOverlaps, NoCascade
from helpdesk.accounts.models import ActingAppointment, Person
from helpdesk.accounts.rules import ActingKind, OfficeHeld, Scope, moments_of
from helpdesk.errors import DomainError, Forbidden, InputInvalid
from helpdesk.events import Event, record
from tests.factories.moments import MORNING
from tests.factories.people import KABAG, KASUBBAG, PELAKSANA, Office, make_person

JAKARTA = ZoneInfo("Asia/Jakarta")
TODAY = MORNING.astimezone(JAKARTA).date()
SOP = "OT.01.02-090-097.Set.PO"


def order(office: Office, **values: Any) -> ActingOrder:
    """Return a decree that lets the Kasubbag act for the Kabag this week; set only what matters."""
    return ActingOrder(
        **{
            "role": KABAG,
            "kind": ActingKind.PLH,
            "decree_number": "SPT-17/SET/2026",
            "starts_on": TODAY,
            "ends_on": TODAY + timedelta(days=4),
            "for_person": office.kabag,
            **values,
        }
    )


def appoint(
    session: Session, office: Office, person: Person | None = None, *, by: Person | None = None, **values: Any
) -> ActingAppointment:
    """Enter the decree as the admin."""
    superiors = values.pop("superiors", frozenset())
    return acting.appoint_acting(
        session,
        person or office.kasubbag,
        order(office, **values),
        superiors=superiors,
        by=by or office.admin,
        zone=JAKARTA,
        now=MORNING,
    )


def at(days: int, hour: int = 9) -> datetime:
    """Return an hour of the day so many days from today, in Jakarta."""
    return datetime.combine(TODAY + timedelta(days=days), datetime.min.time(), JAKARTA) + timedelta(
        hours=hour
    )


def test_an_acting_officer_holds_the_office_from_the_first_to_the_last_day(
    session: Session, office: Office
) -> None:
    appoint(session, office, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=2))
    moments = [at(0, 23), at(1, 0), at(2, 23), at(3, 0)]
    held = [standing.title_of(session, office.kasubbag.id, KABAG, one).acting for one in moments]
    assert held == ["", "Plh.", "Plh.", ""]
    roles = [
        standing.roles_in(standing.offices_of(session, office.kasubbag, one, JAKARTA)) for one in moments
    ]
    assert roles == [{KASUBBAG}, {KABAG, KASUBBAG}, {KABAG, KASUBBAG}, {KASUBBAG}]


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_the_days_are_those_of_the_office_and_stay_so_whatever_its_zone_is_later(
    session: Session, office: Office, zone: str
) -> None:
    place = ZoneInfo(zone)
    first = TODAY + timedelta(days=1)
    acting.appoint_acting(
        session,
        office.kasubbag,
        order(office, starts_on=first, ends_on=first),
        superiors=(),
        by=office.admin,
        zone=place,
        now=MORNING,
    )
    midnight = datetime.combine(first, datetime.min.time(), place)
    for moment, acts in ((-1, False), (0, True), (24 * 3600 - 1, True), (24 * 3600, False)):
        held = standing.title_of(session, office.kasubbag.id, KABAG, midnight + timedelta(seconds=moment))
        assert held.is_acting is acts, moment


def test_a_title_names_the_decree_and_whose_place_it_is(session: Session, office: Office) -> None:
    appoint(session, office, decree_date=TODAY)
    held = standing.title_of(session, office.kasubbag.id, KABAG, MORNING)
    assert (held.acting, held.decree_number, held.decree_date, held.for_person) == (
        "Plh.",
        "SPT-17/SET/2026",
        TODAY,
        office.kabag.name,
    )
    own = standing.title_of(session, office.kabag.id, KABAG, MORNING)
    assert own == OfficeHeld(KABAG)


def test_every_act_of_an_acting_officer_says_so_and_names_the_decree(
    session: Session, office: Office
) -> None:
    standing.listen_to_acts()
    appoint(session, office)
    for role in (KABAG, KASUBBAG):
        record(session, "something_done", at=MORNING, by=office.kasubbag, in_role=role)
    as_kabag, as_kasubbag = session.scalars(select(Event).where(Event.kind == "something_done")).all()
    assert as_kabag.acting is not None
    assert as_kabag.acting["kind"] == "Plh."
    assert as_kabag.acting["decree_number"] == "SPT-17/SET/2026"
    assert as_kabag.acting["for_office"] == KABAG
    assert as_kasubbag.acting is None


def test_what_was_done_as_acting_officer_stays_so_after_the_time_is_over(
    session: Session, office: Office
) -> None:
    made = appoint(session, office)
    acting.withdraw_acting(
        session,
        made,
        reason="Kabag kembali lebih awal.",
        superiors=(),
        by=office.admin,
        zone=JAKARTA,
        now=at(1),
    )
    assert standing.title_of(session, office.kasubbag.id, KABAG, at(0, 10)).acting == "Plh."
    assert standing.title_of(session, office.kasubbag.id, KABAG, at(1, 10)).acting == ""
    with pytest.raises(ActingOver):
        acting.withdraw_acting(
            session, made, reason="Lagi.", superiors=(), by=office.admin, zone=JAKARTA, now=at(2)
        )


def test_acting_is_not_passed_on(session: Session, office: Office) -> None:
    """X acts for Y and Y acts for Z: that does not make X act for Z."""
    appoint(session, office)  # the Kasubbag acts for the Kabag
    appoint(session, office, office.pelaksana, role=KASUBBAG, for_person=office.kasubbag)
    held = standing.offices_of(session, office.pelaksana, MORNING, JAKARTA)
    assert standing.roles_in(held) == {PELAKSANA, KASUBBAG}
    # The Kasubbag holds no Kabag's office of their own, so that nobody can stand in for them there.
    with pytest.raises(NoCascade):
        appoint(session, office, office.pelaksana, for_person=office.kasubbag)
    # Nor can somebody lend on what was lent to them.
    for role in (KABAG, KASUBBAG):
        assert not acting.may_appoint(office.kasubbag, role, superiors={KABAG}, today=TODAY)
    with pytest.raises(Forbidden):
        appoint(session, office, office.pelaksana, by=office.kasubbag, role=KASUBBAG, superiors={KABAG})


def test_two_people_in_one_place_at_one_time_are_refused(session: Session, office: Office) -> None:
    other = make_person(session, PELAKSANA)
    appoint(session, office)
    for values in (
        {},
        {"for_person": None},
        {"starts_on": TODAY + timedelta(days=4), "ends_on": TODAY + timedelta(days=9)},
        {"scope": Scope(procedures=frozenset({SOP}))},
    ):
        with pytest.raises(ActingOverlaps):
            appoint(session, office, other, **values)
    appoint(session, office, other, starts_on=TODAY + timedelta(days=5), ends_on=TODAY + timedelta(days=9))


def test_two_people_may_act_for_two_holders_of_one_office(session: Session, office: Office) -> None:
    colleague, deputy = make_person(session, KASUBBAG), make_person(session, PELAKSANA)
    appoint(session, office, office.pelaksana, role=KASUBBAG, for_person=office.kasubbag)
    appoint(session, office, deputy, role=KASUBBAG, for_person=colleague)
    officials = standing.list_officials(session, KASUBBAG, MORNING, JAKARTA)
    assert {one.person.id for one in officials} == {
        office.kasubbag.id,
        colleague.id,
        office.pelaksana.id,
        deputy.id,
    }


def test_two_people_may_act_for_two_parts_of_one_office(session: Session, office: Office) -> None:
    deputy = make_person(session, PELAKSANA)
    appoint(session, office, scope=Scope(procedures=frozenset({"A-1"})))
    appoint(session, office, deputy, scope=Scope(procedures=frozenset({"B-2"})))
    with pytest.raises(ActingOverlaps):
        appoint(session, office, make_person(session), scope=Scope(steps=frozenset({"B-2#sign"})))


def test_a_withdrawn_appointment_leaves_its_place_free(session: Session, office: Office) -> None:
    made = appoint(session, office)
    acting.withdraw_acting(
        session, made, reason="Salah orang.", superiors=(), by=office.admin, zone=JAKARTA, now=MORNING
    )
    appoint(session, office, office.pelaksana)
    assert not standing.title_of(session, office.kasubbag.id, KABAG, MORNING).is_acting


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"decree_number": "  "}, "decree_number"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on"),
        ({"ends_on": TODAY + timedelta(days=500)}, "ends_on"),
        ({"role": "admin", "for_person": None}, "role"),
        ({"role": "auditor", "for_person": None}, "role"),
        ({"kind": ActingKind.PLT}, "for_person_id"),
    ],
)
def test_a_decree_that_says_nonsense_is_refused(
    session: Session, office: Office, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputInvalid) as refusal:
        appoint(session, office, **values)
    assert refusal.value.details["field"] == field


def test_who_may_not_act_is_refused(session: Session, office: Office) -> None:
    gone = make_person(session, PELAKSANA, is_active=False)
    for person in (gone, office.kabag, office.auditor, office.admin):
        with pytest.raises(InputInvalid) as refusal:
            appoint(session, office, person, for_person=None)
        assert refusal.value.details["field"] == "person_id"


def test_a_deactivated_person_acts_no_more(session: Session, office: Office) -> None:
    appoint(session, office)
    service.deactivate_person(session, office.kasubbag, by=office.admin, today=TODAY, now=MORNING)
    assert standing.offices_of(session, office.kasubbag, MORNING, JAKARTA)[1:] == ()
    officials = standing.list_officials(session, KABAG, MORNING, JAKARTA)
    assert [one.person.id for one in officials] == [office.kabag.id]


def test_who_is_given_the_office_itself_acts_in_it_no_more(session: Session, office: Office) -> None:
    appoint(session, office)
    service.appoint(
        session,
        office.kasubbag,
        KABAG,
        starts_on=TODAY + timedelta(days=2),
        ends_on=None,
        by=office.admin,
        now=MORNING,
    )
    held = [standing.title_of(session, office.kasubbag.id, KABAG, at(day)).acting for day in (1, 2, 3)]
    assert held == ["Plh.", "", ""]
    offices = standing.offices_of(session, office.kasubbag, at(3), JAKARTA)
    assert [one.is_acting for one in offices if one.role == KABAG] == [False]


def test_the_admin_the_office_above_and_the_head_say_who_acts(session: Session, office: Office) -> None:
    def may(person: Person, role: str, superiors: set[str]) -> bool:
        return acting.may_appoint(person, role, superiors=superiors, today=TODAY)

    assert may(office.admin, KASUBBAG, {KABAG})
    assert may(office.kabag, KASUBBAG, {KABAG})
    assert may(office.kabag, KABAG, set())
    assert not may(office.kasubbag, KASUBBAG, {KABAG})
    assert not may(office.pelaksana, KABAG, set())
    assert not may(office.auditor, KABAG, set())
    with pytest.raises(InputInvalid, match="themself"):
        appoint(
            session, office, office.kabag, by=office.kabag, role=KASUBBAG, for_person=None, superiors={KABAG}
        )


def test_a_decree_entered_in_the_course_of_the_day_covers_nothing_done_before(
    session: Session, office: Office
) -> None:
    appoint(session, office)
    before = MORNING - timedelta(minutes=1)
    assert not standing.title_of(session, office.kasubbag.id, KABAG, before).is_acting
    assert standing.title_of(session, office.kasubbag.id, KABAG, MORNING).is_acting


def test_an_appointment_is_recorded_with_its_decree_and_who_entered_it(
    session: Session, office: Office
) -> None:
    appoint(session, office)
    event = session.scalars(select(Event).where(Event.kind == "acting_appointed")).one()
    assert event.actor_id == office.admin.id
    assert event.data["decree_number"] == "SPT-17/SET/2026"
    assert event.data["role"] == KABAG


parts = st.sets(st.sampled_from(["A", "B"]))
steps = st.sets(st.sampled_from(["A#x", "A#y", "B#x"]))
scopes = st.builds(
    Scope,
    procedures=parts.map(frozenset),
    steps=steps.map(frozenset),
    includes_secret=st.booleans(),
)
WORK = [(number, step, is_secret) for number in "AB" for step in "xyz" for is_secret in (False, True)]


@settings(deadline=None)
@given(scopes, scopes)
def test_two_scopes_meet_where_some_work_is_in_both(first: Scope, second: Scope) -> None:
    shared = [
        (number, step, is_secret)
        for number, step, is_secret in WORK
        if first.covers(number, step, is_secret=is_secret)
        and second.covers(number, step, is_secret=is_secret)
    ]
    assert first.meets(second) is bool(shared)
    assert first.meets(second) is second.meets(first)


@settings(deadline=None)
@given(scopes)
def test_a_scope_is_kept_as_it_was_written(scope: Scope) -> None:
    assert Scope.from_dict(scope.to_dict()) == scope
    if scope.is_whole:
        assert all(scope.covers(number, step, is_secret=is_secret) for number, step, is_secret in WORK)


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_the_moments_of_an_appointment_are_the_midnights_around_its_days(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    begins, ends = moments_of(first, last, JAKARTA)
    assert begins.astimezone(JAKARTA).date() == first
    assert (begins - timedelta(seconds=1)).astimezone(JAKARTA).date() == first - timedelta(days=1)
    assert (ends - timedelta(seconds=1)).astimezone(JAKARTA).date() == last
    assert ends - begins == timedelta(days=days + 1)


def test_no_refusal_leaves_anything_behind(session: Session, office: Office) -> None:
    with pytest.raises(DomainError):
        appoint(session, office, decree_number="")
    assert session.scalars(select(ActingAppointment)).all() == []
    assert session.scalars(select(Event).where(Event.kind == "acting_appointed")).all() == []
