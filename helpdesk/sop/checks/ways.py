"""Every way through a procedure: rows are reached, lines meet again, needs are there, it ends. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from helpdesk.datafiles import Location, Text
from helpdesk.sop.checks.finding import Finding
from helpdesk.sop.checks.lines import check_lines
from helpdesk.sop.flow import Flow, Standing, flow_of
from helpdesk.sop.schema import END, Output, Procedure, Step

# A procedure of the official form has some tens of ways; beyond this nobody could read its drawing.
MOST_SITUATIONS = 40_000


def check_ways(procedure: Procedure) -> list[Finding]:
    """Find what could stop a run on some way through the procedure."""
    findings = [*_reaching(procedure), *_ending(procedure), *_returns(procedure), *_assignments(procedure)]
    findings += check_lines(procedure)
    if findings:
        # Needs may be missing only because a way is wrong: those are told once the ways are right.
        return [*findings, *_never_yielded(procedure)]
    return _Walk(procedure).findings()


def _reaching(procedure: Procedure) -> Iterator[Finding]:
    reached = _closure(procedure, [procedure.first_step.id])
    for index, step in enumerate(procedure.steps):
        if step.id not in reached:
            reason = Text(id="tidak tercapai dari langkah awal", en="cannot be reached from the first step")
            yield Finding(("steps", index), step, reason)


def _closure(procedure: Procedure, start: Iterable[str]) -> set[str]:
    reached, ahead = set(), list(start)
    while ahead:
        here = ahead.pop()
        step = procedure.find_step(here)
        if here not in reached and step is not None:
            ahead += step.targets
        reached.add(here)
    return reached


def _ending(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        if END not in _closure(procedure, [step.id]):
            reason = Text(
                id="tidak ada jalan dari sini ke akhir: langkah-langkahnya berputar tanpa jalan keluar",
                en="no way leads from here to the end: the steps go round without a way out",
            )
            yield Finding(("steps", index), step, reason)


def _returns(procedure: Procedure) -> Iterator[Finding]:
    flow = flow_of(procedure)
    for index, step in enumerate(procedure.steps):
        if step.returns_to is not None and step.id not in flow.below[step.returns_to]:
            reason = Text(
                id=f"hanya dapat kembali ke langkah sebelumnya, bukan '{step.returns_to}'",
                en=f"can return to an earlier step only, not to '{step.returns_to}'",
            )
            yield Finding(("steps", index, "returns_to"), step, reason)


def _assignments(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        following = {one.role for one in procedure.steps if one.id in step.targets}
        for role in step.assigns:
            if role not in following:
                reason = Text(
                    id=f"menugaskan '{role}', tetapi langkah berikutnya bukan tugas peran itu",
                    en=f"assigns '{role}', but the next step does not belong to that role",
                )
                yield Finding(("steps", index, "assigns"), step, reason)


def _never_yielded(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        for place, code in enumerate(step.needs):
            if procedure.find_item(code) is None:
                yield Finding(("steps", index, "needs", place), step, _not_yielded(code))


def _not_yielded(code: str) -> Text:
    return Text(
        id=f"kebutuhan '{code}' tidak dihasilkan oleh langkah sebelumnya",
        en=f"the need '{code}' is not yielded by an earlier step",
    )


@dataclass(frozen=True, slots=True)
class _Situation:
    """Where a run can stand, and what is there; of what is there only what somebody needs."""

    standing: Standing
    there: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Act:
    """One act: a step done in one way, or returned."""

    step: Step
    word: Text | None
    targets: tuple[str, ...]
    is_return: bool = False


class _Walk:
    """Goes all ways there are, in every order in which steps side by side can be done."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.flow: Flow = flow_of(procedure)
        needed = {code for step in procedure.steps for code in step.needs}
        self.yields = {
            step.id: frozenset(output.code for output in step.yields) & needed for step in procedure.steps
        }
        self.rows = {step.id: (index, step) for index, step in enumerate(procedure.steps)}
        self.came_from: dict[_Situation, tuple[_Situation, _Act] | None] = {}
        self.lacking: dict[tuple[str, str], list[_Act]] = {}
        self.fulfilled: set[tuple[str, str]] = set()
        self.doubled: set[str] = set()

    def findings(self) -> list[Finding]:
        """Return what is wrong on some way."""
        externals = frozenset(external.code for external in self.procedure.externals)
        first = _Situation(self.flow.begin(self.procedure.first_step.id), externals)
        self.came_from[first] = None
        self._look_at_needs(self.procedure.first_step.id, first, [])
        waiting = deque([first])
        while waiting:
            here = waiting.popleft()
            for act in self._acts(here):
                there = self._after(here, act)
                if there not in self.came_from:
                    self.came_from[there] = (here, act)
                    waiting.append(there)
            if len(self.came_from) > MOST_SITUATIONS:
                return [Finding(("steps",), None, TOO_MANY_WAYS)]
        return [*self._missing(), *self._twice()]

    def _acts(self, here: _Situation) -> Iterator[_Act]:
        for step_id in self.flow.in_order(here.standing.open):
            step = self.rows[step_id][1]
            for branch, targets in step.ways:
                yield _Act(step, branch.title if branch else None, targets)
            if step.returns_to is not None:
                yield _Act(step, _BACK, (step.returns_to,), is_return=True)

    def _after(self, here: _Situation, act: _Act) -> _Situation:
        move = self.flow.move(here.standing, act.step.id, act.targets)
        there = here.there if act.is_return else here.there | self.yields[act.step.id]
        there -= {code for step_id in move.undone for code in self.yields[step_id]}
        after = _Situation(move.standing, there)
        self.doubled |= set(act.targets) & (here.standing.open - {act.step.id})
        for opened in move.opened:
            self._look_at_needs(opened, after, [(here, act)])
        return after

    def _look_at_needs(self, opened: str, there: _Situation, last: list[tuple[_Situation, _Act]]) -> None:
        for code in self.rows[opened][1].needs:
            key = (opened, code)
            if code in there.there:
                self.fulfilled.add(key)
            elif key not in self.lacking:
                self.lacking[key] = self._way_to(last)

    def _way_to(self, last: list[tuple[_Situation, _Act]]) -> list[_Act]:
        acts = [act for _, act in last]
        come = self.came_from.get(last[0][0]) if last else None
        while come is not None:
            acts.append(come[1])
            come = self.came_from[come[0]]
        return acts[::-1]

    def _missing(self) -> Iterator[Finding]:
        for (step_id, code), way in self.lacking.items():
            index, step = self.rows[step_id]
            location: Location = ("steps", index, "needs", step.needs.index(code))
            if (step_id, code) in self.fulfilled and isinstance(self.procedure.find_item(code), Output):
                yield Finding(location, step, _missing_on(code, way))
            else:
                yield Finding(location, step, _not_yielded(code))

    def _twice(self) -> Iterator[Finding]:
        for step_id in self.flow.in_order(self.doubled):
            index, step = self.rows[step_id]
            reason = Text(
                id="dapat terbuka dua kali pada saat yang sama: satu garis kembali ke garis lain",
                en="can be open twice at the same time: one line goes back into another",
            )
            yield Finding(("steps", index), step, reason)


_BACK = Text(id="dikembalikan", en="returned")
TOO_MANY_WAYS = Text(
    id="jalannya terlalu banyak untuk diperiksa: bagilah prosedur ini menjadi beberapa SOP",
    en="there are too many ways to check: divide this procedure into several",
)


def _missing_on(code: str, way: list[_Act]) -> Text:
    def told(language: str) -> str:
        return " → ".join(
            f"{act.step.number} ({act.word.in_language(language)})" if act.word else str(act.step.number)
            for act in way
        )

    return Text(
        id=f"kebutuhan '{code}' belum ada pada jalan {told('id')}",
        en=f"the need '{code}' is not there on the way {told('en')}",
    )
