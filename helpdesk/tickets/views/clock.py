"""The clock of a step: paused, resumed, and explained."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.accounts.queries import list_people
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError, EditConflict, NotFound
from helpdesk.permissions import Permission
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.clocks import queries as clock_queries
from helpdesk.sop.models import StepRun
from helpdesk.tickets import service
from helpdesk.tickets.clock_forms import PauseForm
from helpdesk.tickets.clock_pages import calculation_of, duration_words, pauses_shown, times_of
from helpdesk.tickets.presenters import clock_of_step, step_title
from helpdesk.tickets.steps.panel import build_panel
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.page import render_case, step_context
from helpdesk.tickets.views.routes import blueprint
from helpdesk.tickets.views.sections import Place, Section, register_section
from helpdesk.web.current import signed_in
from helpdesk.web.failures import translate
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

Answer = Response | tuple[str, int]
# What belongs to the page and not to what the person wrote about the step.
NOT_OF_THE_DRAFT = frozenset({"csrf_token", "action", "step_run", "version", "pause_for", "pause_reason"})


@blueprint.post("/tickets/<int:ticket_id>/steps/<int:step_run_id>/pause")
@requires(Permission.WORK_ON_TICKETS)
def pause_step(ticket_id: int, step_run_id: int) -> Answer:
    """Let the clock stand still; what was typed into the form of the step is kept as its draft."""
    form = PauseForm()
    if not form.validate():
        return _show_again(ticket_id, form)
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            step_run = _open_step(case, step_run_id)
            service.pause_step(
                session,
                case.ticket,
                step_run=step_run,
                version=_version(),
                waiting_for=form.pause_for.data,
                reason=form.pause_reason.data or "",
                office=case.office,
                by=signed_in().person,
                now=case.now,
            )
            _keep_draft(case, step_run)
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        show_refusal(form, refusal)
        return _show_again(ticket_id, form, status=refusal.status, notice=translate(refusal))
    flash(_("The clock stands still. The time of waiting is shown on the ticket."), "success")
    return _back(ticket_id, step_run_id)


@blueprint.post("/tickets/<int:ticket_id>/steps/<int:step_run_id>/resume")
@requires(Permission.WORK_ON_TICKETS)
def resume_step(ticket_id: int, step_run_id: int) -> Answer:
    """Let the clock run again."""
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            step_run = _open_step(case, step_run_id)
            service.resume_step(
                session,
                case.ticket,
                step_run=step_run,
                version=_version(),
                office=case.office,
                by=signed_in().person,
                now=case.now,
            )
            _keep_draft(case, step_run)
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        return _show_again(ticket_id, None, status=refusal.status, notice=translate(refusal))
    flash(_("The clock runs again."), "success")
    return _back(ticket_id, step_run_id)


@blueprint.get("/tickets/<int:ticket_id>/steps/<int:step_run_id>/deadline")
@requires(Permission.SEE_TICKETS)
def explain_deadline(ticket_id: int, step_run_id: int) -> str:
    """Show why the deadline of a step is what it is, window by window."""
    case = open_case(db.session(), ticket_id)
    step_run = next((step for step in case.ticket.run.steps if step.id == step_run_id), None)
    if step_run is None:
        raise NotFound
    clock = clock_queries.clock_of(step_run, case.office.calendar, case.now)
    return render_template(
        "tickets/deadline.html",
        ticket=case.ticket,
        step_run=step_run,
        title=step_title(case.ticket, step_run, case.office),
        times=times_of(case.ticket, case.office, case.now),
        pauses=pauses_shown(step_run, clock, _names(case)),
        shown=clock_of_step(step_run, case.office, now=case.now),
        zone=case.office.calendar.timezone,
        **calculation_of(step_run, case.office, case.now),
    )


def register_sections() -> None:
    """Put the clock into the panel of the open step, and the time of all steps beside it."""
    register_section(Section("clock", Place.STEP, "tickets/parts/clock.html", _clock_facts, order=20))
    register_section(Section("time", Place.ASIDE, "tickets/parts/time.html", _time_facts, order=40))


def _clock_facts(case: Case) -> dict[str, Any] | None:
    step_run = case.current
    if step_run is None:
        return None
    clock = clock_queries.clock_of(step_run, case.office.calendar, case.now)
    # The fields of a pause go with every form of the step: only who pressed to pause sees them again.
    is_refused = request.endpoint == "tickets.pause_step"
    return {
        "step": step_run,
        "may_pause": signed_in().may(Permission.WORK_ON_TICKETS) and case.may_act_on(step_run),
        "is_paused": clock.open_pause is not None,
        "pauses": pauses_shown(step_run, clock, _names(case)) if clock.pauses else [],
        "paused": duration_words(clock.paused),
        "form": PauseForm() if is_refused else PauseForm(formdata=None),
        "is_open": is_refused,
    }


def _time_facts(case: Case) -> dict[str, Any] | None:
    return {"times": times_of(case.ticket, case.office, case.now)}


def _names(case: Case) -> dict[int, str]:
    return {person.id: person.name for person in list_people(case.session)}


def _open_step(case: Case, step_run_id: int) -> StepRun:
    found = sop_queries.find_current(case.ticket.run, step_run_id=step_run_id)
    if found is None:
        raise EditConflict
    return found


def _version() -> int:
    return int(request.form.get("version", 0, type=row_number))


def _keep_draft(case: Case, step_run: StepRun) -> None:
    typed = {
        name: values
        for name, values in request.form.lists()
        if name not in NOT_OF_THE_DRAFT and not name.endswith("-password")
    }
    if typed:
        service.save_draft(
            case.session,
            case.ticket,
            step_run=step_run,
            version=step_run.version,
            draft=typed,
            office=case.office,
            by=signed_in().person,
            now=case.now,
        )


def _show_again(
    ticket_id: int, form: PauseForm | None, *, status: int = 422, notice: str = ""
) -> tuple[str, int]:
    """Show the page as it stands now, with all that was typed."""
    case = open_case(db.session(), ticket_id)
    context = step_context(case)
    panel = build_panel(context, request.form) if context is not None else None
    if form is not None and form.errors and not notice:
        notice = str(_("The clock is not paused yet."))
    return render_case(case, panel=panel, notice=notice), status


def _back(ticket_id: int, step_run_id: int) -> Response:
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id, step_run=step_run_id, _anchor="step"))
