"""A command on a device of the ticket: picked from the list, and its output frozen onto the step at work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from helpdesk.errors import NotFound
from helpdesk.evidence import commands
from helpdesk.evidence.models import SnapshotRun
from helpdesk.tickets import queries
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.service.holding import ensure_open
from helpdesk.tickets.service.working import ensure_works_on


def request_command(
    session: Session,
    ticket: Ticket,
    device: Device,
    template: str,
    argument: str | None,
    *,
    office: Office,
    by: Person,
    now: datetime,
) -> SnapshotRun:
    """Ask for a snapshot with the command in it; what is read becomes evidence of the ticket."""
    ensure_open(ticket)
    ensure_works_on(session, ticket, office=office, by=by, now=now)
    if not queries.is_device_named(session, ticket.id, device.id):
        raise NotFound
    roles = standing.roles_in(standing.offices_of(session, by, now, office.zone))
    return commands.request_command(
        session, device, template, argument, roles=roles, by=by, now=now, ticket_id=ticket.id
    )
