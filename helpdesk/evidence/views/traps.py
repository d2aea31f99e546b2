"""The traps that were received, with filters, and how their receiver is."""

from __future__ import annotations

from flask import render_template, request

from helpdesk import clock
from helpdesk.database import db
from helpdesk.devices import queries as device_queries
from helpdesk.devices.errors import DeviceNotFound
from helpdesk.devices.views.blueprint import blueprint as devices_blueprint
from helpdesk.evidence.traps import queries
from helpdesk.evidence.traps.presentation import present_trap, trap_title
from helpdesk.evidence.traps.rules import UNKNOWN_KEPT, is_silent
from helpdesk.permissions import Permission
from helpdesk.web.current import settings
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate

SENDERS = {"known": True, "unknown": False}


@devices_blueprint.get("/traps")
@requires(Permission.SEE_DEVICES)
def list_traps() -> str:
    """Show the traps, the latest first."""
    session = db.session()
    device_id = request.args.get("device", type=row_number)
    statement = queries.select_traps(
        device_id=device_id,
        known=SENDERS.get(request.args.get("sender", "")),
        code=request.args.get("code", ""),
        words=request.args.get("q", ""),
    )
    page = paginate(session, statement, request.args.get("page", 1, type=row_number))
    try:
        device = device_queries.get_device(session, device_id) if device_id is not None else None
    except DeviceNotFound:
        device = None
    state = queries.find_state(session)
    return render_template(
        "evidence/trap_list.html",
        page=page,
        traps=[present_trap(trap) for trap in page.items],
        codes=[(code, trap_title(code)) for code in queries.list_codes(session)],
        device=device,
        state=state,
        is_silent=state is not None and is_silent(state.seen_at, clock.now()),
        days=settings().trap_days,
        unknown_kept=UNKNOWN_KEPT,
    )
