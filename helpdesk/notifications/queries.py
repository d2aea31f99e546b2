"""Reading what the reminders look at."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from helpdesk.sop.models import ProcedureRun, StepRun
from helpdesk.sop.rules import PassState
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import TicketStatus


def list_running_steps(session: Session) -> Sequence[tuple[Ticket, StepRun]]:
    """Return the open steps of open tickets whose clock is not paused."""
    rows = session.execute(
        select(Ticket, StepRun)
        .join(StepRun, StepRun.run_id == Ticket.run_id)
        .where(
            Ticket.status == TicketStatus.OPEN.value,
            StepRun.state == PassState.CURRENT,
            StepRun.paused_at.is_(None),
        )
        .options(joinedload(Ticket.run), selectinload(StepRun.clock_entries))
        .order_by(StepRun.id)
    ).all()
    return [(ticket, step_run) for ticket, step_run in rows]


def find_running_step(session: Session, step_run_id: int) -> tuple[Ticket, StepRun] | None:
    """Return the step, locked, if it still runs: whoever finishes it waits for us, or we for them."""
    step_run = session.scalar(
        select(StepRun)
        .where(StepRun.id == step_run_id, StepRun.state == PassState.CURRENT, StepRun.paused_at.is_(None))
        .with_for_update()
    )
    if step_run is None:
        return None
    ticket = session.scalar(
        select(Ticket)
        .join(ProcedureRun, ProcedureRun.id == Ticket.run_id)
        .where(ProcedureRun.id == step_run.run_id, Ticket.status == TicketStatus.OPEN.value)
    )
    return None if ticket is None else (ticket, step_run)
