"""How long a device takes for the cheapest question, asked a few times: its reachability at a moment."""

import asyncio
from typing import Final

from network.background_loop import shared_loop
from network.snmp.device_reader import DeviceReader
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import SnmpError
from network.snmp.system import FIRST_CONTACT
from network.targets import Target

QUESTIONS: Final = 5
PATIENCE_SECONDS: Final = 1.0
# After so many silences at the start the rest would only cost time: the device is not there.
SILENCES: Final = 3


def measure_round_trips(target: Target, *, questions: int = QUESTIONS) -> tuple[float | None, ...]:
    """Return the milliseconds that each question took, None where no answer came; () without SNMP."""
    return shared_loop.run(_measure(target, shared_loop.engines, questions))


async def _measure(target: Target, engines: EnginePool, questions: int) -> tuple[float | None, ...]:
    if target.snmp is None:
        return ()
    taken: list[float | None] = []
    async with engines.turn(target):
        for _ in range(questions):
            if len(taken) >= SILENCES and not any(taken):
                break
            taken.append(await _ask(target, engines))
    return tuple(taken)


async def _ask(target: Target, engines: EnginePool) -> float | None:
    assert target.snmp is not None
    clock = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader = await DeviceReader.open(target, target.snmp, engines)
            try:
                # What opening costs (the discovery of SNMPv3) is no part of the way there and back.
                began = clock()
                await reader.get(FIRST_CONTACT)
                return (clock() - began) * 1000
            finally:
                reader.close()
    except (SnmpError, TimeoutError, OSError):
        return None
