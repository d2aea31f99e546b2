"""What is remembered of a device, so that it is read again as it answered best."""

import asyncio

from pysnmp.proto import rfc1902

from network.lab.faulty_agent import FaultyAgent
from network.snmp import gufo_engine
from network.snmp.device_reader import DeviceReader
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import WalkLimits
from network.snmp.suitability import ProcessMemory, Suitability
from network.targets import Target
from tests.factories.engines import PUBLIC, A, B, is_whole, table, user_of, walk


class Stuck(FaultyAgent):
    def next_of(self, oid):
        return (*A, 1), rfc1902.Gauge32(10)


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
