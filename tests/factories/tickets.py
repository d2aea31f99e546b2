"""Tickets made the way the product makes them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.catalogue import default_calendar
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket, WorkProgrammeItem
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import NewRequest
from helpdesk.tickets.service import programme
from tests.factories.moments import MORNING

NUMBER = "OT.01.02-090-097.Set.PO"
_keys = itertools.count(1)


def make_ticket_office() -> Office:
    """Return the office with the shipped procedure and calendar."""
    return Office(load_catalogue(), default_calendar(), ZoneInfo("Asia/Jakarta"))


def make_request(**fields: Any) -> NewRequest:
    """Return a request; set only what matters."""
    values: dict[str, Any] = {
        "submission_key": f"key-{next(_keys)}",
        "channel": "web",
        "kind": "technical_cooperation",
        "subject": "Jaringan lantai 3 terputus",
        "description": "Sejak pagi tidak dapat terhubung.",
        "requester_name": "Rina Kusuma",
        "requester_agency": "Badan Contoh Nasional",
        "requester_email": "rina@badan.example",
        "requester_phone": "+62 21 5550100",
    }
    return NewRequest(**(values | fields))


def make_ticket(
    session: Session, *, office: Office | None = None, now: datetime = MORNING, **fields: Any
) -> Ticket:
    """Open a ticket by the service."""
    office = office or make_ticket_office()
    return service.open_ticket(
        session,
        make_request(**fields),
        procedure=office.catalogue.get_procedure(NUMBER),
        office=office,
        prefix="TKT",
        now=now,
    )


def make_programme_item(session: Session, *, on: datetime = MORNING, **fields: Any) -> WorkProgrammeItem:
    """Add an item to the work programme of the year that the office writes at the moment."""
    # Not the year in UTC: for seven hours of New Year's Eve that is another one.
    year = make_ticket_office().year_of(on)
    values: dict[str, Any] = {"year": year, "code": f"PK-{next(_keys)}", "title": "Pemeliharaan jaringan"}
    return programme.add_item(session, **(values | fields), now=MORNING)


def disposition_to(person: Person, role: str = "subhead", **changed: Any) -> dict[str, Any]:
    """Return the data of a disposition to the person."""
    return {
        "sensitivity": "biasa",
        "to_role": role,
        "assignee_id": person.id,
        "assignee_name": person.name,
        "instructions": ["follow_up"],
        "instruction": "",
        "due_on": None,
        "letter_number": "",
        "letter_date": None,
        **changed,
    }
