"""A ticket in the hands of the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets import queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Viewer


@dataclass(frozen=True)
class Case:
    """A ticket in the hands of a person."""

    session: Session
    ticket: Ticket
    office: Office
    viewer: Viewer
    now: datetime

    @property
    def role(self) -> str:
        """The office in which the person acts on the ticket now."""
        current = sop_queries.find_current(self.ticket.run)
        stands_in = {*self.viewer.roles, *(office.role for office in self.viewer.acting)}
        if current is not None and current.role in stands_in:
            return current.role
        return next(iter(sorted(stands_in)), "")


def open_case(session: Session, ticket_id: int) -> Case:
    """Return the ticket if the person may see it."""
    office = current_office(session)
    viewer = current_viewer(office)
    return Case(session, queries.get_ticket(session, ticket_id, viewer), office, viewer, clock.now())
