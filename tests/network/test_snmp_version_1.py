"""Old devices speak SNMPv1 only: no GETBULK, no 64 bits, and one missing object spoils a whole answer."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from network import SnmpV1Credentials, SnmpV2cCredentials, Target, collect_snapshot
from network.command_line import build_parser, build_target
from network.lab.quick_agent import QuickAgent, QuickTable, integer, text
from network.lab.quick_switches import COMMUNITY, USER, switch_table
from network.snmp import gufo_engine
from network.snmp.device_reader import DeviceReader
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import Reply, WalkLimits
from network.snmp.walker import Walker

A, B = (1, 3, 6, 1, 4, 1, 9999, 1, 1, 1), (1, 3, 6, 1, 4, 1, 9999, 1, 1, 2)
OLD = SnmpV1Credentials.of(COMMUNITY)


class Serving(asyncio.DatagramProtocol):
    """Put a ready-made agent on a port of the running loop."""

    def __init__(self, agent: QuickAgent) -> None:
        self.agent, self.kinds = agent, set()

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        self.kinds.add((data[4], data[7 + len(COMMUNITY)]))  # version, and kind of the request
        reply = self.agent.answer(data)
        if reply is not None:
            self.transport.sendto(reply, addr)


@asynccontextmanager
async def serving(table: QuickTable, port: int):
    agent = Serving(QuickAgent(table, 1, COMMUNITY, USER))
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: agent, local_addr=("127.0.0.1", port))
    try:
        yield agent
    finally:
        agent.transport.close()


def read(table, port, ask):
    async def run():
        engines = EnginePool()
        async with serving(table, port) as agent:
            target = Target(address="127.0.0.1", snmp_port=port, snmp=OLD)
            reader = await DeviceReader.open(target, OLD, engines)
            try:
                return await ask(reader), agent
            finally:
                reader.close()
                engines.close()

    return asyncio.run(run())


def test_columns_of_different_lengths_are_read_to_their_ends_without_getbulk(unused_udp_port):
    cells = {(*A, row): integer(row) for row in range(1, 8)} | {
        (*B, row): integer(row) for row in range(1, 4)
    }
    result, agent = read(QuickTable(cells), unused_udp_port, lambda reader: reader.walk((A, B), WalkLimits()))
    assert result.complete
    assert [len(result.columns[column]) for column in (A, B)] == [7, 3]
    assert {version for version, _ in agent.kinds} == {0}
    assert {kind for _, kind in agent.kinds} == {0xA1}


def test_one_missing_object_does_not_lose_the_others(unused_udp_port):
    cells = {(*A, row): text(f"nilai {row}") for row in range(1, 4)}
    asked = [(*A, row) for row in range(1, 6)]
    values, _ = read(QuickTable(cells), unused_udp_port, lambda reader: reader.get(asked))
    assert values == {(*A, row): f"nilai {row}".encode() for row in range(1, 4)}


@pytest.mark.parametrize("index", [0, 9, -1])
def test_an_agent_that_does_not_say_which_object_is_missing_is_asked_by_parts(index):
    class Vague:
        async def get(self, oids):
            if (9, 9) in oids:
                return Reply([], 2, index)
            return Reply([(oid, 1) for oid in oids])

        async def get_next(self, oids):
            if len(oids) > 1 or oids[0][-1] == 3:
                return Reply([], 2, index)
            return Reply([((*oids[0][:3], oids[0][3] + 1 if len(oids[0]) > 3 else 1), 1)])

        get_bulk = None

    walker = Walker(Vague(), is_version_1=True)
    assert asyncio.run(walker.get([(1, 1), (9, 9), (1, 2)])) == {(1, 1): 1, (1, 2): 1}
    result = asyncio.run(walker.walk(((1, 3, 1), (1, 3, 2)), WalkLimits()))
    assert result.complete
    assert [len(cells) for cells in result.columns.values()] == [3, 3]


def test_the_ports_of_an_old_switch_are_read_whole(serve_datagrams):
    port = serve_datagrams(lambda _port: Serving(QuickAgent(switch_table(6), 1, COMMUNITY, USER)))
    snapshot = collect_snapshot(Target(address="127.0.0.1", snmp_port=port, snmp=OLD))
    assert snapshot.complete
    assert len(snapshot.interfaces) == 6
    assert (snapshot.interfaces[5].alias, snapshot.interfaces[5].in_errors) == ("lantai 2 meja 6", 18)
    assert snapshot.interfaces[5].in_octets is None


def test_the_command_line_chooses_the_version():
    parser = build_parser()
    old = parser.parse_args(["snapshot", "10.0.0.1", "--community", "lama", "--snmp-version", "1"])
    assert build_target(old).snmp == SnmpV1Credentials.of("lama")
    new = parser.parse_args(["snapshot", "10.0.0.1", "--community", "lama"])
    assert build_target(new).snmp == SnmpV2cCredentials.of("lama")


def test_the_two_versions_of_one_community_are_two_profiles_and_the_old_one_is_not_read_fast():
    assert SnmpV1Credentials.of("x") != SnmpV2cCredentials.of("x")
    assert not gufo_engine.can_read(OLD)
