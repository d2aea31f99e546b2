"""A port or a peer that changes its state again and again is a finding of its own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network import BgpPeer, Failure, Interface, OspfNeighbour, Snapshot
from network.health import judge, list_state_changes, shipped_rules
from tests.factories.readings import switch_facts as busy_switch


def switch_facts() -> Snapshot:
    return busy_switch(2, random.Random(1))


def reading(ports: Iterable[Interface] = (), **parts: object) -> Snapshot:
    return replace(switch_facts(), interfaces=tuple(ports), **parts)  # type: ignore[arg-type]


def port(number: int, state: str = "up", changed: float | None = 10.0) -> Interface:
    return Interface(
        index=number,
        name=f"Gi{number}",
        admin_status="up",
        oper_status=state,
        last_change_seconds=changed,
    )


def changes(before: Snapshot, after: Snapshot) -> list[tuple[str, str, int]]:
    return [(one.kind, one.object, one.times) for one in list_state_changes(before, after)]


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        (port(1), port(1, "down", 60.0), [("port", "Gi1", 1)]),
        (port(1, "down"), port(1, "up", 60.0), [("port", "Gi1", 1)]),
        (port(1), port(1, "up", 60.0), [("port", "Gi1", 2)]),
        (port(1), port(1), []),
        (port(1, "unknown"), port(1, "up", 60.0), []),
        (port(1, changed=None), port(1, changed=60.0), []),
    ],
)
def test_a_port_that_is_as_before_but_changed_since_went_there_and_back(
    was: Interface, now: Interface, found: list[tuple[str, str, int]]
) -> None:
    assert changes(reading([was]), reading([now])) == found


def test_an_agent_that_gives_every_port_the_moment_of_the_reading_is_not_believed() -> None:
    before = reading([port(number, changed=10.0) for number in range(1, 9)])
    after = reading([port(number, changed=70.0) for number in range(1, 9)])
    assert changes(before, after) == []


def test_after_a_restart_the_moments_of_the_ports_say_nothing() -> None:
    before = switch_facts()
    system = replace(before.system, uptime_seconds=5.0, agent_uptime_seconds=5.0)
    after = replace(reading([port(1, changed=60.0)]), system=system)
    assert changes(replace(before, interfaces=(port(1),)), after) == []


def test_a_peer_that_is_younger_than_before_fell_and_came_back() -> None:
    def bgp(state: str, seconds: int | None) -> Snapshot:
        return reading(bgp_peers=(BgpPeer(address="10.0.0.1", state=state, established_seconds=seconds),))

    assert changes(bgp("established", 900), bgp("established", 20)) == [("peer", "10.0.0.1", 2)]
    assert changes(bgp("established", 900), bgp("established", 1200)) == []
    assert changes(bgp("established", 900), bgp("active", None)) == [("peer", "10.0.0.1", 1)]


def test_a_neighbour_that_could_not_be_read_did_not_leave() -> None:
    there = reading(ospf_neighbours=(OspfNeighbour(address="10.0.0.2", state="full"),))
    assert changes(there, reading()) == [("peer", "10.0.0.2", 1)]
    unread = reading(failures=(Failure.of("timeout_budget", "ospf_neighbours"),))
    assert changes(there, unread) == []


@given(st.lists(st.booleans(), min_size=2, max_size=20))
def test_as_many_changes_are_counted_as_the_readings_show(states: list[bool]) -> None:
    readings = [reading([port(1, "up" if up else "down", None)]) for up in states]
    counted = sum(
        times
        for number in range(1, len(states))
        for _, _, times in changes(*readings[number - 1 : number + 1])
    )
    assert counted == sum(a != b for a, b in itertools.pairwise(states))


def test_what_swings_is_bad_from_the_threshold_on_and_until_it_is_clear() -> None:
    before = switch_facts()
    after = replace(before)
    key = ("port_flapping", "Gi1")

    def found(count: int, *, is_open: bool) -> bool:
        alive = frozenset({key} if is_open else ())
        return any(
            (one.rule, one.object) == key for one in judge(after, before, None, alive, {key: count}).bad
        )

    assert [found(count, is_open=False) for count in (3, 4)] == [False, True]
    assert [found(count, is_open=True) for count in (1, 2)] == [False, True]
    told = next(one for one in judge(after, before, None, frozenset(), {key: 5}).bad if one.rule == key[0])
    assert told.describe("id", shipped_rules()) == "Status port Gi1 berubah 5 kali dalam 30 menit."


def test_without_a_reading_before_nobody_says_that_it_swings_no_more() -> None:
    after = switch_facts()
    assert "port_flapping" not in judge(after, None).judged
    assert "port_flapping" in judge(after, replace(after)).judged
