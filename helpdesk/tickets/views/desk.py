"""My desk and the list of tickets."""

from __future__ import annotations

from datetime import datetime

from flask import render_template, request
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts import acting
from helpdesk.accounts.views.catalogue import superiors_of, vacant_offices
from helpdesk.database import db
from helpdesk.permissions import Permission
from helpdesk.sop.models import StepRun
from helpdesk.tickets import queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.holders import Hands, hands_of, open_step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.presenters import DeskRow, clock_of_step, step_title, where_it_stands
from helpdesk.tickets.rules import ClockState, Viewer, may_act, may_take_over
from helpdesk.tickets.views.routes import blueprint
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.jinja import official_title
from helpdesk.web.pagination import paginate


@blueprint.get("/desk")
@requires(Permission.SEE_DESK)
def show_desk() -> str:
    """Show what waits for the person, the most pressing first."""
    session, now = db.session(), clock.now()
    office = current_office(session)
    viewer = current_viewer(office)
    rows = [
        row
        for ticket, step in queries.list_waiting(session, viewer)
        if (row := _row(session, ticket, step, office, viewer, now)) is not None
    ]
    mine = [row for row in rows if row.is_mine]
    return render_template(
        "tickets/desk.html",
        vacant=_vacant(office, now),
        mine=mine,
        colleagues=[row for row in rows if not row.is_mine],
        late=sum(row.clock.state is ClockState.LATE for row in mine),
        near=sum(row.clock.state is ClockState.NEAR for row in mine),
        done=[
            (ticket, step, step_title(ticket, step, office))
            for ticket, step in queries.list_recently_done(session, viewer)
        ],
    )


def _row(
    session: Session, ticket: Ticket, step: StepRun, office: Office, viewer: Viewer, now: datetime
) -> DeskRow | None:
    """Return what the desk shows of a step, or None while it is only escalated to the office one day."""
    asked = open_step(session, ticket, step, office, now)
    is_mine, is_escalated = may_act(asked, viewer), may_take_over(asked, viewer)
    if not is_mine and not is_escalated and step.role not in viewer.offices:
        return None
    return DeskRow(
        ticket=ticket,
        step=step,
        title=step_title(ticket, step, office),
        clock=clock_of_step(step, office, now=now),
        is_mine=is_mine,
        is_escalated=is_escalated and step.role not in viewer.offices,
        hands="" if is_mine else _names(hands_of(session, ticket, step, office, now)),
    )


def _names(hands: Hands) -> str:
    """Return who may do the step now, with the office where it is another's."""
    return "; ".join(
        official_title(one.person.name, one.office.role, one.office.acting) for one in hands.may_act
    )


def _vacant(office: Office, now: datetime) -> list[str]:
    """Return the offices in which nobody stands and for which the person may appoint who acts."""
    me, today = signed_in().person, office.day_of(now)
    return [
        role
        for role in vacant_offices(now)
        if acting.may_appoint(me, role, superiors=superiors_of(role), today=today)
    ]


@blueprint.get("/tickets")
@requires(Permission.SEE_TICKETS)
def list_tickets() -> str:
    """List the tickets the person may see."""
    session, now = db.session(), clock.now()
    office = current_office(session)
    status = request.args.get("status", "")
    words, sort = request.args.get("q", "").strip()[:100], request.args.get("sort", "-number")
    statement = queries.select_tickets(
        current_viewer(office),
        status=status if status in ("open", "closed", "cancelled", "late") else "",
        words=words,
        sort=sort,
    )
    page = paginate(session, statement, request.args.get("page", 1, type=row_number))
    return render_template(
        "tickets/list.html",
        page=page,
        rows=[(ticket, where_it_stands(ticket, office, now=now)) for ticket in page.items],
        status=status,
        words=words,
        sort=sort,
    )
