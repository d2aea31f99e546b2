"""Many devices: the dead are left alone, longer and longer; what stands behind them is not called broken."""

import asyncio
import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysnmp.proto import rfc1902

from network import (
    InvalidTarget,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    SshCredentials,
    Target,
    answers,
    collect_many,
    collect_snapshot,
)
from network.lab.faulty_agent import FaultyAgent
from network.lab.quick_agent import QuickAgent
from network.lab.quick_switches import COMMUNITY, USER, switch_table
from network.reachability import LONGEST_WAIT, Watch, retry_delay
from network.snmp import gufo_engine, pysnmp_engine, silence
from network.ssh.result import SshResult

PUBLIC = SnmpV2cCredentials.of("public")
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
SYSTEM = {
    (1, 3, 6, 1, 2, 1, 1, 1, 0): rfc1902.OctetString("Linux kecil"),
    (1, 3, 6, 1, 2, 1, 1, 2, 0): rfc1902.ObjectIdentifier("1.3.6.1.4.1.8072.3.2.10"),
    (1, 3, 6, 1, 2, 1, 1, 3, 0): rfc1902.TimeTicks(1000),
}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(pysnmp_engine, "REQUEST_TIMEOUT_SECONDS", 0.15)
    monkeypatch.setattr(gufo_engine, "FIRST_ATTEMPT_SECONDS", (0.1,))
    monkeypatch.setattr("network.collector.SILENT_PATIENCE_SECONDS", 0.3)


def is_version_3(datagram):
    return datagram[2:5] == b"\x02\x01\x03"


class Counting(FaultyAgent):
    """Answer only while it is alive."""

    def __init__(self, *, is_alive: bool = True) -> None:
        super().__init__(SYSTEM)
        self.is_alive = is_alive

    def datagram_received(self, data, addr):
        if not is_version_3(data):
            super().datagram_received(data, addr)

    def deliver(self, datagram):
        return super().deliver(datagram) if self.is_alive else []


@pytest.fixture
def serve(serve_datagrams):
    """Start an agent and return its port."""
    return lambda agent: serve_datagrams(lambda _port: agent)


def target_of(port: int, name: str, parent: str | None = None) -> Target:
    return Target(address="127.0.0.1", snmp_port=port, snmp=PUBLIC, name=name, parent=parent)


def sweep(targets, at=MORNING, watch=None):
    found = collect_many(targets, jitter_seconds=0, budget_seconds=15, now=lambda: at, watch=watch)
    return {target.name: snapshot for target, snapshot in found}


def codes(snapshot):
    return [failure.code for failure in snapshot.failures]


def test_a_device_behind_a_silent_one_is_told_so_and_one_behind_a_healthy_one_is_not(serve):
    dead, healthy, silent_child, other = (Counting(is_alive=alive) for alive in (False, True, False, False))
    targets = [
        target_of(serve(silent_child), "cabang", "inti"),
        target_of(serve(dead), "inti"),
        target_of(serve(healthy), "sehat"),
        target_of(serve(other), "sendiri", "sehat"),
    ]
    found = sweep(targets)
    assert codes(found["cabang"]) == ["parent_unreachable"]
    assert found["cabang"].failures[0].detail == "inti"
    assert codes(found["inti"]) == ["unreachable"]
    assert codes(found["sendiri"]) == ["unreachable"]
    assert found["sehat"].has_data


def test_a_device_that_answers_is_read_although_its_parent_is_silent(serve):
    targets = [
        target_of(serve(Counting()), "cabang", "inti"),
        target_of(serve(Counting(is_alive=False)), "inti"),
    ]
    assert sweep(targets)["cabang"].system.description == "Linux kecil"


def test_the_dead_are_asked_one_cheap_question_at_growing_intervals_and_at_once_when_they_are_back(serve):
    agent, watch = Counting(is_alive=False), Watch(FIVE_MINUTES)
    target = target_of(serve(agent), "mati")
    tried = [bool(sweep([target], MORNING + n * FIVE_MINUTES, watch)) for n in range(8)]
    assert tried == [True, True, False, True, False, False, False, True]
    before = agent.requests
    sweep([target], MORNING + 23 * FIVE_MINUTES, watch)
    assert 1 <= agent.requests - before <= 3
    agent.is_alive = True
    assert sweep([target], MORNING + 40 * FIVE_MINUTES, watch)["mati"].has_data
    assert sweep([target], MORNING + 41 * FIVE_MINUTES, watch)["mati"].has_data


class Deaf(FaultyAgent):
    """It is there, and ignores the community it is asked with."""

    def datagram_received(self, data, addr):
        if is_version_3(data):
            self._transport.sendto(QuickAgent(switch_table(1), 7, COMMUNITY, USER).answer(data), addr)


@pytest.fixture
def time_to_explain(monkeypatch):
    """A busy machine takes its time to make an engine; these answers must not be missed."""
    monkeypatch.setattr(pysnmp_engine, "REQUEST_TIMEOUT_SECONDS", 0.6)
    monkeypatch.setattr(silence, "_DISCOVERY_SECONDS", 5.0)


@pytest.mark.usefixtures("time_to_explain")
def test_a_wrong_community_is_named_and_never_taken_for_silence(serve):
    watch, target = Watch(FIVE_MINUTES), target_of(serve(Deaf({})), "tuli")
    for n in range(2):
        assert codes(sweep([target], MORNING + n * FIVE_MINUTES, watch)["tuli"]) == ["wrong_credentials"]


@pytest.mark.usefixtures("time_to_explain")
def test_a_wrong_community_behind_a_silent_parent_is_named_too(serve):
    dead = target_of(serve(Counting(is_alive=False)), "inti")
    found = sweep([dead, target_of(serve(Deaf({})), "tuli", "inti")])
    assert codes(found["tuli"]) == ["wrong_credentials"]


def test_what_stands_behind_a_device_left_alone_is_still_told_so(serve):
    watch = Watch(FIVE_MINUTES)
    parent = target_of(serve(Counting(is_alive=False)), "inti")
    child = target_of(serve(Counting(is_alive=False)), "cabang", "inti")
    for n in range(2):
        sweep([parent], MORNING + n * FIVE_MINUTES, watch)
    found = sweep([parent, child], MORNING + 2 * FIVE_MINUTES, watch)
    assert {name: codes(snapshot) for name, snapshot in found.items()} == {"cabang": ["parent_unreachable"]}


def test_devices_that_stand_behind_each_other_are_refused():
    circle = [target_of(1, "a", "b"), target_of(2, "b", "c"), target_of(3, "c", "a")]
    with pytest.raises(InvalidTarget, match="through itself"):
        list(collect_many(circle))


def test_one_question_tells_whether_a_device_is_there(serve, unused_udp_port):
    assert answers(target_of(serve(Counting()), "ada"))
    assert not answers(target_of(serve(Counting(is_alive=False)), "mati"), seconds=0.3)


@given(st.integers(0, 10_000), st.timedeltas(timedelta(minutes=1), timedelta(days=1)))
def test_the_wait_grows_never_below_the_interval_and_never_above_the_longest(readings, interval):
    wait = retry_delay(readings, interval)
    assert interval <= wait <= max(interval, LONGEST_WAIT)
    assert wait <= retry_delay(readings + 1, interval)


def resident_kilobytes():
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


class QuickSwitch(asyncio.DatagramProtocol):
    """A switch of four ports that costs its reader hardly a wait."""

    def __init__(self, port: int) -> None:
        self.agent = QuickAgent(switch_table(4), port, COMMUNITY, USER)

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, addr) -> None:
        reply = self.agent.answer(data)
        if reply is not None:
            self.transport.sendto(reply, addr)


def test_a_thousand_sweeps_leave_memory_and_descriptors_flat(serve_datagrams):
    credentials = SnmpV2cCredentials.of(COMMUNITY), SnmpV3Credentials.of(*USER.model_dump().values())
    targets = [
        Target(address="127.0.0.1", snmp_port=serve_datagrams(QuickSwitch), snmp=each, name=str(number))
        for number, each in enumerate(credentials)
    ]
    watch, descriptors, memory = Watch(FIVE_MINUTES), [], []
    for _ in range(5):
        for _ in range(200):
            found = list(collect_many(targets, jitter_seconds=0, only_ports=True, watch=watch))
            assert [snapshot.complete for _, snapshot in found] == [True, True]
        gc.collect()
        descriptors.append(len(list(Path("/proc/self/fd").iterdir())))
        memory.append(resident_kilobytes())
    assert len(set(descriptors)) == 1
    # The first two hundred fill the caches.
    assert memory[-1] - memory[1] < 2_048


@pytest.mark.parametrize(("is_alive", "signs_in"), [(True, True), (False, False)])
def test_a_silent_device_is_not_signed_in_to_and_one_that_answers_is(serve, monkeypatch, is_alive, signs_in):
    asked = []
    monkeypatch.setattr("network.collector.run_commands", lambda *given: asked.append(given) or SshResult())
    login = SshCredentials.of("baca", "rahasia", accept_any_host_key=True)
    target = replace(target_of(serve(Counting(is_alive=is_alive)), "sw"), ssh=login)
    collect_snapshot(target, budget_seconds=6, expects_silence=True)
    assert bool(asked) is signs_in
