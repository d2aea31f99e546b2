"""Two who change one account, or the last admins, in the same moment."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pyotp
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import acting, second_factor, service
from helpdesk.accounts.errors import ActingOver, AdminMissing, SecondFactorOn
from helpdesk.accounts.models import ADMIN, ActingAppointment, Person
from helpdesk.accounts.second_factor_models import RecoveryCode
from helpdesk.accounts.second_factor_rules import RECOVERY_COUNT
from tests.factories.acting import make_acting
from tests.factories.moments import MORNING, TODAY, ZONE
from tests.factories.people import PASSWORD, make_person
from tests.factories.waiting import beside

RING = {"k1": bytes(range(32))}
HOME = "192.0.2.10"


@pytest.fixture
def person(session: Session) -> Person:
    """Somebody without a second factor."""
    made = make_person(session, "head")
    session.commit()
    return made


def turn_on(session: Session, person: Person) -> tuple[str, list[str]]:
    """Enrol the phone; return its secret and the recovery codes."""
    secret = second_factor.begin(session, person, RING, now=MORNING).secret
    code = pyotp.TOTP(secret).at(MORNING)
    codes = second_factor.confirm(session, person, code, RING, address=HOME, now=MORNING)
    session.commit()
    return secret, cast(list[str], codes)


def test_who_signs_a_paper_while_signing_in_elsewhere_is_held_up_by_neither(
    engine: Engine, session: Session, person: Person
) -> None:
    secret, codes = turn_on(session, person)
    person_id, later = person.id, MORNING + timedelta(minutes=1)

    def sign_in(own: Session) -> object:
        mine = own.get_one(Person, person_id)
        return second_factor.check(own, mine, codes[0], RING, address=HOME, now=later)

    with beside(engine, session, sign_in) as start:
        assert service.confirm_password(session, person, PASSWORD, address=HOME, now=later) is None
        signing_in = start()
        code = pyotp.TOTP(secret).at(later)
        assert second_factor.check(session, person, code, RING, address=HOME, now=later) is None
        session.commit()
    assert signing_in.result() is None


def test_a_factor_that_is_being_turned_on_is_not_begun_anew(
    engine: Engine, session: Session, person: Person
) -> None:
    secret = second_factor.begin(session, person, RING, now=MORNING).secret
    session.commit()
    person_id = person.id

    def begin(own: Session) -> None:
        second_factor.begin(own, own.get_one(Person, person_id), RING, now=MORNING)

    with beside(engine, session, begin) as start:
        code = pyotp.TOTP(secret).at(MORNING)
        second_factor.confirm(session, person, code, RING, address=HOME, now=MORNING)
        beginning = start()
        session.commit()
    with pytest.raises(SecondFactorOn):
        beginning.result()
    assert second_factor.is_on(session, person_id)


def test_recovery_codes_renewed_twice_at_once_are_those_of_the_last_time(
    engine: Engine, session: Session, person: Person
) -> None:
    turn_on(session, person)
    person_id = person.id

    def renew(own: Session) -> list[str]:
        return second_factor.renew_recovery_codes(own, own.get_one(Person, person_id), now=MORNING)

    with beside(engine, session, renew) as start:
        second_factor.renew_recovery_codes(session, person, now=MORNING)
        renewing = start()
        session.commit()
    assert len(renewing.result()) == RECOVERY_COUNT
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == RECOVERY_COUNT


def test_of_two_who_withdraw_an_acting_officer_at_once_the_first_said_why(
    engine: Engine, session: Session
) -> None:
    admin = make_person(session, ADMIN)
    row = make_acting(session, make_person(session, "subhead"), "head")
    row_id, admin_id = row.id, admin.id
    session.commit()

    def withdraw(own: Session, reason: str) -> None:
        mine, by = own.get_one(ActingAppointment, row_id), own.get_one(Person, admin_id)
        acting.withdraw_acting(own, mine, reason=reason, superiors=(), by=by, zone=ZONE, now=MORNING)

    with beside(engine, session, lambda own: withdraw(own, "Lain")) as start:
        withdraw(session, "Pejabat kembali")
        withdrawing = start()
        session.commit()
    with pytest.raises(ActingOver):
        withdrawing.result()
    session.expire_all()
    assert row.withdrawn_reason == "Pejabat kembali"


def test_two_admins_who_shut_each_other_out_leave_one(engine: Engine, session: Session) -> None:
    first, second = make_person(session, ADMIN), make_person(session, ADMIN)
    first_id, second_id = first.id, second.id
    session.commit()

    def shut_out_the_second(own: Session) -> None:
        one, other = own.get_one(Person, first_id), own.get_one(Person, second_id)
        service.deactivate_person(own, other, by=one, today=TODAY, now=MORNING)

    with beside(engine, session, shut_out_the_second) as start:
        service.deactivate_person(session, first, by=second, today=TODAY, now=MORNING)
        shutting_out = start()
        session.commit()
    with pytest.raises(AdminMissing):
        shutting_out.result()
    assert session.get_one(Person, second_id).is_active
