"""Reading runs: their state for the engine, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.sop.models import ProcedureRun, StepOutput, StepRun
from helpdesk.sop.rules import PassState, RunState, StepPass

# A pass of a cancelled ticket is none of these: the engine does not see it.
PASS_STATES = frozenset(PassState)


def run_state(run: ProcedureRun, externals: Collection[str] = ()) -> RunState:
    """Return the run as the engine sees it; externals are the codes of what was brought from outside."""
    return RunState(
        outputs=frozenset(output.code for output in run.outputs if output.is_valid) | frozenset(externals),
        passes=tuple(
            StepPass(
                step.step_id,
                step.attempt,
                PassState(step.state),
                step.due_at,
                step.finished_at,
                step.branch,
            )
            for step in run.steps
            if step.state in PASS_STATES
        ),
        arrived=frozenset(run.arrived),
    )


def list_current(run: ProcedureRun) -> list[StepRun]:
    """Return the passes that are open, in the order of the rows; none after the end."""
    current = [step for step in run.steps if step.state == PassState.CURRENT]
    return sorted(current, key=lambda step: (step.step_number, step.id))


def find_current(
    run: ProcedureRun, *, step_run_id: int | None = None, roles: Collection[str] | None = None
) -> StepRun | None:
    """Return the open pass: the one with the id, else the first of the roles, else the first; or None."""
    current = list_current(run)
    if step_run_id is not None:
        return next((step for step in current if step.id == step_run_id), None)
    if roles is not None:
        return next((step for step in current if step.role in roles), None)
    return next(iter(current), None)


def find_pass(run: ProcedureRun, step_id: str) -> StepRun | None:
    """Return the newest pass through the step, or None."""
    return next((step for step in reversed(run.steps) if step.step_id == step_id), None)


def read_again(session: Session, run: ProcedureRun) -> None:
    """Lock the run until the transaction ends, and read it as it is by now.

    Steps side by side are completed by several people at once: without the lock each would see the other's
    still open, and what follows both would open for nobody.
    """
    session.flush()
    fresh = {"populate_existing": True}
    session.execute(
        select(ProcedureRun).where(ProcedureRun.id == run.id).with_for_update(), execution_options=fresh
    ).unique().all()
    session.scalars(select(StepRun).where(StepRun.run_id == run.id), execution_options=fresh).all()
    session.expire(run, ["steps", "outputs"])


def find_output(run: ProcedureRun, *, kind: str) -> StepOutput | None:
    """Return the latest valid output of a kind, or None."""
    return next((one for one in reversed(run.outputs) if one.kind == kind and one.is_valid), None)


def find_output_by_code(run: ProcedureRun, code: str) -> StepOutput | None:
    """Return the latest valid output with the code, or None."""
    return next((one for one in reversed(run.outputs) if one.code == code and one.is_valid), None)


def output_data(run: ProcedureRun, *, kind: str) -> dict[str, Any]:
    """Return the data of the latest valid output of a kind; empty where there is none."""
    found = find_output(run, kind=kind)
    return found.data if found else {}


def find_last_holder_id(run: ProcedureRun, role: str, step_id: str = "") -> int | None:
    """Return who last finished the step in this run, else who last finished any step of the role."""
    finished = [step for step in reversed(run.steps) if step.finished_by_id and not step.taken_over_as]
    same_step = (step.finished_by_id for step in finished if step.step_id == step_id)
    same_role = (step.finished_by_id for step in finished if step.role == role)
    return next(same_step, None) or next(same_role, None)


def list_current_steps(session: Session, roles: Collection[str]) -> Sequence[StepRun]:
    """Return the open passes of the roles, the most pressing first."""
    return session.scalars(
        select(StepRun)
        .where(StepRun.state == PassState.CURRENT, StepRun.role.in_(roles))
        .order_by(StepRun.due_at, StepRun.id)
    ).all()
