"""The engine: gates, order, ways back, and the lane, for any procedure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.sop.errors import (
    GateShut,
    NeedsMissing,
    OutputsMissing,
    ReturnRefused,
    StepNotOpen,
    StepUnknown,
)
from helpdesk.sop.rules import (
    LaneState,
    PassState,
    RunState,
    StepPass,
    ensure_can_complete,
    ensure_can_start,
    get_step,
    is_finished,
    lane,
    missing_needs,
    missing_outputs,
    next_steps,
    open_steps,
    ordered_steps,
    return_to,
)

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["source_procedure", "other_procedure"])
def procedure(request):
    """Each rule holds for both procedures."""
    return request.getfixturevalue(request.param)


def at(procedure, step_id: str, outputs=()) -> RunState:
    """A run that stands at the step; the steps before it are done."""
    passes = []
    for step in ordered_steps(procedure):
        if step.id == step_id:
            return RunState(frozenset(outputs), (*passes, StepPass(step_id, due_at=NOW + HOUR)))
        passes.append(StepPass(step.id, 1, PassState.DONE, NOW, NOW - HOUR))
    raise AssertionError(step_id)


def externals(procedure) -> frozenset[str]:
    return frozenset(external.code for external in procedure.externals)


def test_steps_follow_one_another_to_the_end(procedure):
    order = ordered_steps(procedure)
    assert order == procedure.steps
    assert next_steps(procedure, order[-1]) == ()
    assert [next_steps(procedure, step) for step in order[:-1]] == [(step,) for step in order[1:]]


def test_a_run_can_be_walked_from_the_first_step_to_the_end(procedure):
    outputs, passes = externals(procedure), ()
    step = procedure.first_step
    while step is not None:
        ensure_can_start(procedure, step, outputs)
        state = RunState(outputs, (*passes, StepPass(step.id)))
        assert open_steps(procedure, state) == (step,)
        assert not is_finished(procedure, state)
        outputs |= {output.code for output in step.yields}
        ensure_can_complete(procedure, step, RunState(outputs, state.passes))
        passes = (*passes, StepPass(step.id, 1, PassState.DONE, NOW, NOW))
        step = next(iter(next_steps(procedure, step)), None)
    assert is_finished(procedure, RunState(outputs, passes))


def test_a_step_cannot_start_without_what_earlier_steps_hand_over(procedure):
    for step in ordered_steps(procedure)[1:]:
        with pytest.raises(NeedsMissing) as refused:
            ensure_can_start(procedure, step, externals(procedure))
        assert refused.value.codes == step.needs


def test_a_step_cannot_be_completed_without_each_single_need_and_output(procedure):
    for step in ordered_steps(procedure):
        everything = {*step.needs, *(output.code for output in step.yields)}
        ensure_can_complete(procedure, step, at(procedure, step.id, everything))
        for code in everything:
            with pytest.raises(GateShut) as refused:
                ensure_can_complete(procedure, step, at(procedure, step.id, everything - {code}))
            assert refused.value.codes == (code,)


def test_an_external_need_does_not_hold_up_the_start_but_the_completion(source_procedure):
    first = source_procedure.first_step
    ensure_can_start(source_procedure, first, frozenset())
    with pytest.raises(NeedsMissing, match="Program kerja"):
        ensure_can_complete(source_procedure, first, at(source_procedure, first.id, {"request_disposition"}))


def test_the_refusal_names_what_is_missing_in_both_languages(source_procedure):
    step = get_step(source_procedure, "prepare-evidence")
    with pytest.raises(OutputsMissing) as refused:
        ensure_can_complete(source_procedure, step, at(source_procedure, step.id, {"request_disposition"}))
    error = refused.value
    assert error.codes == ("evidence", "identification_disposition")
    assert [title.id for title in error.missing] == ["data dan/atau bahan", "disposisi"]
    assert str(error) == error.message % error.details_in("id")
    assert "data and/or materials, disposition" in error.message % error.details_in("en")
    assert "Prepare data and materials" in error.message % error.details_in("en")


def test_what_is_missing_can_be_asked_for_before_anyone_is_refused(source_procedure):
    step = get_step(source_procedure, "identify")
    assert [item.code for item in missing_needs(source_procedure, step, {"evidence"})] == [
        "identification_disposition"
    ]
    assert [item.code for item in missing_outputs(step, set())] == ["identification"]
    assert missing_outputs(step, {"identification"}) == ()


def test_only_the_open_step_can_be_completed_or_returned(procedure):
    first, second = ordered_steps(procedure)[:2]
    state = at(procedure, first.id, externals(procedure))
    with pytest.raises(StepNotOpen):
        ensure_can_complete(procedure, second, state)
    with pytest.raises(StepNotOpen):
        return_to(procedure, second, state)


def test_a_step_without_a_way_back_cannot_return(procedure):
    first = procedure.first_step
    with pytest.raises(ReturnRefused):
        return_to(procedure, first, at(procedure, first.id))


def test_an_unknown_step_is_refused_by_name(source_procedure):
    with pytest.raises(StepUnknown, match="terbang"):
        get_step(source_procedure, "terbang")


def test_a_return_opens_the_earlier_step_again_and_its_outputs_fall(source_procedure):
    step = get_step(source_procedure, "verify")
    before = {"work_programme", "request_disposition", "evidence", "identification_disposition"}
    state = at(source_procedure, "verify", before | {"identification"})
    way_back = return_to(source_procedure, step, state)
    assert (way_back.step.id, way_back.attempt) == ("identify", 2)
    assert way_back.invalidated == ("identification",)
    # What is left lets the earlier step start again, and keeps the later one shut.
    left = state.outputs - set(way_back.invalidated)
    ensure_can_start(source_procedure, way_back.step, left)
    with pytest.raises(NeedsMissing):
        ensure_can_start(source_procedure, step, left)


def test_a_return_over_several_steps_invalidates_the_outputs_of_all_of_them(other_procedure):
    state = at(other_procedure, "close", {"plan", "finding", "verdict", "letter"})
    way_back = return_to(other_procedure, get_step(other_procedure, "close"), state)
    assert way_back.invalidated == ("finding", "verdict", "letter")


def test_every_return_counts_one_attempt_more(source_procedure):
    passes = (
        *at(source_procedure, "identify").passes[:2],
        StepPass("identify", 1, PassState.DONE),
        StepPass("verify", 1, PassState.RETURNED),
        StepPass("identify", 2, PassState.DONE),
        StepPass("verify", 2),
    )
    step = get_step(source_procedure, "verify")
    assert return_to(source_procedure, step, RunState(frozenset(), passes)).attempt == 3


class TestLane:
    """Where a run stands, drawn."""

    def states(self, procedure, state, now=NOW):
        return [position.state.value for position in lane(procedure, state, now)]

    def test_before_the_start_every_step_waits(self, procedure):
        assert set(self.states(procedure, RunState())) == {LaneState.WAITING}

    def test_steps_before_the_open_one_are_done_and_those_after_it_wait(self, source_procedure):
        state = at(source_procedure, "identify")
        assert self.states(source_procedure, state) == ["done"] * 2 + ["current"] + ["waiting"] * 4

    def test_an_open_step_is_late_after_its_due_moment_not_at_it(self, source_procedure):
        state = at(source_procedure, "identify")
        assert self.states(source_procedure, state, NOW + HOUR)[2] == "current"
        assert self.states(source_procedure, state, NOW + HOUR + timedelta(seconds=1))[2] == "late"

    def test_a_step_that_was_finished_late_is_done_and_says_so(self, source_procedure):
        done = StepPass("assign-request", 1, PassState.DONE, NOW - HOUR, NOW)
        state = RunState(frozenset(), (done, StepPass("prepare-evidence")))
        first = lane(source_procedure, state, NOW)[0]
        assert (first.state, first.is_late) == (LaneState.DONE, True)

    def test_a_step_that_gave_the_work_back_is_returned_until_it_is_reached_again(self, source_procedure):
        passes = (
            *at(source_procedure, "identify").passes[:2],
            StepPass("identify", 1, PassState.DONE),
            StepPass("verify", 1, PassState.RETURNED),
            StepPass("identify", 2),
        )
        state = RunState(frozenset(), passes)
        assert self.states(source_procedure, state) == [
            *("done", "done", "current", "returned"),
            *("waiting", "waiting", "waiting"),
        ]
        assert lane(source_procedure, state, NOW)[2].attempt == 2
        again = RunState(
            frozenset(), (*passes[:-1], StepPass("identify", 2, PassState.DONE), StepPass("verify", 2))
        )
        assert self.states(source_procedure, again)[2:4] == ["done", "current"]

    def test_after_the_end_every_step_is_done(self, procedure):
        passes = tuple(StepPass(step.id, 1, PassState.DONE) for step in procedure.steps)
        assert set(self.states(procedure, RunState(frozenset(), passes))) == {LaneState.DONE}

    def test_a_run_that_was_stopped_shows_each_step_as_it_was_left(self, source_procedure):
        stopped = RunState(frozenset(), at(source_procedure, "identify").passes[:2])
        assert self.states(source_procedure, stopped) == ["done"] * 2 + ["waiting"] * 5

    def test_each_step_stands_in_the_column_of_its_office(self, source_procedure):
        positions = lane(source_procedure, RunState(), NOW)
        assert [position.column for position in positions] == [0, 1, 2, 1, 0, 1, 0]
        assert positions[2].role_title.id == "Pelaksana (JP/JFT)"
