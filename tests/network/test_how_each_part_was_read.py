"""The items of a snapshot: what each part asked for, when, how long it took, and whether all of it came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from network import Item, Snapshot, SnmpV2cCredentials, SystemFacts, Target, collect_snapshot
from network.facts import UpsStatus
from network.item_log import count_rows

MOMENT = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
IF_DESCR = "1.3.6.1.2.1.2.2.1.2"
# What stands in a snapshot as a table or a thing of its own, under the name of its item.
PARTS = (
    "interfaces",
    "processors",
    "memory",
    "sensors",
    "neighbours",
    "storage",
    "power",
    "alarms",
    "addresses",
    "vlans",
    "bgp_peers",
    "ospf_neighbours",
    "arp",
    "mac_table",
)


def read(port, community, **changes):
    target = Target(address="127.0.0.1", snmp_port=port, snmp=SnmpV2cCredentials.of(community))
    return collect_snapshot(target, now=lambda: MOMENT, **changes)


def by_name(snapshot):
    return {item.name: item for item in snapshot.items}


def test_every_part_says_what_it_asked_for_and_how_many_rows_came(serve_lab):
    snapshot = read(serve_lab("sw-bdg"), "lab-bdg")
    items = by_name(snapshot)
    assert len(items) == len(snapshot.items)
    assert {name: items[name].rows for name in PARTS} == {
        name: len(getattr(snapshot, name)) for name in PARTS
    }
    assert IF_DESCR in items["interfaces"].asked
    assert "1.3.6.1.2.1.1.1.0" in items["system"].asked
    assert items["processors"].asked
    assert all(
        item.complete and item.stopped_by is None and item.protocol == "snmp" for item in snapshot.items
    )


def test_the_parts_follow_one_another_from_the_moment_of_the_snapshot(serve_lab):
    snapshot = read(serve_lab("ups-dc"), "lab-dc")
    starts = [item.started_at for item in snapshot.items]
    assert starts == sorted(starts)
    assert starts[0] >= MOMENT
    last = snapshot.items[-1]
    end = last.started_at + timedelta(milliseconds=last.duration_ms)
    # Each number is rounded by itself.
    assert end <= MOMENT + timedelta(milliseconds=snapshot.duration_ms + 2)


def test_a_part_that_needed_what_was_cut_short_is_not_complete(serve_stalling):
    items = by_name(read(serve_stalling(), "c", budget_seconds=4))
    assert items["system"].complete
    assert (items["mac_table"].complete, items["mac_table"].stopped_by) == (False, "deadline")


def test_a_device_that_does_not_answer_leaves_one_item_that_says_so(unused_udp_port):
    snapshot = read(unused_udp_port, "public")
    (item,) = snapshot.items
    assert (item.name, item.complete, item.rows) == ("system", False, 0)
    assert item.stopped_by


def test_a_session_of_commands_is_one_item(cisco, target_of):
    snapshot = collect_snapshot(target_of(cisco()), commands=["show version"], now=lambda: MOMENT)
    (item,) = snapshot.items
    assert (item.name, item.protocol, item.asked) == ("commands", "ssh", ("show version",))
    assert (item.complete, item.rows) == (True, 1)


def test_items_survive_json(serve_lab):
    snapshot = read(serve_lab("ups-dc"), "lab-dc")
    assert Snapshot.from_dict(snapshot.to_dict()).items == snapshot.items
    item = Item(name="arp", protocol="snmp", asked=(), started_at=MOMENT, duration_ms=0, complete=True)
    assert replace(snapshot, items=(item,)).to_dict()["items"][0]["started_at"] == "2026-11-28T01:00:00.000Z"


def test_rows_of_a_single_thing_are_the_facts_that_are_known():
    assert count_rows(UpsStatus(source="battery", load_percent=0)) == 2
    assert count_rows(("a", "b")) == 2
    assert count_rows(None) == 0
    assert count_rows(SystemFacts(name="sw", description="x", vendor="Cisco", serial="LAB1")) == 2


def test_the_width_of_the_unicast_counters_is_told_beside_that_of_the_octets(serve_lab):
    narrow = read(serve_lab("ups-dc"), "lab-dc").interfaces
    wide = read(serve_lab("sw-bdg"), "lab-bdg").interfaces
    assert {port.unicast_counter_bits for port in narrow} == {32}
    assert {port.unicast_counter_bits for port in wide} == {64}
