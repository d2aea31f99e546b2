"""SNMPv3 through both engines: every algorithm, named refusals, a reboot, a forged answer, no leak."""

import asyncio
import gc
from pathlib import Path

import pytest

from network.lab.faulty_agent import Relay
from network.snmp import gufo_engine
from network.snmp.device_reader import DeviceReader
from network.snmp.gufo_engine import GufoConnection
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import NoAnswer, SnmpError, WalkLimits, WrongCredentials
from network.targets import Target
from tests.factories.engines import A, B, is_whole, reading, user_of, v3_agent


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


@pytest.mark.parametrize("new_name", ["v3", "another-engine"], ids=["time window", "new engine id"])
def test_a_reboot_in_the_middle_ends_in_facts_or_in_a_named_failure(engine, unused_udp_port, new_name):
    async def run():
        agent = await v3_agent(unused_udp_port)
        async with reading(engine, unused_udp_port, user_of()) as reader:
            before = await reader.walk((A,), WalkLimits())
            agent.close()
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
