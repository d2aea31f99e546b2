"""The steps of a ticket: drafted, completed, returned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.audit.rules import canonical
from helpdesk.errors import InputInvalid
from helpdesk.events import record
from helpdesk.sop import service as sop_service
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import assigned_steps, ensure_decided, get_step
from helpdesk.sop.schema import ExternalKind, OutputKind, Step
from helpdesk.sop.service import Outcome, Yield
from helpdesk.tickets.deviations.service import record_lacking
from helpdesk.tickets.errors import AssigneeUnfit, SecrecyKept, WorkProgrammeMissing
from helpdesk.tickets.models import Ticket, WorkProgrammeItem
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Sensitivity
from helpdesk.tickets.service.ending import close_ticket
from helpdesk.tickets.service.evidence import gather_evidence
from helpdesk.tickets.service.handing_in import (
    check_against_ticket,
    ensure_accepted,
    ensure_named_alike,
    named_people,
)
from helpdesk.tickets.service.holding import ensure_held_by

EVIDENCE_KINDS = frozenset({OutputKind.EVIDENCE, OutputKind.NETWORK_EVIDENCE})


def save_draft(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    version: int,
    draft: Mapping[str, Any],
    office: Office,
    by: Person,
    now: datetime,
) -> None:
    """Keep the unfinished form of the step, with who left it so and when."""
    ensure_held_by(session, ticket, step_run, version=version, office=office, by=by, now=now)
    step_run.draft, step_run.draft_by_id, step_run.draft_at = dict(draft), by.id, now


def choose_work_programme_item(
    session: Session, ticket: Ticket, item_id: int | None, office: Office, *, now: datetime
) -> None:
    """Tie the ticket to an item of the work programme in force."""
    item = session.get(WorkProgrammeItem, item_id) if item_id else None
    if item is None or not item.is_active or item.year != office.year_of(now):
        raise WorkProgrammeMissing
    ticket.work_programme_item = item
    ticket.work_programme_item_id = item.id


def present_externals(ticket: Ticket, office: Office) -> frozenset[str]:
    """Return the codes of what the procedure needs from outside and the ticket has."""
    procedure = office.procedure_of(ticket.run)
    is_tied = ticket.work_programme_item_id is not None
    # A form that was brought is kept beside the outputs of the run, which the engine counts itself.
    tied = (one for one in procedure.externals if one.kind is ExternalKind.WORK_PROGRAMME_ITEM and is_tied)
    return frozenset(one.code for one in tied)


def complete_step(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    version: int,
    yields: Sequence[Yield],
    office: Office,
    by: Person,
    now: datetime,
    assignee_id: int | None = None,
    assignees: Mapping[str, int] | None = None,
    branch: str | None = None,
) -> tuple[StepRun, ...]:
    """Finish the step with what it yields; return what opens.

    Nothing opens where lines beside this one are not done yet, and at the end, when the ticket is closed.
    `assignees` names a person for each following step by its id; `assignee_id` is the one person for all.
    """
    ensure_held_by(session, ticket, step_run, version=version, office=office, by=by, now=now)
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    ensure_decided(step, branch)
    ensure_accepted(step, yields)
    check_against_ticket(ticket, step, yields)
    named = named_people(procedure, step, branch, assignee_id, assignees)
    ensure_named_alike(yields, named)
    for following in assigned_steps(procedure, step, branch):
        _ensure_fit(session, named.get(following.id), following.role, office, now)
    outcome = sop_service.complete_step(
        session,
        ticket.run,
        procedure,
        office.calendar,
        current=step_run,
        yields=yields,
        externals=present_externals(ticket, office),
        assignees=named,
        by=by,
        now=now,
        branch=branch,
    )
    for one in yields:
        if one.output.kind is OutputKind.DISPOSITION:
            _classify(ticket, one.data.get("sensitivity", ticket.sensitivity), office, step_run.role)
    _record_completed(session, ticket, step, step_run, yields, outcome, by=by, now=now)
    for person_id in dict.fromkeys(named.values()):
        assignee = session.get_one(Person, person_id)
        record_lacking(
            session, ticket, step_run, assignee, office=office, by=by, in_role=step_run.office_of_act, now=now
        )
    if outcome.ends:
        close_ticket(session, ticket, by=by, role=step_run.office_of_act, now=now)
    for opened in outcome.opened:
        announce_step(session, ticket, opened, office, now=now)
    return outcome.opened


def _record_completed(
    session: Session,
    ticket: Ticket,
    step: Step,
    step_run: StepRun,
    yields: Sequence[Yield],
    outcome: Outcome,
    *,
    by: Person,
    now: datetime,
) -> None:
    decided: dict[str, Any] = {}
    if step.is_decision:
        decided = {"branch": step_run.branch, "leads_back": outcome.leads_back}
    record(
        session,
        "step_completed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.office_of_act,
        step_run_id=step_run.id,
        step_number=step.number,
        step_id=step.id,
        used_minutes=step_run.used_minutes,
        allowed_minutes=step_run.allowed_minutes,
        late=now > step_run.due_at,
        outputs=[one.output.code for one in yields],
        outputs_sha256=_digests(yields),
        **decided,
    )


def return_step(
    session: Session,
    ticket: Ticket,
    *,
    step_run: StepRun,
    version: int,
    reason: str,
    yields: Sequence[Yield],
    office: Office,
    by: Person,
    now: datetime,
) -> StepRun:
    """Send the work back with the reason."""
    ensure_held_by(session, ticket, step_run, version=version, office=office, by=by, now=now)
    if not reason.strip():
        raise InputInvalid(field="reason", reason="Say why the work goes back: they work from it.")
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    check_against_ticket(ticket, step, yields)
    opened = sop_service.return_step(
        session,
        ticket.run,
        procedure,
        office.calendar,
        current=step_run,
        reason=reason,
        yields=yields,
        by=by,
        now=now,
    )
    record(
        session,
        "step_returned",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=step_run.office_of_act,
        step_run_id=step_run.id,
        step_number=step.number,
        to_step=opened.step_number,
        reason=reason,
        outputs_sha256=_digests(yields),
    )
    announce_step(session, ticket, opened, office, now=now)
    return opened


def _digests(yields: Sequence[Yield]) -> dict[str, str]:
    """What a step yielded may hold personal data: the record keeps its digest."""
    return {one.output.code: hashlib.sha256(canonical(one.data)).hexdigest() for one in yields}


def announce_step(
    session: Session, ticket: Ticket, opened: StepRun, office: Office, *, now: datetime
) -> None:
    """Record that a step waits; one that yields evidence gets the network's state at once."""
    if opened.assignee_id is not None and opened.assignee_id not in _holder_ids(
        session, opened.role, office, now
    ):
        # Who did the work before has left the office: it waits for whoever holds the office now.
        opened.assignee_id = None
    step = get_step(office.procedure_of(ticket.run), opened.step_id)
    record(
        session,
        "step_opened",
        at=now,
        ticket_id=ticket.id,
        step_run_id=opened.id,
        step_number=opened.step_number,
        step_id=opened.step_id,
        role=opened.role,
        assignee_id=opened.assignee_id,
        due_at=opened.due_at.isoformat(),
    )
    if any(output.kind in EVIDENCE_KINDS for output in step.yields):
        gather_evidence(session, ticket, now=now)


def _ensure_fit(session: Session, assignee_id: int | None, role: str, office: Office, now: datetime) -> None:
    if assignee_id not in _holder_ids(session, role, office, now):
        raise AssigneeUnfit


def _holder_ids(session: Session, role: str, office: Office, now: datetime) -> set[int]:
    return {one.person.id for one in standing.list_officials(session, role, now, office.zone)}


def _classify(ticket: Ticket, sensitivity: str, office: Office, role: str) -> None:
    is_lifted = ticket.sensitivity == Sensitivity.SECRET.value != sensitivity
    if is_lifted and not office.is_head(role):
        raise SecrecyKept
    ticket.sensitivity = sensitivity
