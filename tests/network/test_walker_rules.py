"""The walker ends, whatever an agent does, and says when it could not finish."""

import asyncio

import pytest

from network.snmp.reader import END_OF_MIB, TOO_BIG, NoAnswer, Reply, WalkLimits, WorkingSize
from network.snmp.walker import Walker

A, B, C = (1, 3, 1), (1, 3, 2), (1, 3, 3)


class Agent:
    """A well-behaved agent over a table; subclasses misbehave."""

    def __init__(self, rows: int = 50, columns=(A, B)) -> None:
        self.table = {(*column, row): row * 10 for column in columns for row in range(1, rows + 1)}
        self.order = sorted(self.table)
        self.requests = 0

    def next_of(self, oid):
        following = next((candidate for candidate in self.order if candidate > oid), None)
        return (following, self.table[following]) if following else (oid, END_OF_MIB)

    async def get(self, oids):
        self.requests += 1
        return Reply([(oid, self.table.get(oid)) for oid in oids])

    async def get_next(self, oids):
        self.requests += 1
        return Reply([self.next_of(oid) for oid in oids])

    async def get_bulk(self, oids, repetitions):
        self.requests += 1
        varbinds, current = [], list(oids)
        for _ in range(repetitions):
            step = [self.next_of(oid) for oid in current]
            varbinds += step
            current = [oid for oid, _ in step]
        return Reply(varbinds)


def walk(agent, columns=(A, B), **limits):
    walker = Walker(agent)
    return asyncio.run(walker.walk(columns, WalkLimits(**limits))), walker


def test_several_columns_are_read_whole_and_kept_apart():
    result, _ = walk(Agent())
    assert result.complete
    assert result.columns[A] == {(row,): row * 10 for row in range(1, 51)}
    assert result.columns[A] == result.columns[B]
    assert result.requests <= 4


def test_an_agent_that_repeats_one_row_for_ever_is_left():
    class Stuck(Agent):
        def next_of(self, oid):
            return (*A, 1), 10

    result, _ = walk(Stuck(), columns=(A,))
    assert (result.complete, result.stopped_by) == (False, "not_increasing")
    assert result.columns[A] == {(1,): 10}


def test_an_agent_that_goes_back_and_forth_is_left():
    class Circling(Agent):
        def next_of(self, oid):
            return ((*A, 2), 20) if oid == (*A, 1) else ((*A, 1), 10)

    result, _ = walk(Circling(), columns=(A,))
    assert not result.complete
    assert result.stopped_by == "not_increasing"


def test_a_row_repeated_once_is_kept_once_and_the_walk_goes_on():
    class Stuttering(Agent):
        async def get_bulk(self, oids, repetitions):
            reply = await super().get_bulk(oids, repetitions)
            return Reply([varbind for varbind in reply.varbinds for _ in range(2)])

    result, _ = walk(Stuttering(), columns=(A,))
    assert result.complete
    assert len(result.columns[A]) == 50


def test_an_endless_column_ends_at_the_cap():
    class Endless(Agent):
        def next_of(self, oid):
            return (*A, (oid[3] if len(oid) > 3 else 0) + 1), 1

    result, _ = walk(Endless(), columns=(A,), row_cap=200)
    assert (result.complete, result.stopped_by) == (False, "row_cap")
    result, _ = walk(Endless(), columns=(A,), request_cap=7)
    assert (result.requests, result.stopped_by) == (7, "request_cap")


def test_too_big_halves_the_request_until_it_fits():
    class Small(Agent):
        async def get_bulk(self, oids, repetitions):
            if len(oids) * repetitions > 6:
                self.requests += 1
                return Reply((), TOO_BIG)
            return await super().get_bulk(oids, repetitions)

    result, walker = walk(Small())
    assert result.complete
    assert len(result.columns[B]) == 50
    # Two columns were asked for: what is remembered fits the device.
    assert 2 * walker.size.repetitions <= 6


class Noting(Agent):
    """Write down how many rows were asked for, and fail above a size."""

    def __init__(self, most: int = 99, failure=None, rows: int = 50) -> None:
        super().__init__(rows=rows, columns=(A, B, C))
        self.most, self.failure, self.asked = most, failure, []

    async def get_bulk(self, oids, repetitions):
        self.asked.append(repetitions)
        if repetitions > self.most:
            self.requests += 1
            if self.failure is None:
                return Reply((), TOO_BIG)
            raise self.failure
        return await super().get_bulk(oids, repetitions)


def test_expected_rows_are_shared_evenly_and_a_device_that_fills_its_answers_is_asked_for_more():
    agent = Noting(most=99)
    result, _ = walk(agent, columns=(A, B, C), columns_per_request=1)
    assert result.complete
    assert agent.asked == [20, 20, 20, 26, 25, 26, 25]


@pytest.mark.parametrize("failure", [None, NoAnswer()])
def test_a_device_that_fails_at_more_is_asked_for_what_it_answered_before(failure):
    agent = Noting(most=20, failure=failure)
    result, walker = walk(agent, columns=(A, B, C), columns_per_request=1)
    assert result.complete
    assert sum(asked > 20 for asked in agent.asked) == 1
    assert walker.size.repetitions == 20


def test_a_device_known_to_have_48_rows_is_asked_for_more_once_it_gave_all_that_was_asked():
    agent = Noting(rows=48)
    walker = Walker(agent)
    walker.rows = 48
    assert asyncio.run(walker.walk([A], WalkLimits())).complete
    assert agent.asked == [17, 32]
    asyncio.run(walker.walk([B], WalkLimits()))
    assert agent.asked[2:] == [25, 24]


def test_the_small_rest_of_a_table_says_nothing_of_how_much_a_device_answers():
    agent = Noting(rows=4)
    walker = Walker(agent)
    walker.rows = 4
    asyncio.run(walker.walk([A, B], WalkLimits()))
    walker.rows = 30
    asyncio.run(walker.walk([A], WalkLimits()))
    assert agent.asked == [5, 16]


def test_an_agent_without_bulk_is_read_with_getnext():
    class OnlyNext(Agent):
        async def get_bulk(self, oids, repetitions):
            self.requests += 1
            raise NoAnswer

    result, walker = walk(OnlyNext(rows=5))
    assert result.complete
    assert walker.size.getnext_only
    assert len(result.columns[A]) == 5


def test_an_agent_that_dies_in_the_middle_leaves_a_marked_part():
    class Dying(Agent):
        async def get_bulk(self, oids, repetitions):
            if self.requests >= 1:
                raise NoAnswer
            return await super().get_bulk(oids, repetitions)

        async def get_next(self, oids):
            raise NoAnswer

    result, _ = walk(Dying())
    assert (result.complete, result.stopped_by) == (False, "no_answer")
    assert 0 < len(result.columns[A]) < 50


def test_a_late_agent_is_cut_at_the_deadline():
    class Late(Agent):
        async def get_bulk(self, oids, repetitions):
            await asyncio.sleep(0.05)
            return await super().get_bulk(oids, 1)

    async def run():
        limits = WalkLimits(deadline=asyncio.get_running_loop().time() + 0.2)
        return await Walker(Late()).walk((A, B), limits)

    result = asyncio.run(run())
    assert (result.complete, result.stopped_by) == (False, "deadline")
    assert result.columns[A]


def test_a_truncated_reply_costs_another_request_and_no_row():
    class Truncating(Agent):
        async def get_bulk(self, oids, repetitions):
            reply = await super().get_bulk(oids, repetitions)
            return Reply(reply.varbinds[:5])

    result, _ = walk(Truncating())
    assert result.complete
    assert len(result.columns[A]) == len(result.columns[B]) == 50


def test_an_empty_reply_ends_the_walk_as_partial():
    class Empty(Agent):
        async def get_bulk(self, oids, repetitions):
            return Reply(())

    result, _ = walk(Empty())
    assert (result.complete, result.stopped_by) == (False, "empty_reply")


def test_an_error_on_one_column_does_not_hide_the_others():
    class Broken(Agent):
        async def get_bulk(self, oids, repetitions):
            return (
                Reply((), 5)
                if any(oid[:3] == A for oid in oids)
                else await super().get_bulk(oids, repetitions)
            )

        async def get_next(self, oids):
            return Reply((), 5) if any(oid[:3] == A for oid in oids) else await super().get_next(oids)

    result, _ = walk(Broken(rows=4))
    assert (result.complete, result.stopped_by) == (False, "agent_error")
    assert result.columns[A] == {}
    assert len(result.columns[B]) == 4


def test_an_unordered_but_finite_table_is_read_when_its_platform_says_so():
    class Unordered(Agent):
        def next_of(self, oid):
            chain = [A, (*A, 3), (*A, 1), (*A, 2)]
            position = chain.index(oid)
            return (chain[position + 1], 1) if position + 1 < len(chain) else (B, 1)

    result, _ = walk(Unordered(), columns=(A,), allow_unordered=True, repetitions=1)
    assert result.complete
    assert sorted(result.columns[A]) == [(1,), (2,), (3,)]


def test_one_bad_object_does_not_lose_the_other_values_of_a_get():
    class Picky(Agent):
        async def get(self, oids):
            return Reply((), 2) if (9, 9) in oids else await super().get(oids)

    values = asyncio.run(Walker(Picky()).get([(*A, 1), (9, 9), (*B, 1)]))
    assert values == {(*A, 1): 10, (*B, 1): 10}


@pytest.mark.parametrize("start", [WorkingSize(), WorkingSize(columns=1, repetitions=1)])
def test_requests_shrink_down_to_getnext_and_no_further(start):
    while start.halve():
        pass
    assert (start.columns, start.repetitions, start.getnext_only) == (1, 1, True)
