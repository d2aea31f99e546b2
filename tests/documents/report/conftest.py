"""A ticket that stands at the draft of its report."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.catalogue import default_calendar
from helpdesk.documents.report.service import Author
from helpdesk.sop.clocks.service import start_clock
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import PassState
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Viewer
from tests.factories.moments import MORNING
from tests.factories.people import KABAG, KASUBBAG, PELAKSANA, Office
from tests.factories.tickets import make_ticket, make_ticket_office

ROLES = {"kabag": KABAG, "kasubbag": KASUBBAG, "pelaksana": PELAKSANA}
DRAFTING, SIGNING = (6, "draft-report", KASUBBAG), (7, "sign-report", KABAG)
AuthorOf = Callable[..., Author]


def open_pass(ticket: Ticket, step: tuple[int, str, str]) -> StepRun:
    """Let the ticket stand at the step, whatever it had to go through before."""
    number, step_id, role = step
    for one in ticket.run.steps:
        one.state = PassState.DONE.value
    opened = StepRun(step_number=number, step_id=step_id, role=role, opened_at=MORNING, allowed_minutes=60)
    start_clock(opened, default_calendar(), now=MORNING)
    ticket.run.steps.append(opened)
    return opened


@pytest.fixture
def ticket(session: Session) -> Ticket:
    """Return a ticket whose report is being drafted."""
    made = make_ticket(session)
    open_pass(made, DRAFTING)
    session.commit()
    return made


@pytest.fixture
def author_of(office: Office, ticket: Ticket, session: Session) -> AuthorOf:
    """Return what puts somebody of the office to work on the ticket's report."""
    desk = make_ticket_office()
    people = {name: getattr(office, name).id for name in ROLES}
    ticket_id = ticket.id
    # SQLite has one writer: the fixture must not be it.
    session.commit()

    def author_of(name: str, own: Session | None = None) -> Author:
        there = own or session
        person = there.get_one(Person, people[name])
        viewer = Viewer(person.id, frozenset({ROLES[name]}), sees_all=False)
        return Author(there, there.get_one(Ticket, ticket_id), desk, viewer, person, MORNING)

    return author_of
