"""A ticket that a journey has brought to one of its steps, by the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import Procedure
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from tests.factories.journey_data import Desk, yields_of
from tests.factories.journeys import Journey, Move
from tests.factories.moments import MORNING, TODAY
from tests.factories.people import make_person
from tests.factories.tickets import make_programme_item, make_request, make_ticket_office


@dataclass(frozen=True)
class Walk:
    """A ticket on its way, with everybody on it."""

    session: Session
    office: Office
    procedure: Procedure
    ticket: Ticket
    people: Mapping[str, Person]
    programme_id: int

    def do(self, move: Move, now: datetime) -> None:
        """Do one move by the services."""
        current = next(one for one in sop_queries.list_current(self.ticket.run) if one.step_id == move.step)
        if "work_programme" in move.fill:
            service.choose_work_programme_item(
                self.session, self.ticket, self.programme_id, self.office, now=now
            )
        step, by = get_step(self.procedure, move.step), self.people[move.by]
        act(Desk(self.session, self.office, self.ticket, step, current, move, self.people, by, now))

    @property
    def open_steps(self) -> tuple[str, ...]:
        """The steps that wait, in the order of the rows."""
        return tuple(step.step_id for step in sop_queries.list_current(self.ticket.run))


def make_people(session: Session, journey: Journey) -> dict[str, Person]:
    """Add everybody of the journey, each in one office."""
    return {
        name: make_person(session, role, username=name, name=f"{name.title()} Contoh")
        for name, role in journey.people.items()
    }


def begin(session: Session, journey: Journey) -> Walk:
    """Open the ticket of the journey."""
    office = make_ticket_office()
    people = make_people(session, journey)
    procedure = office.catalogue.get_procedure(journey.procedure, on=TODAY)
    request = make_request(**journey.request)
    ticket = service.open_ticket(
        session, request, procedure=procedure, office=office, prefix="TKT", now=MORNING
    )
    return Walk(session, office, procedure, ticket, people, make_programme_item(session).id)


def walk_to(session: Session, journey: Journey, step: str) -> tuple[Walk, Move]:
    """Do all moves before the first through the step; return the walk and that move."""
    walk = begin(session, journey)
    for minutes, move in enumerate(journey.moves):
        if move.step == step:
            session.commit()
            return walk, move
        walk.do(move, MORNING + timedelta(minutes=minutes))
    raise AssertionError(f"the journey never comes to {step}")


def act(desk: Desk) -> None:
    """Complete the step, or send the work back."""
    common = {
        "step_run": desk.step_run,
        "version": desk.step_run.version,
        "yields": yields_of(desk),
        "office": desk.office,
        "by": desk.by,
        "now": desk.now,
    }
    if desk.move.sends_back is not None:
        service.return_step(desk.session, desk.ticket, reason=desk.move.sends_back, **common)
        return
    named = [filled["to"] for filled in desk.move.fill.values() if "to" in filled]
    assignees = {step_id: desk.people[name].id for one in named for step_id, name in one.items()}
    service.complete_step(desk.session, desk.ticket, assignees=assignees, branch=desk.move.branch, **common)
