"""Where the work of a procedure can go: which steps are open, wait for others, are done again. Pure.

Rows stand in the order of the work. An arrow down the table is the work going on; an arrow to the same row
or up is work done again. So what lies below a step, by arrows down, is what comes after it, on any way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from helpdesk.sop.schema import END, Procedure


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands: the open steps, and those reached that still wait for lines beside them."""

    open: frozenset[str] = frozenset()
    arrived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """What one act leads to: the standing after it, the steps that open, those whose outputs fall."""

    standing: Standing
    opened: tuple[str, ...]
    undone: frozenset[str]

    @property
    def ends(self) -> bool:
        """Whether the procedure is over."""
        return not self.standing.open and not self.standing.arrived


@dataclass(frozen=True)
class Flow:
    """The arrows of one procedure, made once for many questions."""

    rows: dict[str, int]
    below: dict[str, frozenset[str]]

    def leads_back(self, step_id: str, target: str) -> bool:
        """Whether the arrow goes to the same row or up: the work is done again."""
        return self.rows[target] <= self.rows[step_id]

    def from_on(self, step_id: str) -> frozenset[str]:
        """Return the step and all that comes after it."""
        return self.below[step_id] | {step_id}

    def in_order(self, step_ids: Iterable[str]) -> list[str]:
        """Return the steps in the order of the rows."""
        return sorted(step_ids, key=self.rows.__getitem__)

    def move(self, standing: Standing, step_id: str, targets: Collection[str]) -> Move:
        """Leave the step for its targets; a step opens once nothing open can still lead down to it."""
        is_open = set(standing.open - {step_id})
        waiting = standing.arrived | set(targets)
        opened: list[str] = []
        for target in self.in_order(waiting):
            others = is_open | (waiting - {target} - set(opened))
            if target in is_open or any(target in self.below[other] for other in others):
                continue
            opened.append(target)
            if target != END:
                is_open.add(target)
        after = Standing(frozenset(is_open), frozenset(waiting - set(opened)))
        undone = {
            one for target in targets if self.leads_back(step_id, target) for one in self.from_on(target)
        }
        return Move(after, tuple(one for one in opened if one != END), frozenset(undone - {END}))

    def begin(self, step_id: str) -> Standing:
        """Return the standing at the first step."""
        return Standing(frozenset({step_id}))


@lru_cache(maxsize=256)
def _flow_of(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Flow:
    numbers = {step_id: row for row, (step_id, _) in enumerate(rows)}
    numbers[END] = len(rows)
    below: dict[str, frozenset[str]] = {END: frozenset()}
    for step_id, targets in reversed(rows):
        down = [one for one in targets if numbers.get(one, -1) > numbers[step_id]]
        below[step_id] = frozenset(down).union(*(below[one] for one in down))
    return Flow(numbers, below)


def flow_of(procedure: Procedure) -> Flow:
    """Return the arrows of the procedure."""
    return _flow_of(tuple((step.id, step.targets) for step in procedure.steps))
