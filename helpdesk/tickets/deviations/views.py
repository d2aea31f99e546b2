"""Deviations on the ticket's page: listed, each with its reason; who did the step may say why."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts.models import Person
from helpdesk.database import transaction
from helpdesk.errors import InputInvalid, NotFound
from helpdesk.permissions import Permission
from helpdesk.sop.clocks.queries import clock_of
from helpdesk.sop.models import StepRun
from helpdesk.tickets.deviations import service
from helpdesk.tickets.deviations.queries import list_deviations
from helpdesk.tickets.deviations.rules import EXPLAINED_BY_HAND, DeviationKind
from helpdesk.tickets.deviations.wording import WordedDeviation, word_deviation
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.routes import blueprint
from helpdesk.tickets.views.sections import Place, Section, register_section
from helpdesk.web.current import signed_in
from helpdesk.web.forms import PageForm, stripped
from helpdesk.web.guards import requires

LATE_REASON = "late_reason"


class ReasonForm(PageForm):
    """Why something was not as the SOP says."""

    deviation = HiddenField()
    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(_l("Write the reason.")), Length(max=service.LETTERS)],
    )


def register_sections() -> None:
    """List the deviations, and ask why while a late step is done."""
    register_section(Section("deviations", Place.MAIN, "tickets/parts/deviations.html", _facts, order=80))
    register_section(Section("lateness", Place.STEP, "tickets/parts/lateness.html", _lateness, order=90))


def _facts(case: Case) -> dict[str, Any] | None:
    procedure = case.office.procedure_of(case.ticket.run)
    language = str(get_locale())
    found = list_deviations(case.session, case.ticket, case.office, now=case.now)
    if not found:
        return None
    passes = {step.id: step for step in case.ticket.run.steps}
    me = signed_in().person
    rows = []
    for deviation in found:
        worded = word_deviation(deviation, procedure, language)
        step_run = passes.get(deviation.step_run_id or 0)
        rows.append({"worded": worded, "may_explain": _may_explain(case, worded, step_run, me)})
    return {"rows": rows}


def _may_explain(case: Case, worded: WordedDeviation, step_run: StepRun | None, me: Person) -> bool:
    if step_run is None or worded.reason or worded.deviation.kind not in EXPLAINED_BY_HAND:
        return False
    # While the step goes on its own form asks for the reason.
    if step_run.finished_at is None or not signed_in().may(Permission.WORK_ON_TICKETS):
        return False
    return service.may_explain(case.session, case.ticket, step_run, office=case.office, by=me, now=case.now)


def _lateness(case: Case) -> dict[str, Any] | None:
    current = case.current
    if current is None or not case.may_act_on(current):
        return None
    if not clock_of(current, case.office.calendar, case.now).is_late:
        return None
    draft = current.draft or {}
    typed = request.form.get(LATE_REASON) or next(iter(draft.get(LATE_REASON, [])), "")
    return {"name": LATE_REASON, "typed": typed, "letters": service.LETTERS}


def keep_late_reason(case: Case, step_run: StepRun, typed: str | None) -> None:
    """Keep why a late step was late, in the transaction that completes it; a step in time needs none."""
    reason = (typed or "").strip()
    if not reason or not clock_of(step_run, case.office.calendar, case.now).is_late:
        return
    service.give_reason(
        case.session,
        case.ticket,
        step_run,
        DeviationKind.LATE,
        reason,
        office=case.office,
        by=signed_in().person,
        now=case.now,
    )


@blueprint.post("/tickets/<int:ticket_id>/deviations/<int:step_run_id>")
@requires(Permission.WORK_ON_TICKETS)
def explain_deviation(ticket_id: int, step_run_id: int) -> Response:
    """Write down why a step deviated."""
    form = ReasonForm()
    with transaction() as session:
        case = open_case(session, ticket_id)
        if not form.validate():
            raise InputInvalid(field=_("Reason"), reason="Give the reason in at most 2000 characters.")
        service.give_reason(
            session,
            case.ticket,
            _pass_of(case.ticket, step_run_id),
            _kind_of(form.deviation.data),
            form.reason.data or "",
            office=case.office,
            by=signed_in().person,
            now=case.now,
        )
    flash(_("The reason is kept."), "success")
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id, _anchor="deviations"))


def _kind_of(text: str | None) -> DeviationKind:
    if text not in {kind.value for kind in DeviationKind}:
        raise NotFound
    return DeviationKind(text)


def _pass_of(ticket: Ticket, step_run_id: int) -> StepRun:
    found = next((step for step in ticket.run.steps if step.id == step_run_id), None)
    if found is None:
        raise NotFound
    return found
