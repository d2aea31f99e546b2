"""One suite for both engines: the same facts, and an end in time, whatever an agent or the network does."""

import asyncio
import gc
import socket
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pysnmp.proto import rfc1902

from network.lab.agent import SnmpAgent
from network.lab.definition import SnmpUser
from network.lab.faulty_agent import END_OF_MIB, FaultyAgent, Relay
from network.lab.mib import MibView, constant
from network.snmp import gufo_engine, pysnmp_engine
from network.snmp.device_reader import DeviceReader
from network.snmp.gufo_engine import GufoConnection
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import NoAnswer, SnmpError, WalkLimits, WrongCredentials
from network.snmp.suitability import ProcessMemory, Suitability
from network.targets import SnmpV2cCredentials, SnmpV3Credentials, Target

A, B = (1, 3, 6, 1, 4, 1, 9999, 1, 1, 1), (1, 3, 6, 1, 4, 1, 9999, 1, 1, 2)
AFTER = (1, 3, 6, 1, 4, 1, 9999, 2, 0)
PUBLIC = SnmpV2cCredentials.of("public")
GEN_ERR, TOO_BIG = 5, 1


def table(rows: int = 50, columns=(A, B)):
    cells = {(*column, row): rfc1902.Gauge32(row * 10) for column in columns for row in range(1, rows + 1)}
    return cells | {AFTER: rfc1902.OctetString("behind the columns")}


# Where no wheel of the fast engine exists there is one engine to test.
ENGINES = ["reference", "fast"] if gufo_engine.IS_AVAILABLE else ["reference"]


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch) -> str:
    """The engine that reads first, with short patience so that silence is cheap."""
    monkeypatch.setattr(pysnmp_engine, "REQUEST_TIMEOUT_SECONDS", 0.15)
    monkeypatch.setattr(gufo_engine, "FIRST_ATTEMPT_SECONDS", (0.2,))
    monkeypatch.setattr(gufo_engine, "ATTEMPT_SECONDS", (0.2, 0.2))
    monkeypatch.setattr(gufo_engine, "GRACE_SECONDS", 0.1)
    return str(request.param)


@asynccontextmanager
async def reading(engine: str, port: int, credentials=PUBLIC, known: Suitability | None = None):
    engines = EnginePool()
    target = Target(address="127.0.0.1", snmp_port=port, snmp=credentials)
    connection = GufoConnection("127.0.0.1", port, credentials) if engine == "fast" else None
    reader = DeviceReader(target, credentials, engines, known, connection=connection)
    try:
        yield reader
    finally:
        reader.close()
        engines.close()


def walk(engine, agent, port, columns=(A, B), *, seconds=8.0, **limits):
    """Walk an agent's columns and return the result with its reader."""

    async def run():
        await agent.start(port)
        try:
            async with reading(engine, port) as reader:
                deadline = asyncio.get_running_loop().time() + seconds
                return await reader.walk(columns, WalkLimits(deadline=deadline, **limits)), reader
        finally:
            agent.close()

    return asyncio.run(run())


def is_whole(result, rows=50):
    return result.complete and all(
        column == {(row,): row * 10 for row in range(1, rows + 1)} for column in result.columns.values()
    )


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


# SNMPv3


def user_of(
    auth="SHA-256", priv="AES-128", key="kunci-autentikasi", privacy="kunci-privasi", name="pemantau"
):
    return SnmpV3Credentials.of(name, auth, key, priv, privacy)


async def v3_agent(port, auth="SHA-256", priv="AES-128", name="v3"):
    user = SnmpUser(
        user="pemantau",
        auth_protocol=auth,
        auth_key="kunci-autentikasi",
        priv_protocol=priv,
        priv_key="kunci-privasi",
    )
    view = MibView({oid: constant(value) for oid, value in table().items()})
    agent = SnmpAgent(name=name, view=view, address="127.0.0.1", port=port, user=user)
    await asyncio.sleep(0.02)  # its port is opened by a task of its own
    return agent


@pytest.mark.parametrize(
    ("auth", "priv"),
    [
        ("MD5", "DES"),
        ("SHA", "AES-128"),
        ("SHA-224", "AES-192"),
        ("SHA-256", "AES-128"),
        ("SHA-256", "AES-256"),
        ("SHA-384", "AES-192"),
        ("SHA-512", "AES-256"),
    ],
)
def test_v3_discovers_and_reads_with_every_algorithm(engine, unused_udp_port, auth, priv):
    async def run():
        agent = await v3_agent(unused_udp_port, auth, priv)
        async with reading(engine, unused_udp_port, user_of(auth, priv)) as reader:
            result = await reader.walk((A, B), WalkLimits())
        agent.close()
        return result, reader

    result, reader = asyncio.run(run())
    assert is_whole(result)
    assert not reader.doubted


def test_an_algorithm_that_vendors_do_not_agree_on_is_left_to_the_reference_engine(monkeypatch):
    monkeypatch.setattr(gufo_engine, "IS_AVAILABLE", True)
    assert not gufo_engine.can_read(user_of("SHA", "AES-256"))
    assert gufo_engine.can_read(user_of("SHA-256", "AES-256"))


@pytest.mark.parametrize(
    "credentials",
    [user_of(name="orang-lain"), user_of(key="kunci-yang-salah"), user_of(privacy="kunci-yang-salah")],
    ids=["user", "authentication key", "privacy key"],
)
def test_v3_credentials_that_do_not_fit_are_named(engine, unused_udp_port, credentials):
    async def run():
        agent = await v3_agent(unused_udp_port)
        try:
            async with reading(engine, unused_udp_port, credentials) as reader:
                await reader.get([(*A, 1)])
        finally:
            agent.close()

    with pytest.raises((WrongCredentials, NoAnswer)) as refusal:
        asyncio.run(run())
    if credentials.priv_key == user_of().priv_key:
        assert isinstance(refusal.value, WrongCredentials)


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


@pytest.mark.parametrize("new_name", ["v3", "another-engine"], ids=["time window", "new engine id"])
def test_a_reboot_in_the_middle_ends_in_facts_or_in_a_named_failure(engine, unused_udp_port, new_name):
    async def run():
        agent = await v3_agent(unused_udp_port)
        async with reading(engine, unused_udp_port, user_of()) as reader:
            before = await reader.walk((A,), WalkLimits())
            agent.close()
            await asyncio.sleep(0.05)
            agent = await v3_agent(unused_udp_port, name=new_name)
            deadline = asyncio.get_running_loop().time() + 3
            try:
                after = await reader.walk((B,), WalkLimits(deadline=deadline))
            except SnmpError:
                after = None
        agent.close()
        return before, after

    before, after = asyncio.run(run())
    assert is_whole(before)
    if new_name == "v3":
        assert is_whole(after)
    else:
        assert after is None or is_whole(after) or not after.complete


def test_an_answer_whose_signature_is_forged_is_not_taken(engine, unused_udp_port):
    """The fast engine alone would take it: it does not look at the digest of answers."""
    forging = False

    def forge(datagram):
        start = datagram.find(b"\x04\x18") + 2  # the 24 bytes of an SHA-256 digest
        return [(0, datagram[:start] + bytes(24) + datagram[start + 24 :] if forging else datagram)]

    async def run():
        nonlocal forging
        agent = await v3_agent(unused_udp_port)
        relay = Relay(unused_udp_port, forge)
        await relay.start(unused_udp_port + 1)
        try:
            async with reading(engine, unused_udp_port + 1, user_of()) as reader:
                honest = await reader.get([(*A, 1)])
                forging = True
                with pytest.raises(SnmpError):
                    await reader.get([(*A, 1)])
        finally:
            relay.close()
            agent.close()
        return honest

    assert asyncio.run(run()) == {(*A, 1): 10}


def test_many_readings_leave_no_descriptor_behind(engine, unused_udp_port):
    def count():
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    async def run():
        agent = await v3_agent(unused_udp_port)
        counts = []
        engines = EnginePool()
        target = Target(address="127.0.0.1", snmp_port=unused_udp_port, snmp=user_of())
        for _ in range(3):
            for _ in range(40):
                fast = GufoConnection("127.0.0.1", unused_udp_port, user_of()) if engine == "fast" else None
                reader = DeviceReader(target, user_of(), engines, connection=fast)
                assert await reader.get([(*A, 1)]) == {(*A, 1): 10}
                reader.close()
            counts.append(count())
        engines.close()
        agent.close()
        return counts

    first, *later = asyncio.run(run())
    assert later == [first, first]


# What is remembered


def test_after_two_doubtful_readings_the_reference_engine_reads_alone(engine, unused_udp_port):
    _, first = walk(engine, Stuck(table()), unused_udp_port, (A,))
    found = first.describe_suitability("ROS 6.22")
    again = Suitability(description="ROS 6.22", doubts=found.doubts + 1)
    assert again.wants_reference_engine is (engine == "fast")
    clean = DeviceReader(Target(address="127.0.0.1"), PUBLIC, EnginePool(), found)
    assert clean.describe_suitability("ROS 6.22").doubts == 0


def test_what_suits_a_device_is_forgotten_with_new_firmware():
    known = Suitability(description="before", doubts=2, repetitions=1, getnext_only=True)
    reader = DeviceReader(Target(address="127.0.0.1"), PUBLIC, EnginePool(), known)
    reader.forget_if_changed("before")
    assert reader.describe_suitability("before").wants_reference_engine
    reader.forget_if_changed("after")
    assert reader.describe_suitability("after") == Suitability(description="after")


def test_the_memory_of_a_process_knows_devices_by_address_port_and_version():
    memory = ProcessMemory()
    device = Target(address="10.0.0.1", snmp=PUBLIC)
    memory.remember(device, Suitability(repetitions=5))
    assert memory.recall(device) == Suitability(repetitions=5)
    assert memory.recall(Target(address="10.0.0.1", snmp_port=1161, snmp=PUBLIC)) is None
    assert memory.recall(Target(address="10.0.0.1", snmp=user_of())) is None


def test_without_the_fast_engine_everything_still_works(monkeypatch, unused_udp_port):
    monkeypatch.setattr(gufo_engine, "IS_AVAILABLE", False)

    async def run():
        agent = FaultyAgent(table())
        await agent.start(unused_udp_port)
        engines = EnginePool()
        target = Target(address="127.0.0.1", snmp_port=unused_udp_port, snmp=PUBLIC)
        reader = await DeviceReader.open(target, PUBLIC, engines)
        result = await reader.walk((A, B), WalkLimits())
        reader.close()
        engines.close()
        agent.close()
        return result

    assert is_whole(asyncio.run(run()))
