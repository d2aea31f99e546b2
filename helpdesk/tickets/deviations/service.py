"""Use cases of deviations: why something was not as the SOP says, and that an assignee lacks something."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts import qualifications
from helpdesk.accounts.models import Person
from helpdesk.errors import Forbidden, InputInvalid, NotFound
from helpdesk.events import record
from helpdesk.sop.models import StepRun
from helpdesk.tickets.deviations.models import DeviationReason
from helpdesk.tickets.deviations.rules import EXPLAINED_BY_HAND, DeviationKind
from helpdesk.tickets.holders import open_step, viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import may_act

LETTERS = 2000


def give_reason(
    session: Session,
    ticket: Ticket,
    step_run: StepRun,
    kind: DeviationKind,
    reason: str,
    *,
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Write down why a step deviated: by who did it, or by who does it now."""
    reason = reason.strip()
    if kind not in EXPLAINED_BY_HAND:
        raise NotFound
    if not reason or len(reason) > LETTERS:
        raise InputInvalid(field="reason", reason="Give the reason in at most 2000 characters.")
    if not may_explain(session, ticket, step_run, office=office, by=by, now=now):
        raise Forbidden
    session.add(
        DeviationReason(
            ticket_id=ticket.id,
            step_run_id=step_run.id,
            kind=kind.value,
            reason=reason,
            written_at=now,
            written_by_id=by.id,
        )
    )
    record(
        session,
        "deviation_explained",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.office_of_act,
        step_run_id=step_run.id,
        step_number=step_run.step_number,
        deviation=kind.value,
    )


def may_explain(
    session: Session, ticket: Ticket, step_run: StepRun, *, office: Office, by: Person, now: datetime
) -> bool:
    """Whether the person may say why: they did the step, or it is in their hands now."""
    if step_run.run_id != ticket.run_id:
        return False
    if step_run.finished_at is not None:
        return step_run.finished_by_id == by.id
    step = open_step(session, ticket, step_run, office, now)
    return may_act(step, viewer_of_person(session, by, office, now))


def record_lacking(
    session: Session,
    ticket: Ticket,
    step_run: StepRun,
    assignee: Person,
    *,
    office: Office,
    by: Person,
    in_role: str,
    now: datetime,
) -> None:
    """Record that somebody was given a step without a qualification that the SOP asks for."""
    wanted = [one.code for one in office.procedure_of(ticket.run).qualifications]
    codes = qualifications.lacking_of(session, assignee, wanted, office.day_of(now))
    if codes:
        record(
            session,
            "assignee_unqualified",
            at=now,
            ticket_id=ticket.id,
            by=by,
            in_role=in_role,
            step_run_id=step_run.id,
            step_number=step_run.step_number,
            assignee_id=assignee.id,
            assignee=assignee.name,
            codes=list(codes),
        )
