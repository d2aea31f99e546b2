"""Addresses, ARP, MAC table, VLANs, routing peers and neighbours: every spelling ends in one vocabulary."""

import pytest
from pysnmp.proto import rfc1902

from network import SnmpV2cCredentials, Target, collect_snapshot
from network.lab.agent import SnmpAgent
from network.lab.mib import MibView, constant
from network.snmp import tables
from network.snmp.reader import parse_oid

IP, BRIDGE, LLDP = "1.3.6.1.2.1.4", "1.3.6.1.2.1.17", "1.0.8802.1.1.2.1.4.1.1"
MAC = bytes.fromhex("021ab0000001")
DOCUMENTATION = "32.1.13.184" + ".0" * 11 + ".7"  # 2001:db8::7
NUMBER, COUNT, TEXT, ADDRESS, POINTER = (
    rfc1902.Integer32,
    rfc1902.Gauge32,
    rfc1902.OctetString,
    rfc1902.IpAddress,
    rfc1902.ObjectIdentifier,
)


@pytest.fixture
def read(serve_agent):
    """Serve two ports and some cells, and return the snapshot."""

    def collect(cells, object_id="1.3.6.1.4.1.99999.1"):
        objects = {
            "1.3.6.1.2.1.1.2.0": POINTER(object_id),
            "1.3.6.1.2.1.2.2.1.2.5": TEXT("eth5"),
            "1.3.6.1.2.1.2.2.1.2.6": TEXT("eth6"),
        } | cells
        view = MibView({parse_oid(oid): constant(value) for oid, value in objects.items()})
        port = serve_agent(
            lambda port: SnmpAgent(name="t", view=view, address="127.0.0.1", port=port, community="c")
        )
        target = Target(address="127.0.0.1", snmp_port=port, snmp=SnmpV2cCredentials.of("c"))
        snapshot = collect_snapshot(target)
        assert snapshot.complete, snapshot.failures
        return snapshot

    return collect


def test_addresses_of_the_old_and_the_new_table_are_one_list_without_broadcasts(read):
    prefix = "1.3.6.1.2.1.4.32.1.5.5.1.4.10.0.0.0.24"
    snapshot = read(
        {
            f"{IP}.20.1.2.10.0.0.1": NUMBER(5),
            f"{IP}.20.1.3.10.0.0.1": ADDRESS("255.255.255.0"),
            f"{IP}.34.1.3.1.4.10.0.0.1": NUMBER(5),
            f"{IP}.34.1.4.1.4.10.0.0.1": NUMBER(1),
            f"{IP}.34.1.5.1.4.10.0.0.1": POINTER(prefix),
            f"{IP}.34.1.3.1.4.10.0.0.255": NUMBER(5),
            f"{IP}.34.1.4.1.4.10.0.0.255": NUMBER(3),
            f"{IP}.34.1.3.2.16.{DOCUMENTATION}": NUMBER(6),
            f"{IP}.34.1.5.2.16.{DOCUMENTATION}": POINTER(f"1.3.6.1.2.1.4.32.1.5.6.2.16.{DOCUMENTATION}.64"),
        }
    )
    found = [(item.address, item.prefix_length, item.interface) for item in snapshot.addresses]
    assert found == [("10.0.0.1", 24, "eth5"), ("2001:db8::7", 64, "eth6")]


def test_arp_entries_of_both_tables_name_port_and_hardware_address(read):
    snapshot = read(
        {
            f"{IP}.22.1.2.5.10.0.0.9": TEXT(MAC),
            f"{IP}.22.1.2.5.10.0.0.10": TEXT(b""),
            f"{IP}.35.1.4.5.1.4.10.0.0.9": TEXT(MAC),
            f"{IP}.35.1.4.6.2.16.{DOCUMENTATION}": TEXT(MAC),
        }
    )
    found = [(item.interface, item.address, item.mac) for item in snapshot.arp]
    assert found == [
        ("eth5", "10.0.0.9", "02:1a:b0:00:00:01"),
        ("eth6", "2001:db8::7", "02:1a:b0:00:00:01"),
    ]


def test_a_mac_table_is_told_by_port_name_and_by_vlan_not_by_database(read):
    mac = ".".join(map(str, MAC))
    snapshot = read(
        {
            f"{BRIDGE}.1.4.1.2.17": NUMBER(6),
            f"{BRIDGE}.7.1.2.2.1.2.3.{mac}": NUMBER(17),
            f"{BRIDGE}.7.1.2.2.1.3.3.{mac}": NUMBER(3),
            f"{BRIDGE}.7.1.4.2.1.3.0.120": COUNT(3),
        }
    )
    (entry,) = snapshot.mac_table
    assert (entry.mac, entry.interface, entry.vlan, entry.status) == (
        "02:1a:b0:00:00:01",
        "eth6",
        120,
        "learned",
    )


def test_a_bridge_without_vlans_gives_its_mac_table_too(read):
    mac = ".".join(map(str, MAC))
    snapshot = read({f"{BRIDGE}.1.4.1.2.1": NUMBER(5), f"{BRIDGE}.4.3.1.2.{mac}": NUMBER(1)})
    assert [(item.interface, item.vlan) for item in snapshot.mac_table] == [("eth5", None)]


def test_bgp_and_ospf_are_told_in_the_words_of_their_standards(read):
    bgp, ospf = "1.3.6.1.2.1.15.3.1", "1.3.6.1.2.1.14.10.1"
    snapshot = read(
        {
            f"{bgp}.1.10.9.0.1": ADDRESS("9.9.9.9"),
            f"{bgp}.2.10.9.0.1": NUMBER(6),
            f"{bgp}.3.10.9.0.1": NUMBER(2),
            f"{bgp}.9.10.9.0.1": NUMBER(23456),
            f"{bgp}.14.10.9.0.1": TEXT(b"\x04\x00"),
            f"{bgp}.16.10.9.0.1": COUNT(86400),
            f"{bgp}.2.10.9.0.5": NUMBER(3),
            f"{bgp}.9.10.9.0.5": NUMBER(65010),
            f"{bgp}.14.10.9.0.5": TEXT(b"\x00\x00"),
            f"{ospf}.3.10.8.0.1.0": ADDRESS("8.8.0.1"),
            f"{ospf}.6.10.8.0.1.0": NUMBER(4),
        }
    )
    first, second = snapshot.bgp_peers
    assert (first.address, first.state, first.admin_status) == ("10.9.0.1", "established", "start")
    assert (first.remote_as, first.router_id, first.established_seconds) == (None, "9.9.9.9", 86400)
    assert first.last_error == "4.0"
    assert (second.state, second.remote_as, second.last_error) == ("active", 65010, None)
    (neighbour,) = snapshot.ospf_neighbours
    assert (neighbour.address, neighbour.router_id, neighbour.state) == ("10.8.0.1", "8.8.0.1", "twoWay")


def test_one_lldp_neighbour_under_two_time_marks_is_one_and_a_written_mac_stays_as_it_is(read):
    cells = {}
    for mark in (100, 900):
        cells |= {
            f"{LLDP}.4.{mark}.5.1": NUMBER(4),
            f"{LLDP}.5.{mark}.5.1": TEXT("02:1a:b0:00:00:02"),
            f"{LLDP}.6.{mark}.5.1": NUMBER(5),
            f"{LLDP}.7.{mark}.5.1": TEXT("port-7"),
            f"{LLDP}.9.{mark}.5.1": TEXT("ap-lobi"),
        }
    (neighbour,) = read(cells).neighbours
    assert (neighbour.local_interface, neighbour.remote_name) == ("eth5", "ap-lobi")
    assert neighbour.remote_chassis == "02:1a:b0:00:00:02"


def test_a_long_arp_table_is_cut_with_a_note_and_no_failure(read, monkeypatch):
    monkeypatch.setattr(tables, "OPTIONAL_ROWS", 60)
    snapshot = read({f"{IP}.22.1.2.5.10.0.{n // 200}.{n % 200}": TEXT(MAC) for n in range(400)})
    assert [(note.code, note.probe) for note in snapshot.notes][1:] == [("truncated", "arp")]
    assert 60 <= len(snapshot.arp) < 200
