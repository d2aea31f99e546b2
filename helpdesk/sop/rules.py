"""The engine: walks any procedure. It knows no step, role or title, no database and no clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpdesk.datafiles import Text
from helpdesk.sop.errors import NeedsMissing, OutputsMissing, ReturnRefused, StepNotOpen, StepUnknown
from helpdesk.sop.schema import END, External, Output, Procedure, Step


class PassState(StrEnum):
    """How a pass through a step stands."""

    CURRENT = "current"
    DONE = "done"
    RETURNED = "returned"


class LaneState(StrEnum):
    """How a step is drawn on the lane."""

    DONE = "done"
    CURRENT = "current"
    LATE = "late"
    RETURNED = "returned"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class StepPass:
    """One pass through one step; a step that was returned to has several."""

    step_id: str
    attempt: int = 1
    state: PassState = PassState.CURRENT
    due_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunState:
    """Where a run stands: the codes of what is there and valid (externals too), and its passes in order."""

    outputs: frozenset[str] = frozenset()
    passes: tuple[StepPass, ...] = ()

    def latest_pass(self, step_id: str) -> StepPass | None:
        """Return the newest pass through the step, or None."""
        passes = [one for one in self.passes if one.step_id == step_id]
        return max(passes, key=lambda one: one.attempt, default=None)


@dataclass(frozen=True, slots=True)
class Return:
    """A way back: the step to open again, its attempt, and the outputs that are no longer valid."""

    step: Step
    attempt: int
    invalidated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanePosition:
    """One step as the lane shows it."""

    number: int
    step_id: str
    title: Text
    activity: Text
    role: str
    role_title: Text
    column: int
    state: LaneState
    attempt: int
    is_late: bool
    working_minutes: int
    due_at: datetime | None
    finished_at: datetime | None


def get_step(procedure: Procedure, step_id: str) -> Step:
    """Return the step of the procedure with the id."""
    step = procedure.find_step(step_id)
    if step is None:
        raise StepUnknown(number=procedure.number, step=step_id)
    return step


def ordered_steps(procedure: Procedure) -> tuple[Step, ...]:
    """Return the steps from the first to the last, as one leads to the next."""
    steps = [procedure.first_step]
    while (following := next_step(procedure, steps[-1])) is not None:
        steps.append(following)
    return tuple(steps)


def next_step(procedure: Procedure, step: Step) -> Step | None:
    """Return the step that follows, or None after the last."""
    return None if step.next == (END,) else get_step(procedure, step.next[0])


def current_step(procedure: Procedure, state: RunState) -> Step | None:
    """Return the step the run stands at, or None before the start and after the end."""
    open_passes = [one for one in state.passes if one.state is PassState.CURRENT]
    return get_step(procedure, open_passes[-1].step_id) if open_passes else None


def is_finished(procedure: Procedure, state: RunState) -> bool:
    """Tell whether the last step is done and nothing is open."""
    last = state.latest_pass(procedure.last_step.id)
    return last is not None and last.state is PassState.DONE and current_step(procedure, state) is None


def missing_needs(
    procedure: Procedure, step: Step, outputs: Collection[str]
) -> tuple[Output | External, ...]:
    """Return what the step needs and is not there: outputs of other steps, and externals."""
    return tuple(item for item in procedure.items_needed(step) if item.code not in outputs)


def missing_outputs(step: Step, outputs: Collection[str]) -> tuple[Output, ...]:
    """Return what the step has to yield and has not."""
    return tuple(output for output in step.yields if output.code not in outputs)


def ensure_can_start(procedure: Procedure, step: Step, outputs: Collection[str]) -> None:
    """Raise unless what other steps hand over to this one is there.

    Externals are not asked for here: the office that holds the step brings them while it works,
    and `ensure_can_complete` keeps the gate shut until it has.
    """
    missing = missing_needs(procedure, step, outputs)
    handed_over = [item for item in missing if isinstance(item, Output)]
    if handed_over:
        raise NeedsMissing(step, handed_over)


def ensure_can_complete(procedure: Procedure, step: Step, state: RunState) -> None:
    """Raise unless the step is open, has all it needs, and has yielded all it must."""
    if current_step(procedure, state) != step:
        raise StepNotOpen(step)
    needs = missing_needs(procedure, step, state.outputs)
    if needs:
        raise NeedsMissing(step, needs)
    outputs = missing_outputs(step, state.outputs)
    if outputs:
        raise OutputsMissing(step, outputs)


def return_to(procedure: Procedure, step: Step, state: RunState) -> Return:
    """Return the way back from the open step; outputs from its target up to the step itself fall."""
    if current_step(procedure, state) != step:
        raise StepNotOpen(step)
    if step.returns_to is None:
        raise ReturnRefused(step)
    target = get_step(procedure, step.returns_to)
    order = ordered_steps(procedure)
    passed_over = order[order.index(target) : order.index(step) + 1]
    fallen = [output.code for one in passed_over for output in one.yields if output.code in state.outputs]
    previous = state.latest_pass(target.id)
    return Return(target, 1 if previous is None else previous.attempt + 1, tuple(fallen))


def lane(procedure: Procedure, state: RunState, now: datetime) -> tuple[LanePosition, ...]:
    """Return every step in order, as it stands at the moment."""
    order = ordered_steps(procedure)
    here = current_step(procedure, state)
    # Where nothing is open, before the start and after any end, each step stands as it was left.
    reached = len(order) if here is None else order.index(here)
    return tuple(
        _position(procedure, step, state.latest_pass(step.id), index - reached, now)
        for index, step in enumerate(order)
    )


def _position(
    procedure: Procedure, step: Step, last: StepPass | None, distance: int, now: datetime
) -> LanePosition:
    """Draw one step; distance is negative before the current step and positive after it."""
    ended_at = now if last is None or last.finished_at is None else last.finished_at
    due_at = None if last is None else last.due_at
    is_late = due_at is not None and ended_at > due_at
    return LanePosition(
        number=step.number,
        step_id=step.id,
        title=step.title,
        activity=step.activity,
        role=step.role,
        role_title=procedure.role_of(step).title,
        column=procedure.roles.index(procedure.role_of(step)),
        state=_lane_state(last, distance, is_late),
        attempt=1 if last is None else last.attempt,
        is_late=is_late,
        working_minutes=step.working_minutes,
        due_at=due_at,
        finished_at=None if last is None else last.finished_at,
    )


def _lane_state(last: StepPass | None, distance: int, is_late: bool) -> LaneState:
    """A step after the current one that was already passed has to be done again: it is returned."""
    if last is None:
        return LaneState.WAITING
    if distance > 0:
        return LaneState.RETURNED
    if last.state is PassState.CURRENT:
        return LaneState.LATE if is_late else LaneState.CURRENT
    return LaneState.DONE
