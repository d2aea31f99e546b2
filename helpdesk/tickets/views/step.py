"""Doing a step: saved as a draft, completed, or sent back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.database import db, transaction
from helpdesk.errors import DomainError, EditConflict
from helpdesk.permissions import Permission
from helpdesk.sop.models import StepRun
from helpdesk.tickets import service
from helpdesk.tickets.conflicts import Conflict, compare, settle, written_in
from helpdesk.tickets.deviations.views import LATE_REASON, keep_late_reason
from helpdesk.tickets.forms import TakeOverForm
from helpdesk.tickets.rules import TicketStatus
from helpdesk.tickets.steps.kinds import FormData, StepContext
from helpdesk.tickets.steps.panel import Panel, build_panel, receive
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.page import context_of, render_case, results_of, step_context, words_typed
from helpdesk.tickets.views.routes import blueprint
from helpdesk.web.current import signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

SAVE, COMPLETE = "save", "complete"
# Any other button changes the form itself (one row more), and nothing of it is judged yet.
ACTIONS = (SAVE, COMPLETE)


@blueprint.post("/tickets/<int:ticket_id>/step")
@requires(Permission.WORK_ON_TICKETS)
def do_step(ticket_id: int) -> Response | tuple[str, int]:
    """Save, complete or return the open step; a refusal shows the form again with all that was typed."""
    fields = FormData(request.form)
    try:
        # What is uploaded is kept before anything is judged: whatever else is wrong, no file is chosen twice.
        with transaction() as session:
            fields = _received(open_case(session, ticket_id))
        with transaction() as session:
            outcome = _do(open_case(session, ticket_id), fields)
    except EditConflict as conflict:
        return _show_conflict(ticket_id, fields, translate(conflict))
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        return _show_again(ticket_id, fields, translate(refusal), refusal.status)
    if isinstance(outcome, Panel):
        return _show_again(ticket_id, fields, "", 422 if _action() in ACTIONS else 200)
    if isinstance(outcome, DomainError):
        return _show_again(ticket_id, fields, translate(outcome), outcome.status)
    flash(outcome, "success")
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id))


def _action() -> str:
    return request.form.get("action", COMPLETE)


def _held(case: Case) -> StepContext:
    """Return the step that the form is about, if it is the person's and not changed since."""
    service.ensure_holds_step(
        case.session,
        case.ticket,
        case.viewer,
        step_run_id=request.form.get("step_run", 0, type=row_number),
        version=request.form.get("version", 0, type=row_number),
        office=case.office,
        now=case.now,
    )
    context = step_context(case)
    assert context is not None  # ensure_holds_step has just said so
    return context


def _received(case: Case) -> FormData:
    """Return the fields of the form with what came beside them: files that are kept now, one row more."""
    context = _held(case)
    chosen = settle(FormData(request.form), context.step_run.draft)
    return receive(context, chosen, request.files, _action())


def _do(case: Case, fields: FormData) -> str | Panel | DomainError:
    """Carry out what the button says; return the sentence for the person, or what stands in the way."""
    context = _held(case)
    step_run, by = context.step_run, context.person
    panel = build_panel(context, fields)
    if _action() not in ACTIONS:
        return panel
    if _action() == SAVE:
        service.save_draft(
            case.session,
            case.ticket,
            step_run=step_run,
            version=step_run.version,
            draft=_typed(fields),
            office=case.office,
            by=by,
            now=case.now,
        )
        return str(_("The draft is saved. Nobody else sees it until you complete the step."))
    if not panel.validate():
        return panel
    reason = panel.rejection()
    if reason is not None and context.step.returns_to is not None:
        keep_late_reason(case, step_run, fields.get(LATE_REASON))
        return _give_back(case, panel, reason)
    refusal = panel.refusal(request.remote_addr or "")
    if refusal is not None:
        return refusal
    keep_late_reason(case, step_run, fields.get(LATE_REASON))
    panel.before_completion()
    following = service.complete_step(
        case.session,
        case.ticket,
        step_run=step_run,
        version=step_run.version,
        yields=panel.yields(),
        assignee_id=panel.assignee_id(),
        assignees=panel.assignees(),
        branch=panel.branch(),
        office=case.office,
        by=by,
        now=case.now,
    )
    return _what_follows(case, following)


def _give_back(case: Case, panel: Panel, reason: str) -> str:
    step_run = panel.context.step_run
    opened = service.return_step(
        case.session,
        case.ticket,
        step_run=step_run,
        version=step_run.version,
        reason=reason,
        yields=panel.yields(is_return=True),
        office=case.office,
        by=panel.context.person,
        now=case.now,
    )
    return str(_("The work goes back to step %(number)s with your reasons.", number=opened.step_number))


def _what_follows(case: Case, opened: tuple[StepRun, ...]) -> str:
    if case.ticket.status != TicketStatus.OPEN.value:
        return str(_("The last step is done: ticket %(number)s is closed.", number=case.ticket.number))
    if not opened:
        return str(_("Step completed. The work goes on when the steps beside it are done."))
    numbers = ", ".join(str(step.step_number) for step in opened)
    if len(opened) > 1:
        return str(_("Step completed. Steps %(numbers)s wait now, side by side.", numbers=numbers))
    return str(_("Step completed. Step %(number)s waits now.", number=numbers))


def _typed(fields: FormData) -> dict[str, Any]:
    """Return what the form holds, without what belongs to the page and without any password."""
    return {
        name: values
        for name, values in fields.lists()
        if name not in ("csrf_token", "action", "step_run", "version") and not name.endswith("-password")
    }


def _show_again(ticket_id: int, fields: FormData, notice: str, status: int) -> tuple[str, int]:
    """Show the page as it stands now, with what the person typed in the form."""
    session = db.session()
    case = open_case(session, ticket_id)
    context = step_context(case)
    current = case.current
    panel = None
    is_same_step = current is not None and current.id == request.form.get("step_run", 0, type=row_number)
    if context is not None and is_same_step:
        panel = build_panel(context, fields)
        if _action() in ACTIONS:
            panel.validate()
    typed = "" if panel else words_typed()
    return render_case(case, panel=panel, notice=notice, typed=typed), status


def _show_conflict(ticket_id: int, fields: FormData, notice: str) -> tuple[str, int]:
    """Show what the person typed beside what is there now: to choose from, or to copy."""
    case = open_case(db.session(), ticket_id)
    meant = request.form.get("step_run", 0, type=row_number)
    step_run = next((one for one in case.ticket.run.steps if one.id == meant), None)
    fields = settle(fields, None)
    if step_run is None:
        return _show_again(ticket_id, fields, notice, 409)
    context = context_of(case, step_run)
    mine = build_panel(context, fields)
    current, me = case.current, signed_in().person
    if current is not None and current.id == meant and case.may_act_on(current):
        theirs = build_panel(context, FormData(step_run.draft or {}))
        conflict = Conflict(
            by=step_run.draft_by.name if step_run.draft_by else "",
            at=step_run.draft_at,
            is_own=step_run.draft_by_id == me.id,
            differences=compare(mine, theirs) if step_run.draft else (),
        )
        return render_case(case, panel=mine, notice=notice, conflict=conflict), 409
    conflict = Conflict(
        by=step_run.finished_by.name if step_run.finished_by else "",
        at=step_run.finished_at,
        is_own=step_run.finished_by_id == me.id,
        mine=tuple(one for one in written_in(mine) if one.value),
        results=tuple(one for one in results_of(case) if one["step_run_id"] == meant),
    )
    return render_case(case, notice=notice, conflict=conflict), 409


@blueprint.post("/tickets/<int:ticket_id>/take-over")
@requires(Permission.WORK_ON_TICKETS)
def take_over(ticket_id: int) -> Response | tuple[str, int]:
    """Take the open step from a colleague of the same office."""
    form = TakeOverForm()
    if not form.validate():
        return render_case(open_case(db.session(), ticket_id), take_over_form=form), 422
    with transaction() as session:
        case = open_case(session, ticket_id)
        service.take_over(
            session,
            case.ticket,
            case.viewer,
            step_run_id=case.asked_for,
            reason=form.take_over_reason.data or "",
            office=case.office,
            by=signed_in().person,
            now=case.now,
        )
    flash(_("The step is yours now."), "success")
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id))
