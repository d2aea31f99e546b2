"""The official form of a ticket's procedure, live: how each step stands, and the way the ticket went."""

from __future__ import annotations

from flask import render_template
from flask_babel import get_locale

from helpdesk.database import db
from helpdesk.permissions import Permission
from helpdesk.sop.form.flow import end_of
from helpdesk.sop.models import ProcedureRun
from helpdesk.sop.pages import FormView, StepLook, form_view
from helpdesk.sop.rules import PassState
from helpdesk.sop.schema import END, Procedure
from helpdesk.tickets.presenters import lane_of
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.routes import blueprint
from helpdesk.web.guards import requires


@blueprint.get("/tickets/<int:ticket_id>/flow")
@requires(Permission.SEE_TICKETS)
def show_flow(ticket_id: int) -> str:
    """Show where the ticket stands on the official form, ready to print."""
    case = open_case(db.session(), ticket_id)
    return render_template("tickets/flow.html", ticket=case.ticket, view=flow_view(case))


def flow_view(case: Case) -> FormView:
    """Return the form of the ticket's procedure with how each step stands."""
    procedure = case.office.procedure_of(case.ticket.run)
    by_number = {step.number: step.id for step in procedure.steps}
    looks = {
        by_number[one.number]: StepLook(one.state, one.attempt, one.official, one.due_at, one.finished_at)
        for one in lane_of(case.ticket, case.office, now=case.now)
    }
    return form_view(procedure, str(get_locale()), looks, ways_gone(procedure, case.ticket.run))


def ways_gone(procedure: Procedure, run: ProcedureRun) -> frozenset[tuple[str, str, str]]:
    """Return the arrows that passes took: by the newest pass of each step, and every return there was."""
    ways: set[tuple[str, str, str]] = set()
    newest = {one.step_id: one for one in run.steps}
    for one in run.steps:
        step = procedure.find_step(one.step_id)
        if step is None:
            continue
        if one.state == PassState.RETURNED.value and step.returns_to is not None:
            ways.add((step.id, step.returns_to, ""))
        elif one.state == PassState.DONE.value and newest[one.step_id] is one:
            branch = one.branch or "" if step.is_decision else ""
            places = (end_of(step) if target == END else target for target in step.targets_of(one.branch))
            ways |= {(step.id, place, branch) for place in places}
    return frozenset(ways)
