"""The collector against agents of the lab: right values, named failures, nothing raised."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from network import (
    Snapshot,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    Target,
    UnreadableSnapshot,
    collect_many,
    collect_snapshot,
)
from network.lab.agent import SnmpAgent
from network.lab.definition import list_device_files
from network.lab.faulty_agent import Relay
from network.lab.mib import MibView, build_view, constant
from network.schemas import build_snapshot_schema, read_published_schema


def v2c(port: int, community: str, **changes) -> Target:
    return Target(address="127.0.0.1", snmp_port=port, snmp=SnmpV2cCredentials.of(community), **changes)


def lab_user(key: str = "lab-kunci-autentikasi", privacy: str = "lab-kunci-privasi", user: str = "pemantau"):
    return SnmpV3Credentials.of(user, "SHA-256", key, "AES-128", privacy)


def codes(snapshot: Snapshot) -> list[str]:
    return [failure.code for failure in snapshot.failures]


@pytest.mark.parametrize("file", [f for f in list_device_files() if f.community], ids=lambda file: file.name)
def test_every_v2c_device_of_the_lab_is_read_whole(serve_lab, file):
    snapshot = collect_snapshot(v2c(serve_lab(file.name), file.community))
    assert snapshot.complete, snapshot.failures
    assert snapshot.platform == file.platform
    assert snapshot.system.name == file.name
    assert [interface.index for interface in snapshot.interfaces] == [port.index for port in file.all_ports()]
    assert all(interface.in_octets is not None for interface in snapshot.interfaces)
    assert snapshot.system.serial
    assert snapshot.sensors


def test_a_switch_gives_its_facts_in_the_units_of_the_vocabulary(serve_lab):
    snapshot = collect_snapshot(v2c(serve_lab("sw-inti-jkt"), "lab-jkt"))
    ports = {interface.name: interface for interface in snapshot.interfaces}
    backbone = ports["Te1/0/1"]
    assert (backbone.speed_bps, backbone.counter_bits, backbone.type) == (
        10_000_000_000,
        64,
        "ethernetCsmacd",
    )
    assert (backbone.mac, backbone.alias) == ("02:1a:b0:01:02:01", "tulang punggung ke pusat data")
    assert (ports["Gi1/0/22"].admin_status, ports["Gi1/0/22"].oper_status) == ("down", "down")
    assert (snapshot.system.vendor, snapshot.system.model) == ("Cisco", "WS-C2960X-24TD-L")
    assert snapshot.system.version == "15.2(7)E9"
    assert {pool.name for pool in snapshot.memory} == {"Processor", "I/O"}
    assert all(pool.total_bytes > pool.used_bytes for pool in snapshot.memory)
    assert {n.remote_name for n in snapshot.neighbours} == {"rt-wan-jkt", "fw-batas-jkt", "sw-lt2-jkt"}
    assert {n.local_interface for n in snapshot.neighbours} == {"Gi1/0/1", "Gi1/0/2", "Gi1/0/3"}


def test_memory_that_linux_only_borrows_is_not_counted_as_used(serve_lab):
    target = Target(address="127.0.0.1", snmp_port=serve_lab("srv-dns"), snmp=lab_user())
    snapshot = collect_snapshot(target)
    physical = next(pool for pool in snapshot.memory if pool.name == "Physical memory")
    assert snapshot.complete, snapshot.failures
    assert 30 < physical.usage_percent < 45
    assert [volume.name for volume in snapshot.storage] == ["/"]


def test_a_device_with_32_bit_counters_only_says_so(serve_lab):
    snapshot = collect_snapshot(v2c(serve_lab("ups-dc"), "lab-dc"))
    assert [interface.counter_bits for interface in snapshot.interfaces] == [32, 32]
    assert [interface.name for interface in snapshot.interfaces] == ["LOOPBACK", "vmac0"]


@pytest.mark.parametrize(
    "credentials",
    [
        lab_user(user="nobody-knows"),
        lab_user(key="wrong-key-entirely"),
        lab_user(privacy="wrong-key-entirely"),
    ],
    ids=["user", "authentication key", "privacy key"],
)
def test_wrong_v3_credentials_are_named(serve_lab, credentials):
    target = Target(address="127.0.0.1", snmp_port=serve_lab("srv-dns"), snmp=credentials)
    snapshot = collect_snapshot(target, budget_seconds=8)
    assert not snapshot.has_data
    assert codes(snapshot) == ["wrong_credentials"]


def test_two_v3_users_of_one_name_and_two_keys_do_not_disturb_each_other(serve_lab):
    port = serve_lab("srv-dns")
    wrong = Target(address="127.0.0.1", snmp_port=port, snmp=lab_user(key="wrong-key-entirely"))
    right = Target(address="127.0.0.1", snmp_port=port, snmp=lab_user())
    assert collect_snapshot(right).complete
    assert not collect_snapshot(wrong, budget_seconds=6).has_data
    assert collect_snapshot(right).complete


def test_a_wrong_community_is_told_from_silence_where_the_agent_speaks_v3(serve_lab):
    snapshot = collect_snapshot(v2c(serve_lab("sw-inti-jkt"), "salah"))
    assert codes(snapshot) == ["wrong_credentials"]
    assert "salah" not in str(snapshot.to_dict())


def test_an_agent_that_chokes_on_one_object_is_asked_for_less_and_read(
    serve_lab, lab_file, agent_loop, unused_udp_port
):
    asked_together = (bytes.fromhex("2b06010201010100"), bytes.fromhex("2b060106030a02010300"))

    def hand_back(answer):
        return [] if all(oid in answer for oid in asked_together) else [(0, answer)]

    relay = Relay(serve_lab("sw-inti-jkt"), hand_back)
    asyncio.run_coroutine_threadsafe(relay.start(unused_udp_port), agent_loop).result(10)

    snapshot = collect_snapshot(v2c(unused_udp_port, lab_file("sw-inti-jkt").community))

    agent_loop.call_soon_threadsafe(relay.close)
    assert snapshot.interfaces
    assert "wrong_credentials" not in codes(snapshot)


def test_a_port_where_nobody_listens_is_refused_by_name(unused_udp_port):
    snapshot = collect_snapshot(v2c(unused_udp_port, "public"))
    assert codes(snapshot) == ["connection_refused"]
    assert (snapshot.complete, snapshot.has_data) == (False, False)


def test_an_unknown_name_is_named():
    target = Target(address="no-such-host.invalid", snmp=SnmpV2cCredentials.of("public"))
    assert codes(collect_snapshot(target)) == ["name_not_found"]


def test_an_unknown_platform_is_read_by_the_standard_mibs_and_noted(serve_agent, lab_file):
    device = lab_file("sw-pusdata").model_copy(update={"object_id": "1.3.6.1.4.1.99999.1"})
    port = serve_agent(
        lambda port: SnmpAgent(
            name="x", view=build_view(device), address="127.0.0.1", port=port, community="c"
        )
    )
    snapshot = collect_snapshot(v2c(port, "c"))
    assert [note.code for note in snapshot.notes] == ["unknown_platform"]
    assert snapshot.platform == "default"
    assert snapshot.complete
    assert len(snapshot.interfaces) == 25
    assert snapshot.processors


def test_a_slow_device_is_cut_at_its_budget_and_what_was_read_is_kept(serve_stalling):
    snapshot = collect_snapshot(v2c(serve_stalling(), "c"), budget_seconds=4)
    assert not snapshot.complete
    assert "timeout_budget" in codes(snapshot)
    assert snapshot.system.name == "sw-inti-jkt"
    assert snapshot.interfaces


def test_what_an_agent_does_not_have_is_empty_and_not_zero(serve_agent):
    from_standard = {(1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 7): b"eth7"}
    view = MibView({oid: constant(_octets(value)) for oid, value in from_standard.items()})
    port = serve_agent(
        lambda port: SnmpAgent(name="bare", view=view, address="127.0.0.1", port=port, community="c")
    )
    (interface,) = collect_snapshot(v2c(port, "c")).interfaces
    assert interface.name == "eth7"
    assert (interface.in_octets, interface.mtu, interface.oper_status, interface.speed_bps) == (None,) * 4


def _octets(value: bytes):
    from pysnmp.proto import rfc1902

    return rfc1902.OctetString(value)


def test_a_port_flaps_by_the_clock_and_its_counters_never_run_back(serve_lab):
    moment = 1_795_000_000.0
    seen = []
    for offset in range(0, 480, 40):
        port = serve_lab("rt-mks", clock=lambda offset=offset: moment + offset)
        snapshot = collect_snapshot(v2c(port, "lab-mks"))
        seen.append(next(interface for interface in snapshot.interfaces if interface.name == "ether1"))
    assert {interface.oper_status for interface in seen} == {"up", "down"}
    counted = [interface.in_octets for interface in seen]
    assert counted == sorted(counted)
    assert counted[-1] > counted[0]


def test_a_fleet_brings_every_device_and_a_dead_one_holds_up_nobody(serve_lab, unused_udp_port):
    alive = [v2c(serve_lab("ups-dc"), "lab-dc", name=f"ups-{number}") for number in range(4)]
    dead = v2c(unused_udp_port, "public", name="dead")
    found = {t.name: s for t, s in collect_many([dead, *alive], budget_seconds=8, jitter_seconds=0)}
    assert codes(found.pop("dead")) == ["connection_refused"]
    assert sorted(found) == ["ups-0", "ups-1", "ups-2", "ups-3"]
    assert all(snapshot.complete for snapshot in found.values())


def test_a_snapshot_survives_json_and_fits_the_published_schema(serve_lab):
    moment = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    snapshot = collect_snapshot(v2c(serve_lab("sw-bdg"), "lab-bdg"), now=lambda: moment)
    data = snapshot.to_dict()
    assert data["taken_at"] == "2026-11-23T02:30:00.000Z"
    assert Snapshot.from_dict(data) == snapshot
    assert TypeAdapter(Snapshot).validate_python(data) == snapshot
    assert read_published_schema("snapshot-v3") == build_snapshot_schema()


def test_a_snapshot_stored_by_the_version_before_is_still_read(serve_lab):
    newer = collect_snapshot(v2c(serve_lab("ups-dc"), "lab-dc")).to_dict()
    added = {
        "power",
        "ups",
        "addresses",
        "arp",
        "mac_table",
        "vlans",
        "bgp_peers",
        "ospf_neighbours",
        "alarms",
        "items",
    }
    stored = {key: value for key, value in newer.items() if key not in added} | {"schema_version": 1}
    for interface in stored["interfaces"]:
        del interface["duplex"], interface["unicast_counter_bits"]
    assert set(stored) == set(read_published_schema("snapshot-v1")["properties"])
    snapshot = Snapshot.from_dict(stored)
    assert (snapshot.schema_version, snapshot.vlans, snapshot.ups) == (1, (), None)
    assert snapshot.interfaces[0].duplex is None


def test_a_snapshot_of_the_second_version_is_still_read(serve_lab):
    newer = collect_snapshot(v2c(serve_lab("ups-dc"), "lab-dc")).to_dict()
    stored = {key: value for key, value in newer.items() if key != "items"} | {"schema_version": 2}
    for interface in stored["interfaces"]:
        del interface["unicast_counter_bits"]
    assert set(stored) == set(read_published_schema("snapshot-v2")["properties"])
    snapshot = Snapshot.from_dict(stored)
    assert (snapshot.schema_version, snapshot.items) == (2, ())
    assert snapshot.ups is not None


def test_a_snapshot_of_a_version_to_come_is_refused(serve_lab):
    stored = collect_snapshot(v2c(serve_lab("ups-dc"), "lab-dc")).to_dict() | {"schema_version": 4}
    with pytest.raises(UnreadableSnapshot, match="4"):
        Snapshot.from_dict(stored)
