"""The engine: walks any procedure. It knows no step, role or title, no database and no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from helpdesk.datafiles import Text
from helpdesk.sop.errors import (
    BranchMissing,
    BranchUnknown,
    NeedsMissing,
    OutputsMissing,
    ReturnRefused,
    StepNotOpen,
    StepUnknown,
)
from helpdesk.sop.flow import Move, Standing, flow_of
from helpdesk.sop.schema import END, Branch, External, Output, Procedure, Step


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
    SKIPPED = "skipped"


class Symbol(StrEnum):
    """The symbol of a step on the official form."""

    ACTIVITY = "activity"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class StepPass:
    """One pass through one step; a step that is done again has several. `branch`: how it was decided."""

    step_id: str
    attempt: int = 1
    state: PassState = PassState.CURRENT
    due_at: datetime | None = None
    finished_at: datetime | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class RunState:
    """Where a run stands.

    `outputs`: the codes of what is there and valid (externals too). `passes`: in the order in which they
    opened. `arrived`: the steps that one line has reached and that wait for the lines beside it.
    """

    outputs: frozenset[str] = frozenset()
    passes: tuple[StepPass, ...] = ()
    arrived: frozenset[str] = frozenset()

    def latest_pass(self, step_id: str) -> StepPass | None:
        """Return the newest pass through the step, or None."""
        passes = [one for one in self.passes if one.step_id == step_id]
        return max(passes, key=lambda one: one.attempt, default=None)

    @property
    def standing(self) -> Standing:
        """The open steps, and those that wait for others."""
        is_open = frozenset(one.step_id for one in self.passes if one.state is PassState.CURRENT)
        return Standing(is_open, self.arrived)


@dataclass(frozen=True, slots=True)
class Return:
    """A way back: the step to open again, its attempt, and the outputs that are no longer valid."""

    step: Step
    attempt: int
    invalidated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """What the completion of a step leads to: what opens, what waits, what falls, and whether all is done."""

    opened: tuple[Step, ...]
    arrived: frozenset[str]
    invalidated: tuple[str, ...]
    leads_back: bool
    ends: bool


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
    symbol: Symbol
    branch: Branch | None
    waits_for_others: bool


def get_step(procedure: Procedure, step_id: str) -> Step:
    """Return the step of the procedure with the id."""
    step = procedure.find_step(step_id)
    if step is None:
        raise StepUnknown(number=procedure.number, step=step_id)
    return step


def ordered_steps(procedure: Procedure) -> tuple[Step, ...]:
    """Return the steps in the order of the rows, which is the order of the work."""
    return procedure.steps


def next_steps(procedure: Procedure, step: Step, branch: str | None = None) -> tuple[Step, ...]:
    """Return the steps that follow by the branch; none where it leads to the end."""
    return tuple(get_step(procedure, one) for one in step.targets_of(branch) if one != END)


def leads_back(procedure: Procedure, step: Step, branch: str | None = None) -> bool:
    """Whether the way on is a way back: work that is done again."""
    flow = flow_of(procedure)
    return any(flow.leads_back(step.id, target) for target in step.targets_of(branch))


def assigned_steps(procedure: Procedure, step: Step, branch: str | None = None) -> tuple[Step, ...]:
    """Return the steps that follow and whose holder this step names."""
    return tuple(one for one in next_steps(procedure, step, branch) if one.role in step.assigns)


def open_steps(procedure: Procedure, state: RunState) -> tuple[Step, ...]:
    """Return the steps the run stands at, in the order of the rows."""
    is_open = state.standing.open
    return tuple(step for step in procedure.steps if step.id in is_open)


def is_open(procedure: Procedure, state: RunState, step: Step) -> bool:
    """Whether the step is one of those the run stands at."""
    return step in open_steps(procedure, state)


def is_finished(procedure: Procedure, state: RunState) -> bool:
    """Tell whether a way to the end was taken and nothing is open."""
    if state.standing.open or state.arrived:
        return False
    return any(_has_ended(procedure, one) for one in state.passes)


def _has_ended(procedure: Procedure, one: StepPass) -> bool:
    step = procedure.find_step(one.step_id)
    return one.state is PassState.DONE and step is not None and END in step.targets_of(one.branch)


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
    if not is_open(procedure, state, step):
        raise StepNotOpen(step)
    needs = missing_needs(procedure, step, state.outputs)
    if needs:
        raise NeedsMissing(step, needs)
    outputs = missing_outputs(step, state.outputs)
    if outputs:
        raise OutputsMissing(step, outputs)


def ensure_decided(step: Step, branch: str | None) -> None:
    """Raise unless a decision has one of its answers, and any other step none."""
    if step.decision is None and branch:
        raise BranchUnknown(step, branch=branch)
    if step.decision is not None and not branch:
        raise BranchMissing(step)
    if step.decision is not None and step.decision.find_branch(branch) is None:
        raise BranchUnknown(step, branch=branch)


def complete(procedure: Procedure, step: Step, state: RunState, branch: str | None = None) -> Completion:
    """Return what the completion of the open step leads to; `state` holds what the step yields already."""
    ensure_decided(step, branch)
    ensure_can_complete(procedure, step, state)
    move = flow_of(procedure).move(state.standing, step.id, step.targets_of(branch))
    completion = Completion(
        opened=tuple(get_step(procedure, one) for one in move.opened),
        arrived=move.standing.arrived,
        invalidated=_fallen(procedure, move, state),
        leads_back=bool(move.undone),
        ends=move.ends,
    )
    left = state.outputs - set(completion.invalidated)
    for following in completion.opened:
        ensure_can_start(procedure, following, left)
    return completion


def _fallen(procedure: Procedure, move: Move, state: RunState) -> tuple[str, ...]:
    """What was yielded from the targets of a way back on; what lies beside it stays."""
    return tuple(
        output.code
        for step in procedure.steps
        if step.id in move.undone
        for output in step.yields
        if output.code in state.outputs
    )


def return_to(procedure: Procedure, step: Step, state: RunState) -> Return:
    """Return the way back from the open step; what was yielded from its target on falls."""
    if not is_open(procedure, state, step):
        raise StepNotOpen(step)
    if step.returns_to is None:
        raise ReturnRefused(step)
    target = get_step(procedure, step.returns_to)
    move = flow_of(procedure).move(state.standing, step.id, (target.id,))
    previous = state.latest_pass(target.id)
    attempt = 1 if previous is None else previous.attempt + 1
    return Return(target, attempt, _fallen(procedure, move, state))


def begun(procedure: Procedure, brought: Iterable[str] = ()) -> RunState:
    """Return the state of a run that has just begun, with the externals that are there."""
    return RunState(frozenset(brought), (StepPass(procedure.first_step.id),))


def completed(
    procedure: Procedure, state: RunState, step: Step, branch: str | None = None, yielded: Iterable[str] = ()
) -> RunState:
    """Return the state after the step was completed with what it yields."""
    there = replace(state, outputs=state.outputs | set(yielded))
    outcome = complete(procedure, step, there, branch)
    passes = _closed(state.passes, step, PassState.DONE, branch)
    return RunState(
        there.outputs - set(outcome.invalidated), _with_opened(passes, outcome.opened), outcome.arrived
    )


def returned(procedure: Procedure, state: RunState, step: Step) -> RunState:
    """Return the state after the step gave the work back."""
    way_back = return_to(procedure, step, state)
    passes = _closed(state.passes, step, PassState.RETURNED, None)
    return RunState(
        state.outputs - set(way_back.invalidated), _with_opened(passes, (way_back.step,)), state.arrived
    )


def _closed(
    passes: Sequence[StepPass], step: Step, state: PassState, branch: str | None
) -> tuple[StepPass, ...]:
    return tuple(
        replace(one, state=state, branch=branch)
        if one.step_id == step.id and one.state is PassState.CURRENT
        else one
        for one in passes
    )


def _with_opened(passes: tuple[StepPass, ...], opened: Iterable[Step]) -> tuple[StepPass, ...]:
    for step in opened:
        attempts = [one.attempt for one in passes if one.step_id == step.id]
        passes = (*passes, StepPass(step.id, max(attempts, default=0) + 1))
    return passes


def lane(procedure: Procedure, state: RunState, now: datetime) -> tuple[LanePosition, ...]:
    """Return every step in order, as it stands at the moment."""
    return tuple(_position(procedure, step, state, now) for step in procedure.steps)


def _position(procedure: Procedure, step: Step, state: RunState, now: datetime) -> LanePosition:
    last = state.latest_pass(step.id)
    ended_at = now if last is None or last.finished_at is None else last.finished_at
    due_at = None if last is None else last.due_at
    is_late = due_at is not None and ended_at > due_at
    decided = None if last is None or step.decision is None else step.decision.find_branch(last.branch)
    return LanePosition(
        number=step.number,
        step_id=step.id,
        title=step.title,
        activity=step.activity,
        role=step.role,
        role_title=procedure.role_of(step).title,
        column=procedure.roles.index(procedure.role_of(step)),
        state=_lane_state(procedure, step, state, is_late),
        attempt=1 if last is None else last.attempt,
        is_late=is_late,
        working_minutes=step.working_minutes,
        due_at=due_at,
        finished_at=None if last is None else last.finished_at,
        symbol=Symbol.DECISION if step.is_decision else Symbol.ACTIVITY,
        branch=decided,
        waits_for_others=step.id in state.arrived,
    )


def _lane_state(procedure: Procedure, step: Step, state: RunState, is_late: bool) -> LaneState:
    """A step that comes after an open one and was already passed has to be done again: it is returned."""
    last, ahead = state.latest_pass(step.id), _ahead(procedure, state)
    if last is None:
        if not ahead and not is_finished(procedure, state):
            return LaneState.WAITING
        return LaneState.WAITING if step.id in ahead else LaneState.SKIPPED
    if last.state is PassState.CURRENT:
        return LaneState.LATE if is_late else LaneState.CURRENT
    return LaneState.RETURNED if step.id in ahead else LaneState.DONE


def _ahead(procedure: Procedure, state: RunState) -> frozenset[str]:
    """The steps that what is open can still lead down to; none where nothing is open."""
    flow, standing = flow_of(procedure), state.standing
    after = [flow.below[one] for one in standing.open]
    waiting = [flow.from_on(one) for one in standing.arrived]
    return frozenset().union(*after, *waiting)
