"""Who answers in a range of addresses: one cheap GET per address and credential, bounded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from network.background_loop import shared_loop
from network.platforms.catalogue import DEFAULT_PLATFORM, recognise
from network.quirks.rows import as_text
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import Oid, SnmpError, Value, WrongCredentials, format_oid
from network.snmp.system import DESCRIPTION, NAME, OBJECT_ID
from network.targets import SnmpCredentials, Target

SWEEP_CONCURRENCY: Final = 64
# What a silent address costs for each credential: the time-out of a request and of its one repetition.
SECONDS_OF_SILENCE: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class SweepAnswer:
    """An address where an agent answered; `credential` is None where it refused every credential tried."""

    address: str
    credential: int | None
    name: str | None = None
    description: str | None = None
    platform: str | None = None


def sweep_addresses(
    addresses: Sequence[str],
    credentials: Sequence[SnmpCredentials],
    *,
    port: int,
    concurrency: int = SWEEP_CONCURRENCY,
) -> list[SweepAnswer]:
    """Return who answered, in the order of the addresses; credentials are tried in their order."""
    return shared_loop.run(_sweep(addresses, credentials, port, concurrency))


async def _sweep(
    addresses: Sequence[str], credentials: Sequence[SnmpCredentials], port: int, concurrency: int
) -> list[SweepAnswer]:
    # Engines of its own: the hundreds of silent addresses must not stay in those that read devices.
    engines = EnginePool()
    slots = asyncio.Semaphore(concurrency)

    async def ask(address: str) -> SweepAnswer | None:
        async with slots:
            return await _ask(engines, address, credentials, port)

    try:
        answers = await asyncio.gather(*(ask(address) for address in addresses))
    finally:
        engines.close()
    return [answer for answer in answers if answer is not None]


async def _ask(
    engines: EnginePool, address: str, credentials: Sequence[SnmpCredentials], port: int
) -> SweepAnswer | None:
    refused = False
    for number, each in enumerate(credentials):
        try:
            values = await _get(engines, Target(address=address, snmp_port=port), each)
        except WrongCredentials:
            refused = True
        except (SnmpError, OSError):
            continue
        else:
            return _answer(address, number, values)
    return SweepAnswer(address=address, credential=None) if refused else None


async def _get(engines: EnginePool, target: Target, credentials: SnmpCredentials) -> dict[Oid, Value]:
    exchange = await engines.connect(target, credentials)
    try:
        reply = await exchange.get((DESCRIPTION, OBJECT_ID, NAME))
    finally:
        exchange.close()
    return dict(reply.varbinds)


def _answer(address: str, credential: int, values: dict[Oid, Value]) -> SweepAnswer:
    object_id, description = values.get(OBJECT_ID), as_text(values.get(DESCRIPTION))
    platform = recognise(format_oid(object_id) if isinstance(object_id, tuple) else None, description)
    is_known = platform is not None and platform.platform != DEFAULT_PLATFORM
    return SweepAnswer(
        address=address,
        credential=credential,
        name=as_text(values.get(NAME)),
        description=description,
        platform=platform.platform if platform is not None and is_known else None,
    )
