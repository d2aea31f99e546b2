"""A ticket of the SOP with a decision, a loop, an escalation and lines side by side, brought to a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import Procedure
from helpdesk.sop.service import Yield
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from tests.factories.journey_data import Desk, yields_of
from tests.factories.journeys import Journey, list_journeys
from tests.factories.moments import MORNING, TODAY
from tests.factories.people import make_person
from tests.factories.tickets import make_request, make_ticket_office

NUMBER = "OT.01.02-091-GGN.Set.PO"


@dataclass(frozen=True)
class Disturbance:
    """The ticket with its office and people, and the moves that a journey makes of it."""

    session: Session
    ticket: Ticket
    office: Office
    procedure: Procedure
    people: dict[str, Person]
    journey: Journey

    def step_run(self, step_id: str) -> StepRun:
        """Return the open pass through the step."""
        return next(one for one in sop_queries.list_current(self.ticket.run) if one.step_id == step_id)

    def desk(self, number: int, now: datetime = MORNING) -> Desk:
        """Return the move of the journey (from 0) with all that it needs."""
        move = self.journey.moves[number]
        return Desk(
            self.session,
            self.office,
            self.ticket,
            get_step(self.procedure, move.step),
            self.step_run(move.step),
            move,
            self.people,
            self.people[move.by],
            now,
        )

    def act(self, number: int, *, now: datetime = MORNING, **changed: Any) -> tuple[StepRun, ...]:
        """Do the move as a caller of the services does it; what is `changed` is done otherwise."""
        desk = self.desk(number, now)
        named = [filled["to"] for filled in desk.move.fill.values() if "to" in filled]
        given: dict[str, Any] = {
            "step_run": desk.step_run,
            "version": desk.step_run.version,
            "yields": changed.pop("yields", None) or yields_of(desk),
            "assignees": {step: self.people[name].id for one in named for step, name in one.items()},
            "branch": desk.move.branch,
            "office": self.office,
            "by": desk.by,
            "now": now,
        }
        return service.complete_step(self.session, self.ticket, **given | changed)

    def yields(self, number: int) -> list[Yield]:
        """Return what the move hands in."""
        return yields_of(self.desk(number))


def make_disturbance(session: Session, *, moves: int = 0, **fields: Any) -> Disturbance:
    """Open a ticket of the procedure and make the first moves of its journey."""
    journey = next(one for one in list_journeys() if one.name == "gangguan berulang")
    office = make_ticket_office()
    procedure = office.catalogue.get_procedure(NUMBER, on=TODAY)
    people = {
        name: make_person(session, role, username=name, name=f"{name.title()} Contoh")
        for name, role in journey.people.items()
    }
    ticket = service.open_ticket(
        session,
        make_request(**journey.request | fields),
        procedure=procedure,
        office=office,
        prefix="TKT",
        now=MORNING,
    )
    made = Disturbance(session, ticket, office, procedure, people, journey)
    for number in range(moves):
        made.act(number, now=MORNING + timedelta(minutes=number))
    session.commit()
    return made
