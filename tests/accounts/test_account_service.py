"""Use cases of accounts, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import queries, service
from helpdesk.accounts.errors import (
    AdminMissing,
    AppointmentsOverlap,
    OwnAccountKept,
    PasswordRefused,
    PersonExists,
    SignInRefused,
    SignInThrottled,
)
from helpdesk.accounts.models import Appointment, Person, SignInAttempt, SignInSession
from helpdesk.audit.models import SealedFacts
from helpdesk.errors import InputInvalid
from helpdesk.events import Event
from tests.factories.moments import LONG_AGO, MORNING, TODAY
from tests.factories.people import PASSWORD, Office, make_person


def attempt(session: Session, username: str = "kabag", password: str = PASSWORD, **more: object):
    values = {"address": "192.0.2.1", "user_agent": "tests", "hours": 12, "now": MORNING, **more}
    return service.sign_in(session, username=username, password=password, **values)  # type: ignore[arg-type]


def add(session: Session, username: str = "baru", **more: object) -> Person:
    values = {"name": "Orang Baru", "password": PASSWORD, "roles": ["technician"], **more}
    return service.add_person(session, username=username, starts_on=TODAY, now=MORNING, **values)  # type: ignore[arg-type]


def kinds_of_events(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_only_a_digest_of_the_token_is_stored(session: Session, office: Office) -> None:
    outcome = attempt(session)
    assert not isinstance(outcome, SignInRefused)
    person, token = outcome
    row = session.scalars(select(SignInSession)).one()
    assert (row.person_id, row.token_sha256) == (person.id, service.token_digest(token))
    assert token not in (row.token_sha256, row.user_agent)
    assert queries.find_session(session, service.token_digest(token), MORNING) is row


def test_a_session_is_good_until_it_expires_is_revoked_or_its_person_is_deactivated(
    session: Session, office: Office
) -> None:
    _person, token = attempt(session)
    digest = service.token_digest(token)
    assert queries.find_session(session, digest, MORNING + timedelta(hours=11, minutes=59))
    assert queries.find_session(session, digest, MORNING + timedelta(hours=12)) is None
    office.kabag.is_active = False
    assert queries.find_session(session, digest, MORNING) is None
    office.kabag.is_active = True
    service.revoke_sessions(session, office.kabag, now=MORNING)
    session.flush()
    assert queries.find_session(session, digest, MORNING) is None


def test_the_user_name_is_taken_in_any_case_of_letters(session: Session, office: Office) -> None:
    assert not isinstance(attempt(session, " KaBag "), SignInRefused)


def test_guessing_is_slowed_down_and_a_success_forgives(session: Session, office: Office) -> None:
    for second in range(4):
        assert isinstance(
            attempt(session, password="x", now=MORNING + timedelta(seconds=second)), SignInRefused
        )
    assert not isinstance(attempt(session, now=MORNING + timedelta(seconds=5)), SignInRefused)
    later = MORNING + timedelta(seconds=10)
    for second in range(5):
        assert isinstance(
            attempt(session, password="x", now=later + timedelta(seconds=second)), SignInRefused
        )
    with pytest.raises(SignInThrottled) as refusal:
        attempt(session, now=later + timedelta(seconds=5))
    assert refusal.value.details == {"seconds": 29}


def test_names_that_nobody_has_are_slowed_down_alike(session: Session, office: Office) -> None:
    for _ in range(5):
        attempt(session, "hantu", "x")
    with pytest.raises(SignInThrottled):
        attempt(session, "hantu", "x")


def test_one_address_cannot_try_many_names(session: Session, office: Office) -> None:
    session.add_all(
        SignInAttempt(username=f"nama{number}", address="192.0.2.9", at=MORNING, succeeded=False)
        for number in range(50)
    )
    session.flush()
    with pytest.raises(SignInThrottled):
        attempt(session, address="192.0.2.9")
    assert not isinstance(attempt(session, address="192.0.2.10"), SignInRefused)


def test_a_cheap_hash_is_made_anew_at_sign_in(session: Session, office: Office) -> None:
    before = office.kabag.password_hash
    attempt(session)
    assert office.kabag.password_hash != before
    assert office.kabag.password_hash.startswith("$argon2id$")
    assert service.is_password_of(office.kabag, PASSWORD)


def test_an_endless_password_is_not_hashed(session: Session, office: Office) -> None:
    assert isinstance(attempt(session, password="x" * 2_000_000), SignInRefused)


def test_a_new_person_holds_the_roles_from_the_day(session: Session, office: Office) -> None:
    person = add(session, " Siti.Aminah ", roles=["technician", "auditor"], by=office.admin)
    assert person.username == "siti.aminah"
    assert queries.roles_of(person, TODAY) == {"technician", "auditor"}
    assert queries.roles_of(person, TODAY - timedelta(days=1)) == frozenset()
    event = session.scalars(select(Event)).one()
    assert (event.kind, event.actor_id, event.data["person_id"]) == (
        "person_added",
        office.admin.id,
        person.id,
    )
    assert PASSWORD not in str(event.data)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"username": "KABAG"}, PersonExists),
        ({"username": "dua kata"}, InputInvalid),
        ({"password": "pendek"}, PasswordRefused),
    ],
)
def test_a_person_that_cannot_be_added_is_refused(
    session: Session, office: Office, values: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        add(session, **values)  # type: ignore[arg-type]


def test_changed_roles_keep_what_was_held_before(session: Session, office: Office) -> None:
    service.change_roles(
        session, office.pelaksana, ["subhead", "auditor"], today=TODAY, by=office.admin, now=MORNING
    )
    session.commit()
    held = {each.role: (each.starts_on, each.ends_on) for each in office.pelaksana.appointments}
    assert held == {
        "technician": (LONG_AGO, TODAY - timedelta(days=1)),
        "subhead": (TODAY, None),
        "auditor": (TODAY, None),
    }
    assert queries.roles_of(office.pelaksana, date(2025, 1, 1)) == {"technician"}
    event = session.scalars(select(Event).where(Event.kind == "roles_changed")).one()
    assert (event.data["before"], event.data["after"]) == (["technician"], ["auditor", "subhead"])


def test_a_role_given_and_taken_on_the_same_day_leaves_no_appointment(
    session: Session, office: Office
) -> None:
    for roles in (["technician", "auditor"], ["technician"]):
        service.change_roles(session, office.pelaksana, roles, today=TODAY, by=office.admin, now=MORNING)
    session.commit()
    assert [each.role for each in office.pelaksana.appointments] == ["technician"]


def test_the_same_office_cannot_be_held_twice_at_a_time(session: Session, office: Office) -> None:
    dates = {"starts_on": TODAY, "ends_on": None, "by": office.admin, "now": MORNING}
    with pytest.raises(AppointmentsOverlap):
        service.appoint(session, office.kabag, "head", **dates)
    service.appoint(session, office.kasubbag, "head", **dates)
    assert {each.username for each in queries.list_people_in_role(session, "head", TODAY)} == {
        "kabag",
        "kasubbag",
    }


def test_an_appointment_ends_with_its_last_day(session: Session, office: Office) -> None:
    appointment = office.pelaksana.appointments[0]
    service.end_appointment(session, appointment, last_day=TODAY, by=office.admin, now=MORNING)
    session.commit()
    assert queries.roles_of(office.pelaksana, TODAY) == {"technician"}
    assert queries.roles_of(office.pelaksana, TODAY + timedelta(days=1)) == frozenset()


def test_an_appointment_that_has_not_begun_is_taken_back(session: Session, office: Office) -> None:
    begins = TODAY + timedelta(days=30)
    appointment = service.appoint(
        session, office.pelaksana, "subhead", starts_on=begins, ends_on=None, by=office.admin, now=MORNING
    )
    service.end_appointment(session, appointment, last_day=TODAY, by=office.admin, now=MORNING)
    session.commit()
    assert session.scalar(select(func.count()).where(Appointment.role == "subhead")) == 1
    assert kinds_of_events(session) == ["appointment_added", "appointment_ended"]


def test_somebody_must_be_left_to_manage_people(session: Session, office: Office) -> None:
    appointment = office.admin.appointments[0]
    with pytest.raises(AdminMissing):
        service.end_appointment(session, appointment, last_day=TODAY, by=office.admin, now=MORNING)
    session.rollback()
    with pytest.raises(AdminMissing):
        service.change_roles(session, office.admin, ["auditor"], today=TODAY, by=office.admin, now=MORNING)
    session.rollback()
    other = make_person(session, "admin")
    service.deactivate_person(session, other, by=office.admin, today=TODAY, now=MORNING)
    with pytest.raises(AdminMissing):
        service.deactivate_person(session, office.admin, by=other, today=TODAY, now=MORNING)


def test_nobody_deactivates_themself(session: Session, office: Office) -> None:
    make_person(session, "admin")
    with pytest.raises(OwnAccountKept):
        service.deactivate_person(session, office.admin, by=office.admin, today=TODAY, now=MORNING)


def test_deactivation_ends_every_session_and_is_recorded_once(session: Session, office: Office) -> None:
    attempt(session)
    for _ in range(2):
        service.deactivate_person(session, office.kabag, by=office.admin, today=TODAY, now=MORNING)
    session.flush()
    assert queries.list_open_sessions(session, office.kabag.id, MORNING) == []
    assert isinstance(attempt(session), SignInRefused)
    assert kinds_of_events(session).count("person_deactivated") == 1


def test_the_record_of_a_correction_names_fields_and_seals_what_they_held(
    session: Session, office: Office
) -> None:
    details = {
        "name": "Dewi Lestari",
        "nip": None,
        "rank": office.kabag.rank,
        "email": None,
        "language": "id",
    }
    for _ in range(2):
        service.change_person(session, office.kabag, by=office.admin, now=MORNING, **details)  # type: ignore[arg-type]
    event = session.scalars(select(Event)).one()
    assert event.data["fields"] == ["nip", "language"]
    assert "197501012000032001" not in str(event.data)
    # Before and after stand beside the chain, which holds their digest: they can be proved, and erased.
    assert session.get_one(SealedFacts, event.id).facts == {
        "nip": ["197501012000032001", None],
        "language": ["en", "id"],
    }


def test_generated_passwords_are_good_and_differ() -> None:
    made = {service.generate_password() for _ in range(50)}
    assert len(made) == 50
    assert not {"0", "1", "l", "o"} & set("".join(made))


def test_a_password_is_confirmed_before_a_weighty_act(session: Session, office: Office) -> None:
    values = {"address": "192.0.2.1", "now": MORNING}
    assert service.confirm_password(session, office.kabag, PASSWORD, **values) is None
    for _ in range(5):
        assert service.confirm_password(session, office.kabag, "x", **values) is not None
        session.flush()
    with pytest.raises(SignInThrottled):
        service.confirm_password(session, office.kabag, PASSWORD, **values)
