"""Acting officers, and the seven steps done by whoever a test wants to do them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import acting
from helpdesk.accounts.models import ADMIN, ActingAppointment, Appointment, Person
from helpdesk.accounts.rules import WHOLE, ActingKind, Scope
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import get_step
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket, WorkProgrammeItem
from tests.factories.journey_data import Desk, yields_of
from tests.factories.journeys import Move
from tests.factories.moments import MORNING
from tests.factories.people import KABAG, make_person
from tests.factories.tickets import make_programme_item, make_ticket_office

JAKARTA = ZoneInfo("Asia/Jakarta")
DECREE = "SPT-17/SET/2026"


def make_acting(
    session: Session,
    person: Person,
    role: str = KABAG,
    *,
    place_of: Person | None = None,
    days: int = 5,
    scope: Scope = WHOLE,
    now: datetime = MORNING,
) -> ActingAppointment:
    """Let the person act in the office from today on, by a decree that the admin entered."""
    admin = session.scalar(select(Person).join(Appointment).where(Appointment.role == ADMIN))
    today = now.astimezone(JAKARTA).date()
    order = acting.ActingOrder(
        role=role,
        kind=ActingKind.PLH if place_of else ActingKind.PLT,
        decree_number=DECREE,
        starts_on=today,
        ends_on=today + timedelta(days=days - 1),
        for_person=place_of,
        scope=scope,
    )
    return acting.appoint_acting(
        session,
        person,
        order,
        superiors=(),
        by=admin or make_person(session, ADMIN),
        zone=JAKARTA,
        now=now,
    )


def fill(step_id: str, to: Person | None) -> tuple[dict[str, Any], dict[str, Person]]:
    """Return what a step of the seven is filled in with, and the person it hands over to."""
    people = {"next": to} if to is not None else {}

    def disposition(following: str) -> dict[str, Any]:
        return {"to": {following: "next"}, "instruction": "Mohon ditindaklanjuti."}

    filled: dict[str, dict[str, Any]] = {
        "assign-request": {"work_programme": {}, "request_disposition": disposition("prepare-evidence")},
        "prepare-evidence": {
            "evidence": {"note": "Sejak pagi."},
            "identification_disposition": disposition("identify"),
        },
        "identify": {"identification": {"conclusion": "Kabel putus."}},
        "verify": {"verification": {}},
        "coordinate": {
            "coordination": {
                "agency": "Badan Contoh Nasional",
                "persons": ["Rina Kusuma"],
                "manner": "meeting",
                "result": "Kabel diganti bersama.",
            },
            "report_disposition": disposition("draft-report"),
        },
        "draft-report": {"report_draft": {}},
        "sign-report": {"signed_report": {}},
    }
    return filled[step_id], people


def do_step(
    session: Session,
    ticket: Ticket,
    by: Person,
    *,
    to: Person | None = None,
    sends_back: str | None = None,
    version: int | None = None,
    now: datetime = MORNING,
) -> StepRun:
    """Do the open step of the ticket as the person; return the pass that was done."""
    office = make_ticket_office()
    current = sop_queries.find_current(ticket.run)
    assert current is not None
    step = get_step(office.procedure_of(ticket.run), current.step_id)
    filled, people = fill(step.id, to)
    move = Move(step=step.id, by="", fill=filled, sends_back=sends_back, opens=())
    if step.number == 1 and ticket.work_programme_item_id is None:
        item = session.scalar(select(WorkProgrammeItem)) or make_programme_item(session, on=now)
        service.choose_work_programme_item(session, ticket, item.id, office, now=now)
    desk = Desk(session, office, ticket, step, current, move, people, by, now)
    shared: dict[str, Any] = {
        "step_run": current,
        "version": current.version if version is None else version,
        "office": office,
        "by": by,
        "now": now,
    }
    if sends_back is not None:
        service.return_step(session, ticket, reason=sends_back, yields=yields_of(desk), **shared)
    else:
        assignee_id = to.id if to else None
        service.complete_step(session, ticket, yields=yields_of(desk), assignee_id=assignee_id, **shared)
    session.flush()
    return current
