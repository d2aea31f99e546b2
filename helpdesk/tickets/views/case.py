"""A ticket in the hands of the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.tickets import queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.holders import open_step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import TicketStatus, Viewer, may_act
from helpdesk.web.input import row_number


@dataclass(frozen=True)
class Case:
    """A ticket in the hands of a person."""

    session: Session
    ticket: Ticket
    office: Office
    viewer: Viewer
    now: datetime
    # The step that the page is asked for, where several are open.
    asked_for: int | None = None

    @property
    def current(self) -> StepRun | None:
        """The open step at hand: the one asked for, else the first that is the person's, else the first."""
        if self.ticket.status != TicketStatus.OPEN.value:
            return None
        found = sop_queries.list_current(self.ticket.run)
        if self.asked_for is not None:
            asked = next((step for step in found if step.id == self.asked_for), None)
            if asked is not None:
                return asked
        if len(found) > 1:
            mine = (step for step in found if self.may_act_on(step))
            return next(mine, found[0])
        return next(iter(found), None)

    def may_act_on(self, step: StepRun) -> bool:
        """Whether the person may do the step now."""
        return may_act(open_step(self.session, self.ticket, step, self.office, self.now), self.viewer)

    @property
    def role(self) -> str:
        """The office in which the person acts on the ticket now."""
        current = self.current
        stands_in = {*self.viewer.roles, *(office.role for office in self.viewer.acting)}
        if current is not None and current.role in stands_in:
            return current.role
        return next(iter(sorted(stands_in)), "")


def open_case(session: Session, ticket_id: int) -> Case:
    """Return the ticket if the person may see it."""
    office = current_office(session)
    viewer = current_viewer(office)
    ticket = queries.get_ticket(session, ticket_id, viewer)
    asked_for = request.values.get("step_run", type=row_number)
    return Case(session, ticket, office, viewer, clock.now(), asked_for)
