"""Use cases of a running procedure: it starts, a step is completed or returned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.sop import queries, rules
from helpdesk.sop.clocks.service import end_clock, start_clock
from helpdesk.sop.errors import OutputStrange
from helpdesk.sop.models import ProcedureRun, StepOutput, StepRun
from helpdesk.sop.outputs import check_output
from helpdesk.sop.schema import External, Output, Procedure, Step


@dataclass(frozen=True)
class Yield:
    """What a step yields, or its holder brings: the item of the procedure, and its data."""

    output: Output | External
    data: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a completed step led to."""

    opened: tuple[StepRun, ...]
    leads_back: bool
    ends: bool


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
    current: StepRun,
    yields: Sequence[Yield],
    externals: Collection[str],
    assignees: Mapping[str, int],
    by: Person,
    now: datetime,
    branch: str | None = None,
) -> Outcome:
    """Finish the open step with what it yields and open what follows; `assignees` by the step's id."""
    step = rules.get_step(procedure, current.step_id)
    checked = _checked(step, procedure, yields)
    state = queries.run_state(run, externals)
    wanted = replace(state, outputs=state.outputs | {one.output.code for one in checked})
    completion = rules.complete(procedure, step, wanted, branch)
    # What is brought or yielded anew takes the place of what was there.
    _invalidate(run, [one.output.code for one in checked])
    for one in checked:
        _keep_output(run, current, one, by=by, now=now, is_valid=True)
    _invalidate(run, completion.invalidated)
    current.branch = branch
    _close_step(current, calendar, by=by, now=now, state=rules.PassState.DONE)
    run.arrived = sorted(completion.arrived)
    opened = tuple(
        _open_step(
            run,
            following,
            calendar,
            now=now,
            assignee_id=assignees.get(following.id)
            or queries.find_last_holder_id(run, following.role, following.id),
        )
        for following in completion.opened
    )
    if completion.ends:
        run.finished_at = now
    session.flush()
    return Outcome(opened, completion.leads_back, completion.ends)


def return_step(
    session: Session,
    run: ProcedureRun,
    procedure: Procedure,
    calendar: WorkingCalendar,
    *,
    current: StepRun,
    reason: str,
    yields: Sequence[Yield],
    by: Person,
    now: datetime,
) -> StepRun:
    """Send the work back to the step the procedure names; what was yielded since is kept as invalid."""
    step = rules.get_step(procedure, current.step_id)
    way_back = rules.return_to(procedure, step, queries.run_state(run))
    for one in _checked(step, procedure, yields):
        _keep_output(run, current, one, by=by, now=now, is_valid=False)
    _invalidate(run, way_back.invalidated)
    current.return_reason = reason
    _close_step(current, calendar, by=by, now=now, state=rules.PassState.RETURNED)
    opened = _open_step(
        run,
        way_back.step,
        calendar,
        now=now,
        attempt=way_back.attempt,
        assignee_id=queries.find_last_holder_id(run, way_back.step.role, way_back.step.id),
    )
    session.flush()
    return opened


def _checked(step: Step, procedure: Procedure, yields: Sequence[Yield]) -> list[Yield]:
    """Return what the step hands in, each as its definition asks for it; what the step has not is refused."""
    own: dict[str, Output | External] = {item.code: item for item in step.yields}
    own |= {item.code: item for item in procedure.items_needed(step) if isinstance(item, External)}
    codes = [one.output.code for one in yields]
    strange = next((one.output for one in yields if own.get(one.output.code) != one.output), None)
    if strange is not None or len(set(codes)) != len(codes):
        raise OutputStrange(step, output=(strange or yields[0].output).code)
    return [Yield(one.output, check_output(one.output, one.data)) for one in yields]


def _invalidate(run: ProcedureRun, codes: Collection[str]) -> None:
    for output in run.outputs:
        if output.is_valid and output.code in codes:
            output.is_valid = False


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
        escalates_to=step.escalation.to if step.escalation else None,
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
