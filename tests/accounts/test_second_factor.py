"""The second factor: the code counts once, guessing is slowed down, nothing of it is kept readable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import pyotp
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk.accounts import second_factor, service
from helpdesk.accounts.errors import CodeMissing, CodeWrong, SecondFactorOn, SignInThrottled
from helpdesk.accounts.models import Person, SignInAttempt, SignInSession
from helpdesk.accounts.second_factor_models import RecoveryCode, SecondFactor
from helpdesk.accounts.second_factor_rules import steps_to_try
from helpdesk.events import Event
from tests.factories.people import PASSWORD, make_person

RING = {"k1": bytes(range(32))}
HOME = "192.0.2.10"


@pytest.fixture
def person(session: Session) -> Person:
    """Somebody without a second factor."""
    return make_person(session, "head", username="kepala")


def code_at(secret: str, moment: datetime) -> str:
    """Return what the phone shows at a moment."""
    return pyotp.TOTP(secret).at(moment)


def turn_on(session: Session, person: Person, now: datetime) -> tuple[str, list[str]]:
    """Enrol the phone; return its secret and the recovery codes."""
    enrolment = second_factor.begin(session, person, RING, now=now)
    code = code_at(enrolment.secret, now)
    codes = second_factor.confirm(session, person, code, RING, address=HOME, now=now)
    return enrolment.secret, cast(list[str], codes)


def check(session: Session, person: Person, code: str, now: datetime) -> object:
    """Ask whether the code counts."""
    return second_factor.check(session, person, code, RING, address=HOME, now=now)


def test_an_account_without_the_factor_needs_no_code(session: Session, person: Person, now: datetime) -> None:
    assert check(session, person, "", now) is None


def test_a_secret_counts_only_once_a_code_of_it_was_given(
    session: Session, person: Person, now: datetime
) -> None:
    second_factor.begin(session, person, RING, now=now)
    assert not second_factor.is_on(session, person.id)
    assert check(session, person, "", now) is None
    wrong = second_factor.confirm(session, person, "000000", RING, address=HOME, now=now)
    assert isinstance(wrong, CodeWrong)
    assert not second_factor.is_on(session, person.id)


def test_the_next_code_counts_and_no_code_counts_twice(
    session: Session, person: Person, now: datetime
) -> None:
    secret, _codes = turn_on(session, person, now)
    assert isinstance(check(session, person, code_at(secret, now), now), CodeWrong), "used to turn it on"
    later = now + timedelta(seconds=30)
    assert check(session, person, code_at(secret, later), later) is None
    assert isinstance(check(session, person, code_at(secret, later), later), CodeWrong)


def test_a_code_before_one_that_was_used_counts_no_more(
    session: Session, person: Person, now: datetime
) -> None:
    secret, _codes = turn_on(session, person, now)
    later = now + timedelta(seconds=90)
    assert check(session, person, code_at(secret, later), later) is None
    assert isinstance(
        check(session, person, code_at(secret, later - timedelta(seconds=30)), later), CodeWrong
    )


def test_a_phone_may_be_half_a_minute_off_and_no_more() -> None:
    moment = datetime.fromisoformat("2026-11-23T09:30:10+07:00")
    step = int(moment.timestamp()) // 30
    assert steps_to_try(moment, last_step=0) == [step - 1, step, step + 1]
    assert steps_to_try(moment, last_step=step) == [step + 1]


def test_wrong_codes_are_slowed_down_like_wrong_passwords(
    session: Session, person: Person, now: datetime
) -> None:
    secret, _codes = turn_on(session, person, now)
    for _try in range(5):
        assert isinstance(check(session, person, "123456", now), CodeWrong)
        session.flush()
    later = now + timedelta(seconds=10)
    with pytest.raises(SignInThrottled):
        check(session, person, code_at(secret, later), later)


def test_the_right_password_alone_does_not_forgive_wrong_codes(
    session: Session, person: Person, now: datetime
) -> None:
    turn_on(session, person, now)
    for _try in range(5):
        _sign_in(session, person, now)
        check(session, person, "123456", now)
        session.flush()
    with pytest.raises(SignInThrottled):
        _sign_in(session, person, now)


def _sign_in(session: Session, person: Person, now: datetime) -> object:
    return service.sign_in(
        session,
        username=person.username,
        password=PASSWORD,
        address=HOME,
        user_agent="tests",
        hours=1,
        now=now,
    )


def test_the_password_alone_opens_no_session(session: Session, person: Person, now: datetime) -> None:
    turn_on(session, person, now)
    assert isinstance(_sign_in(session, person, now), service.CodeNeeded)
    assert session.scalars(select(SignInSession)).all() == []
    assert session.scalars(select(SignInAttempt).where(SignInAttempt.succeeded)).all() == []


def test_a_recovery_code_stands_in_for_the_phone_once(
    session: Session, person: Person, now: datetime
) -> None:
    _secret, codes = turn_on(session, person, now)
    assert len(set(codes)) == 10
    assert check(session, person, codes[3].upper().replace("-", " "), now) is None
    assert isinstance(check(session, person, codes[3], now), CodeWrong)
    assert second_factor.count_recovery_codes(session, person.id) == 9


def test_a_recovery_code_of_somebody_else_does_not_count(
    session: Session, person: Person, now: datetime
) -> None:
    turn_on(session, person, now)
    _secret, codes = turn_on(session, make_person(session, "head"), now)
    assert isinstance(check(session, person, codes[0], now), CodeWrong)


def test_new_recovery_codes_make_the_old_ones_worthless(
    session: Session, person: Person, now: datetime
) -> None:
    _secret, old = turn_on(session, person, now)
    new = second_factor.renew_recovery_codes(session, person, now=now)
    assert isinstance(check(session, person, old[0], now), CodeWrong)
    assert check(session, person, new[0], now) is None


def test_no_code_is_asked_for_with_a_sentence(session: Session, person: Person, now: datetime) -> None:
    turn_on(session, person, now)
    assert isinstance(check(session, person, "  ", now), CodeMissing)


def test_turning_it_off_forgets_secret_and_codes_and_is_recorded(
    session: Session, person: Person, now: datetime
) -> None:
    turn_on(session, person, now)
    admin = make_person(session, "admin")
    second_factor.turn_off(session, person, by=admin, now=now)
    session.flush()
    assert not second_factor.is_on(session, person.id)
    assert session.scalars(select(RecoveryCode)).all() == []
    off = session.scalars(select(Event).where(Event.kind == "second_factor_off")).one()
    assert (off.actor_id, off.data) == (admin.id, {"person_id": person.id})


def test_it_cannot_be_begun_over_what_is_on(session: Session, person: Person, now: datetime) -> None:
    turn_on(session, person, now)
    with pytest.raises(SecondFactorOn):
        second_factor.begin(session, person, RING, now=now)


def test_a_secret_is_sealed_again_under_a_newer_key(session: Session, person: Person, now: datetime) -> None:
    secret, _codes = turn_on(session, person, now)
    newer = {"k2": bytes(range(1, 33))}
    assert second_factor.reseal_secrets(session, {**newer, **RING}) == 1
    later = now + timedelta(seconds=30)
    given = second_factor.check(session, person, code_at(secret, later), newer, address=HOME, now=later)
    assert given is None


def test_neither_secret_nor_code_stands_in_the_database_or_in_a_repr(
    session: Session, person: Person, now: datetime
) -> None:
    secret, codes = turn_on(session, person, now)
    session.flush()
    kept = session.get_one(SecondFactor, person.id)
    assert secret.encode() not in kept.sealed
    assert secret not in repr(kept)
    digests = session.execute(text("SELECT code_sha256 FROM recovery_codes")).scalars().all()
    assert not {code.replace("-", "") for code in codes} & set(digests)
    events = " ".join(str(row.data) for row in session.scalars(select(Event)))
    assert secret not in events
    assert codes[0] not in events
