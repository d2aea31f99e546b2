"""The ticket page: all that the person may see of one ticket, and may do now."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, render_template, request, send_file
from flask_babel import get_locale
from flask_wtf import FlaskForm

from helpdesk.database import db
from helpdesk.devices import queries as device_queries
from helpdesk.evidence import queries as evidence_queries
from helpdesk.permissions import Permission
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.sop.presentation import show_output
from helpdesk.sop.rules import get_step
from helpdesk.tickets import queries, service
from helpdesk.tickets.conflicts import Conflict
from helpdesk.tickets.forms import CancelForm, DeviceForm, FilesForm, MessageForm, NoteForm, TakeOverForm
from helpdesk.tickets.holders import open_step
from helpdesk.tickets.offers import kind_of_request
from helpdesk.tickets.presenters import (
    CHANNEL_LABELS,
    clock_of_step,
    evidence_view,
    file_view,
    lane_of,
    officials_of,
    papers_of,
    step_title,
    timeline_of,
)
from helpdesk.tickets.rules import TicketStatus, may_take_over
from helpdesk.tickets.steps.kinds import KINDS, StepContext
from helpdesk.tickets.steps.panel import Panel, build_panel
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.routes import blueprint
from helpdesk.tickets.views.sections import shown_sections
from helpdesk.web.choices import choices
from helpdesk.web.current import settings, signed_in
from helpdesk.web.guards import requires


def step_context(case: Case) -> StepContext | None:
    """Return the open step at hand for its form, if the person may do it."""
    current = case.current
    if current is None or not case.may_act_on(current):
        return None
    return context_of(case, current)


def context_of(case: Case, current: StepRun) -> StepContext:
    """Return what the form of a step is built from."""
    procedure = case.office.procedure_of(case.ticket.run)
    return StepContext(
        session=case.session,
        ticket=case.ticket,
        office=case.office,
        procedure=procedure,
        step=get_step(procedure, current.step_id),
        step_run=current,
        person=signed_in().person,
        now=case.now,
    )


@blueprint.get("/tickets/<int:ticket_id>")
@requires(Permission.SEE_TICKETS)
def show_ticket(ticket_id: int) -> str:
    """Show the ticket."""
    return render_case(open_case(db.session(), ticket_id))


def words_typed() -> str:
    """Return the sentences of the form that was sent, for a page which has no such form any more."""
    fields = [values for name, values in request.form.lists() if not name.endswith("password")]
    return "\n\n".join(value.strip() for values in fields for value in values if " " in value.strip())


def render_case(
    case: Case,
    *,
    panel: Panel | None = None,
    notice: str = "",
    typed: str = "",
    conflict: Conflict | None = None,
    **forms: FlaskForm,
) -> str:
    """Draw the ticket page, with forms that were refused in place of fresh ones; `typed` has none left."""
    if panel is None and (context := step_context(case)) is not None:
        panel = build_panel(context, None)
    return render_template(
        "tickets/ticket.html",
        case=case,
        ticket=case.ticket,
        panel=panel,
        notice=notice,
        typed=typed,
        conflict=conflict,
        **_state(case),
        **_contents(case),
        sections=shown_sections(case),
        **_forms(case, forms),
    )


def _state(case: Case) -> dict[str, Any]:
    ticket, office = case.ticket, case.office
    current = case.current
    procedure = office.procedure_of(ticket.run)
    is_open = ticket.status == TicketStatus.OPEN.value
    works = signed_in().may(Permission.WORK_ON_TICKETS) and is_open
    return {
        "procedure": procedure,
        "lane_steps": lane_of(ticket, office, now=case.now),
        "current": current,
        "current_title": step_title(ticket, current, office) if current else "",
        "current_step": get_step(procedure, current.step_id) if current else None,
        "clock_state": clock_of_step(current, office, now=case.now) if current else None,
        "beside": _beside(case, current),
        "may_take_over": current is not None
        and may_take_over(open_step(case.session, ticket, current, office, case.now), case.viewer),
        "may_work": works,
        "may_cancel": works and any(office.is_head(role) for role in case.viewer.roles),
        "kind_label": kind_of_request(ticket, office),
        "channel_label": CHANNEL_LABELS.get(ticket.channel, ticket.channel),
    }


def _beside(case: Case, current: StepRun | None) -> list[dict[str, Any]]:
    """Return the steps that are open beside the one at hand, and what they wait for in common."""
    if current is None:
        return []
    return [
        {
            "step": step,
            "title": step_title(case.ticket, step, case.office),
            "clock": clock_of_step(step, case.office, now=case.now),
            "is_mine": case.may_act_on(step),
        }
        for step in sop_queries.list_current(case.ticket.run)
        if step.id != current.id
    ]


def _contents(case: Case) -> dict[str, Any]:
    ticket, session = case.ticket, case.session
    events = list(queries.list_events(session, ticket.id))
    waiting = [
        link.device
        for link in ticket.device_links
        if evidence_queries.list_open_runs(session, link.device_id)
    ]
    # What the desk froze by itself is evidence; nobody sent it.
    made = {item.attachment_id for item in ticket.evidence if item.added_by_id is None}
    return {
        "evidence": [evidence_view(session, item) for item in reversed(ticket.evidence)],
        "snapshots_under_way": waiting,
        "results": results_of(case),
        "files": [file_view(one) for one in ticket.attachments if one.id not in made],
        "messages": ticket.messages,
        "events": timeline_of(events),
        "documents": papers_of(session, ticket),
        "link": queries.find_open_link(ticket),
        "follow_token": service.follow_token(ticket, settings().secret_key.get_secret_value()),
    }


def results_of(case: Case) -> list[dict[str, Any]]:
    """Return what the steps yielded, the newest first; what a return made invalid is there, and marked."""
    procedure = case.office.procedure_of(case.ticket.run)
    numbers = {step.id: step.step_number for step in case.ticket.run.steps}
    names = {step.id: step.finished_by.name for step in case.ticket.run.steps if step.finished_by}
    names |= officials_of(queries.list_events(case.session, case.ticket.id))
    results, language = [], str(get_locale())
    for output in reversed(case.ticket.run.outputs):
        item = procedure.find_item(output.code)
        results.append(
            {
                "step_run_id": output.step_run_id,
                "step_number": numbers.get(output.step_run_id or 0, ""),
                "title": item.title.in_language(language) if item else output.code,
                "by": names.get(output.step_run_id or 0, ""),
                "at": output.created_at,
                "is_valid": output.is_valid,
                "data": output.data,
                "shown": show_output(item, output.data, str(get_locale())) if item else None,
                "template": KINDS[output.kind].result_template,
            }
        )
    return results


def _forms(case: Case, given: dict[str, FlaskForm]) -> dict[str, Any]:
    named = {link.device_id for link in case.ticket.device_links}
    device_form = given.get("device_form") or DeviceForm(formdata=None)
    device_form.device_id.choices = choices(
        [("", "–")]
        + [
            (device.id, f"{device.name} ({device.site.name})")
            for device in device_queries.list_active_devices(case.session)
            if device.id not in named
        ]
    )
    return {
        "device_form": device_form,
        "message_form": given.get("message_form") or MessageForm(formdata=None),
        "files_form": given.get("files_form") or FilesForm(formdata=None),
        "note_form": given.get("note_form") or NoteForm(formdata=None),
        "cancel_form": given.get("cancel_form") or CancelForm(formdata=None),
        "take_over_form": given.get("take_over_form") or TakeOverForm(formdata=None),
        "limits": settings(),
    }


@blueprint.get("/tickets/<int:ticket_id>/attachments/<int:attachment_id>")
@requires(Permission.SEE_TICKETS)
def download_attachment(ticket_id: int, attachment_id: int) -> Response:
    """Hand out an attachment; it is never shown as a page of this site."""
    case = open_case(db.session(), ticket_id)
    attachment = queries.get_attachment(case.session, case.ticket, attachment_id)
    response = send_file(
        BytesIO(attachment.file.content),
        mimetype=attachment.file.content_type,
        as_attachment=True,
        download_name=attachment.name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
