"""My desk and the list of tickets."""

from __future__ import annotations

from flask import render_template, request

from helpdesk import clock
from helpdesk.database import db
from helpdesk.permissions import Permission
from helpdesk.tickets import queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.holders import open_step
from helpdesk.tickets.presenters import DeskRow, clock_of_step, step_title, where_it_stands
from helpdesk.tickets.rules import ClockState, may_act
from helpdesk.tickets.views.routes import blueprint
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate


@blueprint.get("/desk")
@requires(Permission.SEE_DESK)
def show_desk() -> str:
    """Show what waits for the person, the most pressing first."""
    session, now = db.session(), clock.now()
    office = current_office(session)
    viewer = current_viewer(office)
    rows = [
        DeskRow(
            ticket=ticket,
            step=step,
            title=step_title(ticket, step, office),
            clock=clock_of_step(step, office, now=now),
            is_mine=may_act(open_step(session, ticket, step, office, now), viewer),
        )
        for ticket, step in queries.list_waiting(session, viewer)
    ]
    mine = [row for row in rows if row.is_mine]
    return render_template(
        "tickets/desk.html",
        mine=mine,
        colleagues=[row for row in rows if not row.is_mine],
        late=sum(row.clock.state is ClockState.LATE for row in mine),
        near=sum(row.clock.state is ClockState.NEAR for row in mine),
        done=[
            (ticket, step, step_title(ticket, step, office))
            for ticket, step in queries.list_recently_done(session, viewer)
        ],
    )


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
