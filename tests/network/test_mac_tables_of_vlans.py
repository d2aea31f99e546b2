"""Cisco IOS keeps one MAC table a VLAN: each is asked for by its own community or context, within bounds."""

import asyncio

import pytest
from pyasn1.codec.ber import decoder
from pysnmp.proto import rfc1902
from pysnmp.proto.api import v2c

from network import SnmpV2cCredentials, SnmpV3Credentials, Target, collect_snapshot
from network.lab.faulty_agent import FaultyAgent
from network.snmp import bridge_tables, tables
from network.snmp.pysnmp_engine import EnginePool

IOS = b"Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11, RELEASE SOFTWARE (fc3)"
BRIDGE, VTP = (1, 3, 6, 1, 2, 1, 17), (1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1)
DEVICE = {
    (1, 3, 6, 1, 2, 1, 1, 1, 0): rfc1902.OctetString(IOS),
    (1, 3, 6, 1, 2, 1, 1, 2, 0): rfc1902.ObjectIdentifier((1, 3, 6, 1, 4, 1, 9, 1, 1208)),
    (1, 3, 6, 1, 2, 1, 1, 3, 0): rfc1902.TimeTicks(1000),
    **{(1, 3, 6, 1, 2, 1, 2, 2, 1, 2, i): rfc1902.OctetString(b"Gi0/%d" % i) for i in (1, 2)},
}


def table_of(vlan_mac, bridge_port, interface):
    """One learned address; bridge ports have numbers of their own in each VLAN."""
    return {
        (*BRIDGE, 4, 3, 1, 2, *vlan_mac): rfc1902.Integer32(bridge_port),
        (*BRIDGE, 4, 3, 1, 3, *vlan_mac): rfc1902.Integer32(3),
        (*BRIDGE, 1, 4, 1, 2, bridge_port): rfc1902.Integer32(interface),
    }


class PerVlanAgent(FaultyAgent):
    """Answers each community from the table that belongs to it, and others not at all."""

    def __init__(self, by_community):
        super().__init__({})
        self.by_community, self.asked = by_community, set()

    def datagram_received(self, data, addr):
        message, _ = decoder.decode(data, asn1Spec=v2c.Message())
        self.community = bytes(v2c.apiMessage.get_community(message))
        self.asked.add(self.community)
        table = self.by_community.get(self.community)
        if table is not None:
            self.table, self.order = table, sorted(table)
            super().datagram_received(data, addr)


@pytest.fixture
def read(agent_loop, unused_udp_port):
    agents = []

    def collect(by_community, vlans):
        vtp = {(*VTP, 2, 1, number): rfc1902.Integer32(state) for number, state in vlans.items()}
        plain = DEVICE | vtp | by_community.pop(b"umum")
        agents.append(PerVlanAgent(by_community | {b"umum": plain}))
        asyncio.run_coroutine_threadsafe(agents[0].start(unused_udp_port), agent_loop).result(10)
        target = Target(address="127.0.0.1", snmp_port=unused_udp_port, snmp=SnmpV2cCredentials.of("umum"))
        return agents[0], collect_snapshot(target)

    yield collect
    for agent in agents:
        agent_loop.call_soon_threadsafe(agent.close)


def told(snapshot):
    return [(entry.mac[-2:], entry.interface, entry.vlan) for entry in snapshot.mac_table]


def test_each_active_vlan_is_asked_by_its_own_community_and_with_its_own_bridge_ports(read):
    agent, snapshot = read(
        {
            b"umum": table_of((0, 0, 0, 0, 0, 1), 7, 1),
            b"umum@20": table_of((0, 0, 0, 0, 0, 2), 7, 2),
            b"umum@30": {},
        },
        {1: 1, 20: 1, 30: 1, 40: 2, 1002: 1, 1005: 1},
    )
    assert told(snapshot) == [("01", "Gi0/1", 1), ("02", "Gi0/2", 20)]
    assert agent.asked == {b"umum", b"umum@20", b"umum@30"}, (
        "neither VLAN 1 twice, suspended nor reserved ones"
    )
    assert snapshot.notes == ()
    assert "umum" not in str(snapshot.to_dict())


def test_a_device_that_is_silent_for_a_vlan_is_asked_for_no_other_and_the_gap_is_noted(read, monkeypatch):
    monkeypatch.setattr(tables, "VLAN_SECONDS", 0.5)
    agent, snapshot = read({b"umum": table_of((0, 0, 0, 0, 0, 1), 7, 1)}, {1: 1, 20: 1, 30: 1})
    assert told(snapshot) == [("01", "Gi0/1", 1)]
    assert agent.asked == {b"umum", b"umum@20"}
    assert [note.code for note in snapshot.notes] == ["mac_of_vlans_missing"]
    assert snapshot.complete, "what the device does not offer is no failure"


def test_no_more_vlans_are_asked_than_fit_into_a_reading(read, monkeypatch):
    monkeypatch.setattr(bridge_tables, "MOST_VLANS", 1)
    agent, snapshot = read({b"umum": {}, b"umum@20": {}, b"umum@30": {}}, {20: 1, 30: 1})
    assert agent.asked == {b"umum", b"umum@20"}
    assert [(note.code, note.stopped_by) for note in snapshot.notes] == [("truncated", "vlan_cap")]


def test_snmpv3_asks_for_a_vlan_by_its_context():
    user = SnmpV3Credentials.of("pemantau", "SHA-256", "kunci-autentikasi", "AES-128", "kunci-privasi")
    target = Target(address="127.0.0.1", snmp_port=1161, snmp=user)

    async def contexts():
        pool = EnginePool()
        exchanges = [await pool.connect(target, user, vlan) for vlan in (None, 20)]
        names = [bytes(exchange._context.contextName) for exchange in exchanges]
        for exchange in exchanges:
            exchange.close()
        pool.close()
        return names

    assert asyncio.run(contexts()) == [b"", b"vlan-20"]
