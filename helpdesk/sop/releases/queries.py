"""How many tickets run under which version."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.sop.models import ProcedureRun, StepRun
from helpdesk.sop.rules import PassState


@dataclass(frozen=True, slots=True)
class VersionUse:
    """The tickets of one version: those still under way, and all there ever were."""

    running: int = 0
    total: int = 0


def count_uses(session: Session, number: str) -> dict[int, VersionUse]:
    """Return for each version of the procedure how many tickets run, and ran, under it."""
    is_open = (
        select(StepRun.id)
        .where(StepRun.run_id == ProcedureRun.id, StepRun.state == PassState.CURRENT.value)
        .exists()
    )
    version = ProcedureRun.procedure_version
    chosen = select(version, func.count()).where(ProcedureRun.procedure_number == number).group_by(version)
    running = {row[0]: row[1] for row in session.execute(chosen.where(is_open))}
    return {row[0]: VersionUse(running.get(row[0], 0), row[1]) for row in session.execute(chosen)}
