"""A person sees only what their office may see."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import NotFound
from helpdesk.sop.service import Yield
from helpdesk.tickets import queries, service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Viewer
from tests.factories.moments import MORNING
from tests.factories.people import KABAG, KASUBBAG, PELAKSANA, Office, make_person
from tests.factories.tickets import disposition_to, make_programme_item, make_ticket, make_ticket_office


def viewer(person: Person, role: str, *, sees_all: bool = False) -> Viewer:
    return Viewer(person.id, frozenset({role}), sees_all)


def hand_over(session: Session, ticket: Ticket, by: Person, to: Person, **data: object) -> None:
    """Complete the first step."""
    office = make_ticket_office()
    item = make_programme_item(session)
    service.choose_work_programme_item(session, ticket, item.id, office, now=MORNING)
    step = office.procedure_of(ticket.run).first_step
    service.complete_step(
        session,
        ticket,
        step_run=ticket.run.steps[0],
        version=ticket.run.steps[0].version,
        yields=[Yield(step.yields[0], disposition_to(to, **data))],
        assignee_id=to.id,
        office=office,
        by=by,
        now=MORNING,
    )


def test_the_head_sees_every_ticket(session: Session, office: Office) -> None:
    ticket = make_ticket(session)
    seen = queries.get_ticket(session, ticket.id, viewer(office.kabag, KABAG, sees_all=True))
    assert seen is ticket


def test_an_office_sees_a_ticket_once_a_step_of_it_was_opened(session: Session, office: Office) -> None:
    ticket = make_ticket(session)
    subhead = viewer(office.kasubbag, KASUBBAG)
    with pytest.raises(NotFound):
        queries.get_ticket(session, ticket.id, subhead)
    hand_over(session, ticket, office.kabag, office.kasubbag)
    assert queries.get_ticket(session, ticket.id, subhead) is ticket
    with pytest.raises(NotFound):
        queries.get_ticket(session, ticket.id, viewer(office.pelaksana, PELAKSANA))


def test_a_secret_ticket_is_open_to_the_person_it_was_given_to_and_not_to_colleagues(
    session: Session, office: Office
) -> None:
    ticket = make_ticket(session)
    colleague = make_person(session, KASUBBAG)
    hand_over(session, ticket, office.kabag, office.kasubbag, sensitivity="rahasia")
    assert queries.get_ticket(session, ticket.id, viewer(office.kasubbag, KASUBBAG)) is ticket
    with pytest.raises(NotFound):
        queries.get_ticket(session, ticket.id, viewer(colleague, KASUBBAG))


def test_the_desk_shows_the_most_pressing_step_first(session: Session, office: Office) -> None:
    later = make_ticket(session)
    earlier = make_ticket(session, now=MORNING.replace(hour=1))
    waiting = queries.list_waiting(session, viewer(office.kabag, KABAG, sees_all=True))
    assert [ticket.id for ticket, _ in waiting] == [earlier.id, later.id]


def test_words_of_a_search_are_taken_literally(session: Session, office: Office) -> None:
    make_ticket(session, subject="Beban 100% di inti")
    make_ticket(session, subject="Beban biasa")
    head = viewer(office.kabag, KABAG, sees_all=True)
    found = session.scalars(queries.select_tickets(head, words="100%")).all()
    assert [ticket.subject for ticket in found] == ["Beban 100% di inti"]
