"""Guessing with many hands is no faster than with one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from helpdesk.accounts import service
from helpdesk.accounts.errors import SignInThrottled
from helpdesk.accounts.models import Person, SignInAttempt
from helpdesk.accounts.rules import FREE_TRIES
from helpdesk.database import transaction
from tests.factories.moments import MORNING
from tests.factories.people import KABAG, make_person

HANDS = 12


def test_guesses_in_the_same_moment_count_like_guesses_one_by_one(engine: Engine, session: Session) -> None:
    person = make_person(session, KABAG, username="sasaran")
    person_id = person.id
    session.commit()
    start = Barrier(HANDS)

    def guess(number: int) -> bool:
        start.wait(timeout=30)
        try:
            with Session(engine) as own, transaction(own):
                if number % 2:
                    service.sign_in(
                        own,
                        username="sasaran",
                        password=f"tebakan {number}",
                        address=f"192.0.2.{number}",
                        user_agent="",
                        hours=1,
                        now=MORNING,
                    )
                else:
                    who = own.get_one(Person, person_id)
                    service.confirm_password(own, who, f"tebakan {number}", address="192.0.2.1", now=MORNING)
        except SignInThrottled:
            return False
        return True

    with ThreadPoolExecutor(HANDS) as pool:
        let_through = sum(pool.map(guess, range(HANDS)))
    assert let_through == FREE_TRIES
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == FREE_TRIES
