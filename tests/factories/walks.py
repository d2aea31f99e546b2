"""Procedures that are sound by the way they are made, with lines, loops, decisions and returns; and walks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from helpdesk.sop.rules import PassState, RunState, completed, open_steps, returned
from helpdesk.sop.schema import END, Procedure, Step
from tests.factories.flows import both, procedure_of

# Sets where an open end leads, once what follows is known.
Ending = Callable[[str], None]


class _Maker:
    """Writes row after row; every part begins with one step and leaves open ends for what follows."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.rows: list[dict[str, Any]] = []

    def step(self, there: frozenset[str]) -> tuple[dict[str, Any], frozenset[str]]:
        """Add a step that needs some of what is there."""
        number = len(self.rows) + 1
        needs = self.draw(st.sets(st.sampled_from(sorted(there)), max_size=3))
        row: dict[str, Any] = {
            "office": self.draw(st.integers(0, 2)),
            "id": f"step-{number}",
            "needs": ["plan", *sorted(needs)],
            "yields": [{"code": f"result_{number}", "kind": "coordination", "title": both("hasil")}],
        }
        self.rows.append(row)
        return row, there | {f"result_{number}"}

    def sequence(
        self, there: frozenset[str], depth: int, *, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        """Add some parts one after the other; a step may return to the beginning of one before it."""
        first, ends, passed = "", [], []
        for _ in range(self.draw(st.integers(1, 3))):
            entry, following, there = self.part(there, depth, in_line=in_line)
            for end in ends:
                end(entry)
            row = next(one for one in self.rows if one["id"] == entry)
            if passed and self.draw(st.integers(0, 2)) == 0:
                row["returns_to"] = self.draw(st.sampled_from(passed))
            first, ends = first or entry, following
            passed.append(entry)
        return first, ends, there

    def part(
        self, there: frozenset[str], depth: int, *, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        """Add one part of a kind that is drawn."""
        kinds = ["plain"] if depth == 0 else ["plain", "decision", "loop", "lines"]
        if depth and not in_line:
            kinds.append("stop")
        make = {
            "plain": self.plain,
            "decision": self.decision,
            "loop": self.loop,
            "lines": self.lines,
            "stop": self.stop,
        }[self.draw(st.sampled_from(kinds))]
        return make(there, depth, in_line)

    def plain(
        self, there: frozenset[str], depth: int, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        row, there = self.step(there)
        return row["id"], [_into(row)], there

    def decision(
        self, there: frozenset[str], depth: int, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        row, there = self.step(there)
        entry, ends, on_yes = self.sequence(there, depth - 1, in_line=in_line)
        yes, no = _branch("yes", entry), _branch("no")
        row["decision"] = {"question": both("Benar?"), "branches": [yes, no]}
        if self.draw(st.booleans()):
            other, other_ends, on_no = self.sequence(there, depth - 1, in_line=in_line)
            no["next"] = other
            return row["id"], [*ends, *other_ends], on_yes & on_no
        return row["id"], [*ends, _into(no)], there

    def loop(
        self, there: frozenset[str], depth: int, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        entry, ends, there = self.sequence(there, depth - 1, in_line=in_line)
        row, there = self.step(there)
        for end in ends:
            end(row["id"])
        enough = _branch("enough")
        row["decision"] = {"question": both("Cukup?"), "branches": [_branch("again", entry), enough]}
        return entry, [_into(enough)], there

    def lines(
        self, there: frozenset[str], depth: int, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        row, there = self.step(there)
        entries, ends, gathered = [], [], there
        for _ in range(self.draw(st.integers(2, 3))):
            entry, line_ends, line_there = self.sequence(there, depth - 1, in_line=True)
            entries.append(entry)
            ends += line_ends
            gathered |= line_there
        row["next"] = entries
        return row["id"], ends, gathered

    def stop(
        self, there: frozenset[str], depth: int, in_line: bool
    ) -> tuple[str, list[Ending], frozenset[str]]:
        row, there = self.step(there)
        on = _branch("on")
        row["decision"] = {"question": both("Perlu?"), "branches": [_branch("stop", END), on]}
        return row["id"], [_into(on)], there


def _branch(code: str, target: str = "") -> dict[str, Any]:
    return {"code": code, "title": both(code), "next": target}


def _into(holder: dict[str, Any]) -> Ending:
    return lambda target: holder.update(next=target)


@st.composite
def sound_procedures(draw: st.DrawFn, *, depth: int = 2) -> Procedure:
    """Draw a procedure in which nothing can go wrong, made of parts within parts."""
    maker = _Maker(draw)
    _, ends, there = maker.sequence(frozenset({"plan"}), depth, in_line=False)
    last, _ = maker.step(there)
    for end in ends:
        end(last["id"])
    last["next"] = END
    for row in maker.rows:
        row["needs"] = list(dict.fromkeys(row["needs"]))
    return procedure_of(maker.rows, 3)


def acts_at(procedure: Procedure, state: RunState) -> list[tuple[Step, str | None, bool]]:
    """Return all that can be done now: a step in one of its ways, or its return."""
    acts: list[tuple[Step, str | None, bool]] = []
    for step in open_steps(procedure, state):
        acts += [(step, branch.code if branch else None, False) for branch, _ in step.ways]
        if step.returns_to is not None:
            acts.append((step, None, True))
    return acts


def after(procedure: Procedure, state: RunState, act: tuple[Step, str | None, bool]) -> RunState:
    """Return the state after the act; a step yields all it has to."""
    step, branch, is_return = act
    if is_return:
        return returned(procedure, state, step)
    return completed(procedure, state, step, branch, [output.code for output in step.yields])


def open_passes(state: RunState) -> list[str]:
    """Return the ids of the passes that are open, each as often as it is."""
    return [one.step_id for one in state.passes if one.state is PassState.CURRENT]
