"""What is written, named and added beside the steps asks the same of every caller: may they see it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import DomainError, Forbidden, NotFound
from helpdesk.events import ORIGIN, Event
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.acting import do_step, make_acting
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import KABAG, KASUBBAG, PELAKSANA, Office, make_person
from tests.factories.tickets import make_ticket, make_ticket_office

Act = Callable[[Session, Ticket, dict[str, Any]], Any]
FILE = NewFile("foto.txt", b"isi", "text/plain")
ACTS: dict[str, Act] = {
    "a reply": lambda session, ticket, who: service.write_message(
        session, ticket, "Halo.", is_public=True, role="head", **who
    ),
    "an internal note": lambda session, ticket, who: service.write_message(
        session, ticket, "Halo.", is_public=False, role="head", **who
    ),
    "a device": lambda session, ticket, who: service.name_device(
        session, ticket, make_device(session), **who
    ),
    "a file": lambda session, ticket, who: service.add_file(session, ticket, FILE, **who),
    "a note": lambda session, ticket, who: service.add_note(session, ticket, "Judul", "Isi", **who),
    "a withdrawn link": lambda session, ticket, who: service.withdraw_follow_link(session, ticket, **who),
    "a new link": lambda session, ticket, who: service.renew_follow_link(session, ticket, **who),
}
every_act = pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
# Who, and what they are told: a ticket that one may not see does not exist.
STRANGERS: dict[str, type[DomainError]] = {
    "admin": Forbidden,
    "auditor": Forbidden,
    "pelaksana": NotFound,  # no step of the office was opened yet
}


def given(by: Person, *, days: int = 0) -> dict[str, Any]:
    return {"office": make_ticket_office(), "by": by, "now": MORNING + timedelta(days=days)}


def ensure_refused(
    session: Session, ticket: Ticket, act: Act, who: dict[str, Any], refusal: type[DomainError]
) -> None:
    session.commit()
    before = session.scalar(select(func.count()).select_from(Event))
    with pytest.raises(refusal):
        act(session, ticket, who)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Event)) == before


@every_act
@pytest.mark.parametrize(("name", "refusal"), STRANGERS.items(), ids=list(STRANGERS))
def test_a_stranger_to_the_ticket_is_refused_wherever_they_call_from(
    session: Session, office: Office, act: Act, name: str, refusal: type[DomainError]
) -> None:
    session.info[ORIGIN] = "command line"
    ensure_refused(session, make_ticket(session), act, given(getattr(office, name)), refusal)


@every_act
def test_who_left_the_office_is_refused_and_who_holds_it_is_not(
    session: Session, office: Office, act: Act
) -> None:
    ticket = make_ticket(session)
    act(session, ticket, given(office.kabag))
    office.kabag.is_active = False
    ensure_refused(session, ticket, act, given(office.kabag), Forbidden)


@every_act
def test_an_acting_officer_works_until_the_decree_ends(session: Session, office: Office, act: Act) -> None:
    ticket, deputy = make_ticket(session), make_person(session)
    ensure_refused(session, ticket, act, given(deputy), Forbidden)
    make_acting(session, deputy, KABAG, place_of=office.kabag, days=1)
    ensure_refused(session, ticket, act, given(deputy, days=1), Forbidden)
    act(session, ticket, given(deputy))


@every_act
def test_a_secret_ticket_takes_nothing_from_a_colleague_of_whom_it_was_given_to(
    session: Session, office: Office, act: Act
) -> None:
    colleague, ticket = make_person(session, KASUBBAG), make_ticket(session)
    do_step(session, ticket, office.kabag, to=office.kasubbag)
    ticket.sensitivity = "rahasia"
    ensure_refused(session, ticket, act, given(colleague), NotFound)
    ensure_refused(session, ticket, act, given(make_person(session, PELAKSANA)), NotFound)
    act(session, ticket, given(office.kasubbag))
