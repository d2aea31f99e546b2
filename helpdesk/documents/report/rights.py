"""Who may write the report and who may remark on it: whoever may do the open step that it belongs to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.documents.report.errors import NotTheAuthor, NotTheReviewer
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import PassState, get_step
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.holders import open_step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import TicketStatus, Viewer, may_act


def find_open_step(ticket: Ticket, office: Office, kind: OutputKind) -> StepRun | None:
    """Return the open pass through the step that yields the kind, or None."""
    if ticket.status != TicketStatus.OPEN.value:
        return None
    procedure = office.procedure_of(ticket.run)
    return next(
        (
            one
            for one in ticket.run.steps
            if one.state == PassState.CURRENT.value
            and any(output.kind is kind for output in get_step(procedure, one.step_id).yields)
        ),
        None,
    )


def find_step_of(
    session: Session, ticket: Ticket, viewer: Viewer, office: Office, kind: OutputKind, now: datetime
) -> StepRun | None:
    """Return the open pass that yields the kind, if the person may do it now."""
    found = find_open_step(ticket, office, kind)
    if found is None or not may_act(open_step(session, ticket, found, office, now), viewer):
        return None
    return found


def ensure_may_write(
    session: Session, ticket: Ticket, viewer: Viewer, office: Office, now: datetime
) -> StepRun:
    """Return the pass the person writes the report in, or raise NotTheAuthor."""
    found = find_step_of(session, ticket, viewer, office, OutputKind.REPORT_DRAFT, now)
    if found is None:
        raise NotTheAuthor
    return found


def ensure_may_remark(
    session: Session, ticket: Ticket, viewer: Viewer, office: Office, now: datetime
) -> StepRun:
    """Return the pass the person remarks in: drafting or signing; or raise NotTheReviewer."""
    for kind in (OutputKind.SIGNED_REPORT, OutputKind.REPORT_DRAFT):
        found = find_step_of(session, ticket, viewer, office, kind, now)
        if found is not None:
            return found
    raise NotTheReviewer
