"""Any sound procedure can be walked in any order: never stuck, no gate jumped, and always to the end."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk.sop.checks import check_procedure
from helpdesk.sop.checks.ways import TOO_MANY_WAYS
from helpdesk.sop.rules import (
    PassState,
    RunState,
    begun,
    get_step,
    is_finished,
    lane,
    missing_needs,
)
from helpdesk.sop.schema import END, Procedure
from tests.factories.moments import MORNING
from tests.factories.walks import acts_at, after, open_passes, sound_procedures

LONGEST_WALK = 40
many = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.generate),
)


@given(sound_procedures(depth=2))
@many
def test_a_procedure_made_of_sound_parts_has_nothing_wrong(procedure):
    wrong = [one.reason for one in check_procedure(procedure)]
    # One that is drawn very large is refused for its size, and for nothing else.
    assert wrong in ([], [TOO_MANY_WAYS]), [str(reason) for reason in wrong]


@given(sound_procedures(depth=2), st.data())
@many
def test_a_walk_is_never_stuck_and_jumps_no_gate_and_opens_no_step_twice(procedure, data):
    state = begun(procedure, ["plan"])
    for _ in range(LONGEST_WALK):
        passes = open_passes(state)
        assert len(passes) == len(set(passes))
        for step_id in passes:
            assert missing_needs(procedure, get_step(procedure, step_id), state.outputs) == ()
        if is_finished(procedure, state):
            assert acts_at(procedure, state) == []
            return
        acts = acts_at(procedure, state)
        assert acts, "nothing is open and nothing is finished"
        state = after(procedure, state, data.draw(st.sampled_from(acts)))


def distances(procedure: Procedure) -> dict[str, int]:
    """How many arrows it is to the end at least, by any arrows."""
    found = {END: 0}
    ahead = deque([END])
    while ahead:
        here = ahead.popleft()
        for step in procedure.steps:
            if here in step.targets and step.id not in found:
                found[step.id] = found[here] + 1
                ahead.append(step.id)
    return found


@given(sound_procedures(depth=2), st.data())
@many
def test_from_wherever_a_walk_came_the_end_is_reached(procedure, data):
    state = begun(procedure, ["plan"])
    for _ in range(data.draw(st.integers(0, 15))):
        if acts := acts_at(procedure, state):
            state = after(procedure, state, data.draw(st.sampled_from(acts)))
    to_end = distances(procedure)
    for _ in range(4 * len(procedure.steps)):
        ways = [act for act in acts_at(procedure, state) if not act[2]]
        if not ways:
            break
        first = ways[0][0]
        mine = [act for act in ways if act[0] == first]
        nearest = min(mine, key=lambda act: max(to_end[one] for one in first.targets_of(act[1])))
        state = after(procedure, state, nearest)
    assert is_finished(procedure, state)


@given(sound_procedures(depth=2), st.data())
@many
def test_a_walk_played_again_leads_to_the_same_state_and_the_same_drawing(procedure, data):
    state, acts = begun(procedure, ["plan"]), []
    for _ in range(data.draw(st.integers(0, LONGEST_WALK))):
        if possible := acts_at(procedure, state):
            acts.append(data.draw(st.sampled_from(possible)))
            state = after(procedure, state, acts[-1])
    again = begun(procedure, ["plan"])
    for act in acts:
        again = after(procedure, again, act)
    assert again == state
    assert lane(procedure, again, MORNING) == lane(procedure, state, MORNING)


class Causes:
    """What came of what, kept act by act: an account of a walk that knows nothing of rows or arrows down."""

    def __init__(self) -> None:
        self.parents: dict[int, set[int]] = {0: set()}
        # The passes that led to a step which waits for others beside it still.
        self.waiting: dict[str, set[int]] = defaultdict(set)

    def follow(self, before: RunState, now: RunState, here: int, targets: Sequence[str]) -> None:
        """Note what the act of a pass led to: what opened came of it and of what had waited for it."""
        for index in range(len(before.passes), len(now.passes)):
            self.parents[index] = {here} | self.waiting.pop(now.passes[index].step_id, set())
        for target in now.arrived.intersection(targets):
            self.waiting[target].add(here)

    def come_of(self, index: int) -> set[int]:
        """Return the passes that came of a pass, and itself."""
        found = {index}
        for child in sorted(self.parents):
            if self.parents[child] & found:
                found.add(child)
        return found


@given(sound_procedures(depth=2), st.data())
@many
def test_a_way_back_takes_away_what_came_of_the_step_it_leads_to_and_nothing_else(procedure, data):
    state = begun(procedure, ["plan"])
    causes = Causes()
    made: dict[str, int] = {}
    for _ in range(LONGEST_WALK):
        acts = acts_at(procedure, state)
        if not acts:
            return
        step, branch, is_return = act = data.draw(st.sampled_from(acts))
        here = next(
            index
            for index, one in enumerate(state.passes)
            if one.step_id == step.id and one.state is PassState.CURRENT
        )
        before, state = state, after(procedure, state, act)
        if not is_return:
            made |= {output.code: here for output in step.yields}
        expected = {"plan"} | {code for code in made if code in before.outputs or made[code] == here}
        targets = (step.returns_to,) if is_return else step.targets_of(branch)
        back = [one for one in targets if one != END and get_step(procedure, one).number <= step.number]
        for target in back:
            latest = max(index for index, one in enumerate(before.passes) if one.step_id == target)
            fallen = causes.come_of(latest)
            expected -= {code for code, index in made.items() if index in fallen}
        assert state.outputs == expected
        causes.follow(before, state, here, targets)
        made = {code: index for code, index in made.items() if code in state.outputs}
