"""Use cases of a running procedure: it starts, a step is completed or returned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.sop import queries, rules
from helpdesk.sop.clocks.service import end_clock, start_clock
from helpdesk.sop.models import ProcedureRun, StepOutput, StepRun
from helpdesk.sop.schema import Output, Procedure, Step


@dataclass(frozen=True)
class Yield:
    """What a step yields: the output of the procedure, and its data."""

    output: Output
    data: dict[str, Any]


def start_run(
    session: Session, procedure: Procedure, calendar: WorkingCalendar, *, now: datetime
) -> ProcedureRun:
    """Start the procedure: its first step waits for whoever holds the role."""
    run = ProcedureRun(procedure_number=procedure.number, procedure_version=procedure.version, started_at=now)
    session.add(run)
    _open_step(run, procedure.first_step, calendar, now=now)
    session.flush()
    return run


def complete_step(
    session: Session,
    run: ProcedureRun,
    procedure: Procedure,
    calendar: WorkingCalendar,
    *,
    step: Step,
    yields: Sequence[Yield],
    externals: Collection[str],
    assignee_id: int | None,
    by: Person,
    now: datetime,
) -> StepRun | None:
    """Finish the open step with what it yields and open the next; None means the procedure is finished."""
    state = queries.run_state(run, externals)
    wanted = rules.RunState(state.outputs | {one.output.code for one in yields}, state.passes)
    rules.ensure_can_complete(procedure, step, wanted)
    current = _current(run)
    for one in yields:
        _keep_output(run, current, one, by=by, now=now, is_valid=True)
    _close_step(current, calendar, by=by, now=now, state=rules.PassState.DONE)
    following = rules.next_step(procedure, step)
    if following is None:
        run.finished_at = now
        session.flush()
        return None
    rules.ensure_can_start(procedure, following, wanted.outputs)
    holder = assignee_id if following.role in step.assigns else None
    opened = _open_step(
        run,
        following,
        calendar,
        now=now,
        assignee_id=holder or queries.find_last_holder_id(run, following.role),
    )
    session.flush()
    return opened


def return_step(
    session: Session,
    run: ProcedureRun,
    procedure: Procedure,
    calendar: WorkingCalendar,
    *,
    step: Step,
    reason: str,
    yields: Sequence[Yield],
    by: Person,
    now: datetime,
) -> StepRun:
    """Send the work back to the step the procedure names; what was yielded since is kept as invalid."""
    way_back = rules.return_to(procedure, step, queries.run_state(run))
    current = _current(run)
    for one in yields:
        _keep_output(run, current, one, by=by, now=now, is_valid=False)
    for output in run.outputs:
        if output.code in way_back.invalidated:
            output.is_valid = False
    current.return_reason = reason
    _close_step(current, calendar, by=by, now=now, state=rules.PassState.RETURNED)
    opened = _open_step(
        run,
        way_back.step,
        calendar,
        now=now,
        attempt=way_back.attempt,
        assignee_id=queries.find_last_holder_id(run, way_back.step.role),
    )
    session.flush()
    return opened


def _current(run: ProcedureRun) -> StepRun:
    current = queries.find_current(run)
    assert current is not None  # the engine has just said that the step is open
    return current


def _open_step(
    run: ProcedureRun,
    step: Step,
    calendar: WorkingCalendar,
    *,
    now: datetime,
    attempt: int | None = None,
    assignee_id: int | None = None,
) -> StepRun:
    passes = [one.attempt for one in run.steps if one.step_id == step.id]
    opened = StepRun(
        step_number=step.number,
        step_id=step.id,
        # A step may be passed again because an earlier one was returned to.
        attempt=max([*passes, (attempt or 1) - 1]) + 1 if passes else 1,
        role=step.role,
        assignee_id=assignee_id,
        state=rules.PassState.CURRENT.value,
        opened_at=now,
        allowed_minutes=step.working_minutes,
    )
    start_clock(opened, calendar, now=now)
    run.steps.append(opened)
    return opened


def _close_step(
    current: StepRun, calendar: WorkingCalendar, *, by: Person, now: datetime, state: rules.PassState
) -> None:
    current.state = state.value
    current.finished_at = now
    current.finished_by_id = by.id
    end_clock(current, calendar, is_returned=state is rules.PassState.RETURNED, by=by, now=now)
    current.draft = None


def _keep_output(
    run: ProcedureRun, current: StepRun, one: Yield, *, by: Person, now: datetime, is_valid: bool
) -> None:
    run.outputs.append(
        StepOutput(
            step_run_id=current.id,
            code=one.output.code,
            kind=one.output.kind.value,
            data=one.data,
            is_valid=is_valid,
            created_at=now,
            created_by_id=by.id,
        )
    )
