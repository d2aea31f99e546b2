"""Pick a command for a device of the ticket; its output becomes evidence of the step at work."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk.database import db, transaction
from helpdesk.devices import queries as device_queries
from helpdesk.errors import DomainError, NotFound
from helpdesk.evidence import commands
from helpdesk.evidence.forms import CommandForm
from helpdesk.permissions import Permission
from helpdesk.tickets import queries, service
from helpdesk.tickets.views.case import open_case
from helpdesk.tickets.views.routes import blueprint
from helpdesk.tickets.views.work import take_now
from helpdesk.web.current import signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires

Answer = Response | tuple[str, int]


@blueprint.get("/tickets/<int:ticket_id>/devices/<int:device_id>/commands")
@requires(Permission.WORK_ON_TICKETS)
def pick_command(ticket_id: int, device_id: int) -> str:
    """Show the commands that the person may run on the device."""
    return _show(ticket_id, device_id, CommandForm())


@blueprint.post("/tickets/<int:ticket_id>/devices/<int:device_id>/commands")
@requires(Permission.WORK_ON_TICKETS)
def run_command(ticket_id: int, device_id: int) -> Answer:
    """Run the command; its output is attached to the ticket."""
    form = CommandForm()
    if not form.validate():
        return _show(ticket_id, device_id, form), 422
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            run_id = service.request_command(
                session,
                case.ticket,
                device_queries.get_device(session, device_id),
                form.command.data or "",
                form.argument(),
                office=case.office,
                by=signed_in().person,
                now=case.now,
            ).id
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        show_refusal(form, refusal)
        return _show(ticket_id, device_id, form), refusal.status
    take_now(run_id)
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id, _anchor="evidence"))


def _show(ticket_id: int, device_id: int, form: CommandForm) -> str:
    session = db.session()
    case = open_case(session, ticket_id)
    device = device_queries.get_device(session, device_id)
    if not queries.is_device_named(session, case.ticket.id, device.id):
        raise NotFound
    pickable = commands.list_pickable(session, device, signed_in().roles)
    form.offer(pickable, commands.list_port_names(session, device))
    return render_template(
        "tickets/commands.html", ticket=case.ticket, form=form, device=device, pickable=pickable
    )
