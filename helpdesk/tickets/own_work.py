"""Nobody verifies their own work: which steps another step judges, and whose work that was. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from helpdesk.sop.rules import PassState
from helpdesk.sop.schema import END, OutputKind, Procedure, Step

SIGNATURES = frozenset({OutputKind.SIGNED_REPORT, OutputKind.SIGNATURE})
PAPERS = frozenset({OutputKind.REPORT_DRAFT, OutputKind.DOCUMENT})


class _Pass(Protocol):
    @property
    def step_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def finished_by_id(self) -> int | None: ...


def is_signing(step: Step) -> bool:
    """Whether the step puts a name under a paper."""
    return any(output.kind in SIGNATURES for output in step.yields)


def judged_steps(procedure: Procedure, step: Step) -> frozenset[str]:
    """Return the steps whose work the step judges: a verification what it needs, a signature its draft.

    A step that may send work back judges what it was handed since the step it returns to; within one office
    that is a correction, unless the SOP calls it a verification.
    """
    handed = {
        producer.id: producer
        for code in step.needs
        if (producer := procedure.step_yielding(code)) is not None and producer.id != step.id
    }
    if is_signing(step):
        return frozenset(
            one.id for one in handed.values() if any(output.kind in PAPERS for output in one.yields)
        )
    if any(output.kind is OutputKind.VERIFICATION for output in step.yields):
        return frozenset(handed)
    if step.returns_to is None:
        return frozenset()
    since = steps_between(procedure, step.returns_to, step.id)
    judged = [one for one in handed.values() if one.id in since] or [
        one for one in procedure.steps if one.id == step.returns_to
    ]
    return frozenset(one.id for one in judged if one.role != step.role)


def steps_between(procedure: Procedure, first: str, last: str) -> frozenset[str]:
    """Return the steps on a way from the first to the last one, without the last."""
    ahead = {step.id: [one for one in step.targets if one != END] for step in procedure.steps}
    behind: dict[str, list[str]] = {step.id: [] for step in procedure.steps}
    for step_id, targets in ahead.items():
        for target in targets:
            behind[target].append(step_id)
    return frozenset((_reached(ahead, first, last) & _reached(behind, last, "")) - {last})


def _reached(ways: dict[str, list[str]], start: str, stop: str) -> set[str]:
    seen, open_ends = set(), [start]
    while open_ends:
        here = open_ends.pop()
        if here in seen:
            continue
        seen.add(here)
        if here != stop:
            open_ends += ways.get(here, [])
    return seen


def judged_people(procedure: Procedure, step: Step, passes: Iterable[_Pass]) -> frozenset[int]:
    """Return whose work the step judges: who finished the latest pass through each judged step."""
    judged = judged_steps(procedure, step)
    latest: dict[str, _Pass] = {}
    for one in passes:
        is_done = one.state == PassState.DONE and one.step_id in judged
        if is_done and (one.step_id not in latest or latest[one.step_id].attempt < one.attempt):
            latest[one.step_id] = one
    return frozenset(one.finished_by_id for one in latest.values() if one.finished_by_id is not None)
