"""The flow of a procedure as the form draws it: which arrow leads from where to where, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.datafiles import Text
from helpdesk.sop.schema import END, Procedure, Step

# Places of the flow that are no step.
START = "start"


class EdgeKind(StrEnum):
    """Why an arrow is there."""

    NEXT = "next"
    BRANCH = "branch"
    RETURN = "return"
    CONNECTOR = "connector"


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow: from a step (or the start) to a step (or the end, or another procedure)."""

    source: str
    target: str
    kind: EdgeKind
    branch: str = ""
    label: Text | None = None


def is_decision(step: Step) -> bool:
    """Whether the step is drawn as a diamond."""
    return step.is_decision


def begins(procedure: Procedure, step: Step) -> bool:
    """Whether the procedure begins with the step."""
    return step.id == procedure.first_step.id


def only_ends(step: Step) -> bool:
    """Whether the step leads to the end and nowhere else: then its own symbol is the capsule."""
    return not step.is_decision and step.targets == (END,)


def has_own_start(procedure: Procedure, step: Step) -> bool:
    """Whether a capsule stands before the step: the first one, where it cannot be the capsule itself."""
    return begins(procedure, step) and step.is_decision


def has_own_end(step: Step) -> bool:
    """Whether a capsule stands behind the step, which also leads elsewhere."""
    return END in step.targets and not only_ends(step)


def end_of(step: Step) -> str:
    """Return the name of the capsule behind a step."""
    return f"{END}:{step.id}"


def connector_of(step: Step) -> str:
    """Return the name of the pentagon behind a step."""
    return f"connector:{step.id}"


def edges_of(procedure: Procedure) -> tuple[Edge, ...]:
    """Return every arrow of the form, in the order of the rows."""
    edges: list[Edge] = []
    for step in procedure.steps:
        if has_own_start(procedure, step):
            edges.append(Edge(START, step.id, EdgeKind.NEXT))
        edges += _ways_on(step)
        if step.connector is not None:
            edges.append(Edge(step.id, connector_of(step), EdgeKind.CONNECTOR))
        if step.returns_to is not None:
            edges.append(Edge(step.id, step.returns_to, EdgeKind.RETURN))
    return tuple(edges)


def _ways_on(step: Step) -> list[Edge]:
    if only_ends(step):
        return []
    edges = []
    for branch, targets in step.ways:
        for target in targets:
            place = end_of(step) if target == END else target
            if branch is None:
                edges.append(Edge(step.id, place, EdgeKind.NEXT))
            else:
                edges.append(Edge(step.id, place, EdgeKind.BRANCH, branch.code, branch.title))
    return edges
