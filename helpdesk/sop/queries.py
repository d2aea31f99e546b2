"""Reading runs: their state for the engine, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.sop.models import ProcedureRun, StepOutput, StepRun
from helpdesk.sop.rules import PassState, RunState, StepPass


def run_state(run: ProcedureRun, externals: Collection[str] = ()) -> RunState:
    """Return the run as the engine sees it; externals are the codes of what was brought from outside."""
    return RunState(
        outputs=frozenset(output.code for output in run.outputs if output.is_valid) | frozenset(externals),
        passes=tuple(
            StepPass(step.step_id, step.attempt, PassState(step.state), step.due_at, step.finished_at)
            for step in run.steps
        ),
    )


def find_current(run: ProcedureRun) -> StepRun | None:
    """Return the pass that is open, or None after the end."""
    return next((step for step in reversed(run.steps) if step.state == PassState.CURRENT), None)


def find_output(run: ProcedureRun, *, kind: str) -> StepOutput | None:
    """Return the latest valid output of a kind, or None."""
    return next((one for one in reversed(run.outputs) if one.kind == kind and one.is_valid), None)


def output_data(run: ProcedureRun, *, kind: str) -> dict[str, Any]:
    """Return the data of the latest valid output of a kind; empty where there is none."""
    found = find_output(run, kind=kind)
    return found.data if found else {}


def find_last_holder_id(run: ProcedureRun, role: str) -> int | None:
    """Return who last finished a step of the role in this run."""
    return next((step.finished_by_id for step in reversed(run.steps) if step.role == role), None)


def list_current_steps(session: Session, roles: Collection[str]) -> Sequence[StepRun]:
    """Return the open passes of the roles, the most pressing first."""
    return session.scalars(
        select(StepRun)
        .where(StepRun.state == PassState.CURRENT, StepRun.role.in_(roles))
        .order_by(StepRun.due_at, StepRun.id)
    ).all()
