"""Lines side by side: they begin together, keep apart, and meet again at one step. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.datafiles import Location, Text
from helpdesk.sop.checks.finding import Finding
from helpdesk.sop.flow import Flow, flow_of
from helpdesk.sop.schema import END, Procedure, Step


def check_lines(procedure: Procedure) -> Iterator[Finding]:
    """Find where steps that open side by side cannot be done side by side."""
    flow = flow_of(procedure)
    meeting = _meeting_points(procedure, flow)
    for index, step in enumerate(procedure.steps):
        for place, (branch, targets) in enumerate(step.ways):
            if len(targets) < 2:
                continue
            key: Location = ("decision", "branches", place, "next") if branch else ("next",)
            reason = _unfit_targets(flow, step, targets)
            join = None if reason else _join(flow, meeting, targets)
            if join is None:
                yield Finding(("steps", index, *key), step, reason or _never_meet(targets))
            else:
                yield from _ways_back(procedure, flow, step, targets, join)


def _unfit_targets(flow: Flow, step: Step, targets: tuple[str, ...]) -> Text | None:
    if END in targets:
        return Text(
            id="akhir tidak dapat berdampingan dengan langkah lain", en="the end cannot stand beside a step"
        )
    if len({flow.leads_back(step.id, target) for target in targets}) == 2:
        return Text(
            id="sebagian maju dan sebagian kembali: langkah yang sejajar harus searah",
            en="some go on and some go back: steps side by side go the same way",
        )
    for target in targets:
        after = next((one for one in targets if target in flow.below[one]), None)
        if after is not None:
            return Text(
                id=f"'{target}' menyusul '{after}', jadi tidak dapat berjalan di sampingnya",
                en=f"'{target}' comes after '{after}', so it cannot go on beside it",
            )
    return None


def _meeting_points(procedure: Procedure, flow: Flow) -> dict[str, frozenset[str]]:
    """For each step: the steps that every way on from it, down the table, comes through; itself too."""
    points: dict[str, frozenset[str]] = {END: frozenset({END})}
    everything = frozenset({END, *(step.id for step in procedure.steps)})
    for step in reversed(procedure.steps):
        down = [points[target] for target in step.targets if not flow.leads_back(step.id, target)]
        # Where all ways lead back up, the way goes on from there: it forbids nothing here.
        points[step.id] = frozenset.intersection(*down) | {step.id} if down else everything
    return points


def _join(flow: Flow, meeting: dict[str, frozenset[str]], targets: tuple[str, ...]) -> str | None:
    common = frozenset.intersection(*(meeting[target] for target in targets)) - {END}
    met = [one for one in flow.in_order(common) if all(one in flow.below[target] for target in targets)]
    return met[0] if met else None


def _never_meet(targets: tuple[str, ...]) -> Text:
    names = ", ".join(targets)
    return Text(
        id=f"langkah sejajar {names} tidak bertemu lagi pada satu langkah sebelum akhir",
        en=f"the steps side by side, {names}, do not meet again at one step before the end",
    )


def _ways_back(
    procedure: Procedure, flow: Flow, fork: Step, targets: tuple[str, ...], join: str
) -> Iterator[Finding]:
    """Find where a line goes back out of itself while the lines beside it go on."""
    lines = {target: flow.from_on(target) - flow.from_on(join) for target in targets}
    for index, step in enumerate(procedure.steps):
        own = {target for target, line in lines.items() if step.id in line}
        if not own:
            continue
        ways: list[tuple[Location, str]] = []
        for place, (branch, ways_on) in enumerate(step.ways):
            key: Location = ("decision", "branches", place, "next") if branch else ("next",)
            ways += [(key, target) for target in ways_on if flow.leads_back(step.id, target)]
        if step.returns_to is not None:
            ways.append((("returns_to",), step.returns_to))
        for key, target in ways:
            back = {start for start, line in lines.items() if target in line}
            if not back or not back <= own:
                yield Finding(("steps", index, *key), step, _leaves_line(fork, target))


def _leaves_line(fork: Step, target: str) -> Text:
    return Text(
        id=f"kembali ke '{target}' keluar dari garis sejajar yang dibuka langkah {fork.number}",
        en=f"going back to '{target}' leaves the line that step {fork.number} opened beside others",
    )
