"""Who may work on a ticket beside its steps: write, name a device, add evidence, change the link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.errors import Forbidden
from helpdesk.permissions import Permission, permissions_of
from helpdesk.tickets import queries
from helpdesk.tickets.holders import viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office


def ensure_works_on(session: Session, ticket: Ticket, *, office: Office, by: Person, now: datetime) -> None:
    """Raise unless the person works on tickets at this moment and may see this one, whoever calls."""
    roles = standing.roles_in(standing.offices_of(session, by, now, office.zone))
    if not by.is_active or Permission.WORK_ON_TICKETS not in permissions_of(roles):
        raise Forbidden
    viewer = viewer_of_person(session, by, office, now)
    is_head = any(office.is_head(role) for role in viewer.roles)
    queries.get_ticket(session, ticket.id, replace(viewer, sees_all=is_head))
