"""Reading deviations: one list for the ticket's page and for its report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.events import Event
from helpdesk.sop.clocks.queries import clock_of
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import PassState, get_step
from helpdesk.tickets import queries
from helpdesk.tickets.deviations.models import DeviationReason
from helpdesk.tickets.deviations.rules import (
    Act,
    Deviation,
    PassTaken,
    PauseTaken,
    Reasons,
    find_deviations,
)
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.own_work import is_signing, judged_people

CANCELLED = "cancelled"


@dataclass(frozen=True)
class Signing:
    """A signature that is just being put: its step counts as done by the person at the moment."""

    step_run: StepRun
    by: Person
    at: datetime


def list_deviations(
    session: Session, ticket: Ticket, office: Office, *, now: datetime, signing: Signing | None = None
) -> tuple[Deviation, ...]:
    """Return what was not as the SOP says, in the order in which it happened."""
    acts = [_act_of(event) for event in queries.list_events(session, ticket.id)]
    if signing is not None:
        acts.append(_act_of_signing(session, signing))
    passes = [
        _pass_of(ticket, step_run, office, now, signing)
        for step_run in ticket.run.steps
        if step_run.state != CANCELLED
    ]
    return find_deviations(passes, acts, _reasons_of(session, ticket))


def _pass_of(
    ticket: Ticket, step_run: StepRun, office: Office, now: datetime, signing: Signing | None
) -> PassTaken:
    clock = clock_of(step_run, office.calendar, now)
    official, finished_at = step_run.finished_by, step_run.finished_at
    if signing is not None and signing.step_run.id == step_run.id:
        official, finished_at = signing.by, signing.at
    at_work = official or step_run.assignee
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    drafted_by = judged_people(procedure, step, ticket.run.steps) if is_signing(step) else frozenset()
    return PassTaken(
        step_run_id=step_run.id,
        step_number=step_run.step_number,
        attempt=step_run.attempt,
        used=clock.used_minutes,
        allowed=step_run.allowed_minutes,
        is_late=clock.is_late,
        finished_at=finished_at,
        finished_by_id=official.id if official else None,
        official=at_work.name if at_work else "",
        return_reason=(step_run.return_reason or "") if step_run.state == PassState.RETURNED else "",
        pauses=tuple(
            PauseTaken(
                pause.starts_at,
                int(pause.worked.total_seconds() // 60),
                pause.waiting_for.value,
                pause.reason,
            )
            for pause in clock.pauses
        ),
        drafted_by=drafted_by,
    )


def _act_of(event: Event) -> Act:
    return Act(
        kind=event.kind,
        at=event.at,
        actor=event.actor_name,
        step_run_id=event.data.get("step_run_id"),
        step_number=event.data.get("step_number"),
        acting=event.acting,
        data=event.data,
    )


def _act_of_signing(session: Session, signing: Signing) -> Act:
    step_run = signing.step_run
    held = standing.title_of(session, signing.by.id, step_run.taken_over_as or step_run.role, signing.at)
    return Act(
        kind="step_completed",
        at=signing.at,
        actor=signing.by.name,
        step_run_id=step_run.id,
        step_number=step_run.step_number,
        acting=held.to_dict(),
        data={},
    )


def _reasons_of(session: Session, ticket: Ticket) -> Reasons:
    rows = session.scalars(
        select(DeviationReason).where(DeviationReason.ticket_id == ticket.id).order_by(DeviationReason.id)
    )
    return {(row.step_run_id, row.kind): row.reason for row in rows}
