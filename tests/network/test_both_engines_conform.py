"""One suite for both engines: the same facts, and an end in time, whatever an agent or the network does."""

import asyncio
import socket

import pytest
from pysnmp.proto import rfc1902

from network.lab.faulty_agent import END_OF_MIB, FaultyAgent
from network.snmp.reader import NoAnswer
from tests.factories.engines import AFTER, A, B, is_whole, reading, table, walk

GEN_ERR, TOO_BIG = 5, 1


def test_columns_are_read_whole_and_kept_apart(engine, unused_udp_port):
    result, reader = walk(engine, FaultyAgent(table()), unused_udp_port)
    assert is_whole(result)
    assert not reader.doubted


def test_every_kind_of_value_comes_out_the_same(engine, unused_udp_port):
    values = [
        (rfc1902.Integer32(-5), -5),
        (rfc1902.Counter32(2**32 - 1), 2**32 - 1),
        (rfc1902.Counter64(2**64 - 1), 2**64 - 1),
        (rfc1902.TimeTicks(7), 7),
        (rfc1902.OctetString(b""), b""),
        (rfc1902.OctetString(b"\x00\xff\xc3"), b"\x00\xff\xc3"),
        (rfc1902.ObjectIdentifier("1.3.6.1.4.1.9.1.5"), (1, 3, 6, 1, 4, 1, 9, 1, 5)),
        (rfc1902.ObjectIdentifier("0.0"), (0, 0)),
        (rfc1902.ObjectIdentifier("1.3.6.1"), (1, 3, 6, 1)),
        (rfc1902.IpAddress("10.0.0.255"), bytes((10, 0, 0, 255))),
        (rfc1902.IpAddress("1.1.1.1"), bytes((1, 1, 1, 1))),
        (rfc1902.Opaque(b"\x9f\x78"), b"\x9f\x78"),
    ]
    cells = {(*A, number): sent for number, (sent, _) in enumerate(values, start=1)}
    result, reader = walk(engine, FaultyAgent(cells | {AFTER: rfc1902.Integer32(1)}), unused_udp_port, (A,))
    assert [result.columns[A][number,] for number in range(1, len(values) + 1)] == [
        kept for _, kept in values
    ]
    assert not reader.doubted


def test_a_column_at_the_very_end_and_one_that_is_not_there_are_complete(engine, unused_udp_port):
    cells = table()
    del cells[AFTER]
    beyond = (1, 3, 6, 1, 4, 1, 9999, 7)
    result, reader = walk(engine, FaultyAgent(cells), unused_udp_port, (A, B, beyond))
    assert result.complete
    assert [len(column) for column in result.columns.values()] == [50, 50, 0]
    assert not reader.doubted


def test_instances_that_do_not_exist_are_left_out_of_a_get(engine, unused_udp_port):
    async def run():
        agent = FaultyAgent(table())
        await agent.start(unused_udp_port)
        async with reading(engine, unused_udp_port) as reader:
            some = await reader.get([(*A, 1), (*A, 999), AFTER])
            none = await reader.get([(*A, 998), (*A, 999)])
        agent.close()
        return some, none

    some, none = asyncio.run(run())
    assert some == {(*A, 1): 10, AFTER: b"behind the columns"}
    assert none == {}


class Stuck(FaultyAgent):
    def next_of(self, oid):
        return (*A, 1), rfc1902.Gauge32(10)


class GoingBack(FaultyAgent):
    def next_of(self, oid):
        number = oid[len(A)] if len(oid) > len(A) else 0
        return ((*A, number + 1) if number < 30 else (*A, 5)), rfc1902.Gauge32(1)


@pytest.mark.parametrize("agent", [Stuck, GoingBack])
def test_an_agent_that_repeats_or_goes_back_is_left(engine, unused_udp_port, agent):
    result, reader = walk(engine, agent(table()), unused_udp_port, (A,))
    assert (result.complete, result.stopped_by) == (False, "not_increasing")
    assert result.columns[A]
    assert reader.doubted is (engine == "fast")


class Unordered(FaultyAgent):
    """A table in an order of its own, as some agents keep theirs."""

    rows = (3, 1, 2, 9, 7, 8)

    def next_of(self, oid):
        if oid[: len(A)] != A:
            return oid, END_OF_MIB
        place = self.rows.index(oid[-1]) + 1 if len(oid) > len(A) else 0
        return self.after(place)

    def after(self, place):
        if place == len(self.rows):
            return AFTER, rfc1902.OctetString("behind the columns")
        return (*A, self.rows[place]), rfc1902.Gauge32(self.rows[place])


class UnorderedWithoutEnd(Unordered):
    def after(self, place):
        return super().after(place % len(self.rows))


def test_an_unordered_but_finite_table_is_read_whole_where_its_platform_says_so(engine, unused_udp_port):
    result, _ = walk(engine, Unordered({}), unused_udp_port, (A,), allow_unordered=True)
    assert result.complete
    assert sorted(result.columns[A]) == [(row,) for row in (1, 2, 3, 7, 8, 9)]
    result, _ = walk(engine, Unordered({}), unused_udp_port, (A,))
    assert (result.complete, result.stopped_by) == (False, "not_increasing")


def test_an_unordered_table_that_begins_again_is_left_with_all_its_rows_and_marked(engine, unused_udp_port):
    result, _ = walk(engine, UnorderedWithoutEnd({}), unused_udp_port, (A,), allow_unordered=True)
    assert (result.complete, result.stopped_by) == (False, "not_increasing")
    assert len(result.columns[A]) == 6


class Endless(FaultyAgent):
    def next_of(self, oid):
        return (*A, (oid[len(A)] if len(oid) > len(A) else 0) + 1), rfc1902.Gauge32(1)


def test_an_endless_column_ends_at_its_caps(engine, unused_udp_port):
    result, _ = walk(engine, Endless({}), unused_udp_port, (A,), row_cap=200)
    assert (result.complete, result.stopped_by) == (False, "row_cap")
    result, _ = walk(engine, Endless({}), unused_udp_port, (A,), request_cap=7)
    assert (result.requests, result.stopped_by) == (7, "request_cap")


class OneRowAtATime(FaultyAgent):
    def get_bulk(self, oids, repetitions):
        return super().get_bulk(oids, 1)


def test_a_reply_that_is_cut_short_costs_requests_and_no_row(engine, unused_udp_port):
    result, _ = walk(engine, OneRowAtATime(table()), unused_udp_port)
    assert is_whole(result)


class Dying(FaultyAgent):
    def deliver(self, datagram):
        return super().deliver(datagram) if self.requests <= 2 else []


def test_an_agent_that_dies_in_the_middle_leaves_a_marked_part(engine, unused_udp_port):
    result, _ = walk(engine, Dying(table(200)), unused_udp_port, seconds=2)
    assert (result.complete, result.stopped_by) == (False, "deadline")
    assert 0 < len(result.columns[A]) < 200


class LosingEveryOther(FaultyAgent):
    def deliver(self, datagram):
        return super().deliver(datagram) if self.requests % 2 else []


class AnsweringLate(FaultyAgent):
    def deliver(self, datagram):
        return [(0.25, datagram)] if self.requests % 3 == 0 else [(0, datagram)]


class WithStrangers(FaultyAgent):
    def deliver(self, datagram):
        return [(0, b"\x30\x82noise"), (0.01, datagram[: len(datagram) // 2]), (0.02, datagram)]


class AnsweringTwice(FaultyAgent):
    def deliver(self, datagram):
        return [(0, datagram), (0.02, datagram)]


@pytest.mark.parametrize("agent", [LosingEveryOther, AnsweringLate, WithStrangers, AnsweringTwice])
def test_a_bad_network_costs_time_and_no_fact(engine, unused_udp_port, agent):
    result, _ = walk(engine, agent(table()), unused_udp_port, seconds=20)
    assert is_whole(result)


class Confused(FaultyAgent):
    """Its answers claim to belong to another request, with values that are wrong."""

    def request_id_of(self, asked):
        return asked + 1

    def get(self, oids):
        return 0, [(oid, rfc1902.OctetString("of somebody else")) for oid in oids]


def test_the_answer_to_another_request_is_not_taken(engine, unused_udp_port):
    async def run():
        agent = Confused(table())
        await agent.start(unused_udp_port)
        try:
            async with reading(engine, unused_udp_port) as reader:
                with pytest.raises(NoAnswer):
                    await reader.get([(*A, 1)])
        finally:
            agent.close()

    asyncio.run(run())


def test_answers_of_65_507_bytes_are_read(engine, unused_udp_port):
    row = rfc1902.OctetString(b"x" * 3250)
    cells = {(*A, number): row for number in range(1, 41)} | {AFTER: rfc1902.Integer32(1)}
    sent = []

    class Generous(FaultyAgent):
        def deliver(self, datagram):
            sent.append(len(datagram))
            return super().deliver(datagram)

    result, _ = walk(engine, Generous(cells), unused_udp_port, (A,))
    assert result.complete
    assert len(result.columns[A]) == 40
    assert 65_000 < max(sent) <= 65_507


class Small(FaultyAgent):
    def get_bulk(self, oids, repetitions):
        if len(oids) * repetitions > 6:
            return TOO_BIG, [(oid, rfc1902.Null("")) for oid in oids]
        return super().get_bulk(oids, repetitions)


class WithoutBulk(FaultyAgent):
    def get_bulk(self, oids, repetitions):
        return GEN_ERR, [(oid, rfc1902.Null("")) for oid in oids]


class Empty(FaultyAgent):
    def get_bulk(self, oids, repetitions):
        return 0, []


@pytest.mark.parametrize("agent", [Small, WithoutBulk])
def test_an_agent_that_refuses_large_requests_is_read_whole_and_its_size_is_remembered(
    engine, unused_udp_port, agent
):
    result, reader = walk(engine, agent(table()), unused_udp_port)
    assert is_whole(result)
    found = reader.describe_suitability("x")
    assert found.getnext_only or 2 * found.repetitions <= 6


def test_empty_answers_are_never_taken_for_an_empty_table(engine, unused_udp_port):
    result, _ = walk(engine, Empty(table()), unused_udp_port)
    assert (result.complete, result.stopped_by) == (False, "empty_reply")


class BrokenColumn(FaultyAgent):
    def get_bulk(self, oids, repetitions):
        return (
            (GEN_ERR, []) if any(oid[: len(A)] == A for oid in oids) else super().get_bulk(oids, repetitions)
        )

    def get_next(self, oids):
        return (GEN_ERR, []) if any(oid[: len(A)] == A for oid in oids) else super().get_next(oids)


def test_an_error_on_one_column_is_told_and_does_not_hide_the_other(engine, unused_udp_port):
    result, _ = walk(engine, BrokenColumn(table(4)), unused_udp_port)
    assert (result.complete, result.stopped_by) == (False, "agent_error")
    assert result.columns[A] == {}
    assert len(result.columns[B]) == 4


class FromElsewhere(FaultyAgent):
    """Somebody else answers first, from another port, with a value that is wrong."""

    def deliver(self, datagram):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(datagram.replace(b"behind the columns", b"of another device."), self.asker)
        return [(0.05, datagram)]

    def datagram_received(self, data, addr):
        self.asker = addr
        super().datagram_received(data, addr)


def test_what_another_address_answers_is_not_taken(engine, unused_udp_port):
    async def run():
        agent = FromElsewhere(table())
        await agent.start(unused_udp_port)
        try:
            async with reading(engine, unused_udp_port) as reader:
                return await reader.get([AFTER])
        finally:
            agent.close()

    assert asyncio.run(run()) == {AFTER: b"behind the columns"}
