"""A ticket whose first step waits at the head's desk, and the office of the services."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office as TicketOffice
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office


@pytest.fixture
def desk() -> TicketOffice:
    """Return the office with the shipped procedure and calendar."""
    return make_ticket_office()


@pytest.fixture
def case(session: Session, office: Office) -> Ticket:
    """Return a ticket of Monday 09.30; its first step is due at 10.30."""
    made = make_ticket(session)
    session.commit()
    return made
