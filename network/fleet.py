"""Many devices at once: bounded, spread out, one request in flight per device."""

import asyncio
import queue
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from network.background_loop import shared_loop
from network.collector import DEFAULT_BUDGET_SECONDS, Clock, collect_snapshot_async, utc_now
from network.observations import Snapshot
from network.snmp.suitability import SuitabilityStore
from network.targets import Target

_LONGEST_JITTER_SECONDS: Final = 0.5


def collect_many(
    targets: Iterable[Target],
    *,
    concurrency: int = 20,
    budget_seconds: float = DEFAULT_BUDGET_SECONDS,
    jitter_seconds: float = _LONGEST_JITTER_SECONDS,
    now: Clock = utc_now,
    suitability: SuitabilityStore | None = None,
) -> Iterator[tuple[Target, Snapshot]]:
    """Yield each device's snapshot as it comes in; a stuck device holds up nobody else."""
    if concurrency < 1:
        raise ValueError("concurrency must be at least 1")
    finished: queue.SimpleQueue[tuple[Target, Snapshot] | None] = queue.SimpleQueue()
    waiting = list(targets)

    async def sweep() -> None:
        slots = asyncio.Semaphore(concurrency)
        endpoints = {(target.address, target.snmp_port): asyncio.Lock() for target in waiting}

        async def collect(target: Target) -> None:
            await asyncio.sleep(_delay_seconds(target, jitter_seconds))
            async with endpoints[target.address, target.snmp_port], slots:
                snapshot = await collect_snapshot_async(
                    target, budget_seconds=budget_seconds, now=now, suitability=suitability
                )
            finished.put((target, snapshot))

        try:
            async with asyncio.TaskGroup() as tasks:
                for target in waiting:
                    tasks.create_task(collect(target))
        finally:
            finished.put(None)

    sweeping = shared_loop.start(sweep())
    try:
        while (item := finished.get()) is not None:
            yield item
        sweeping.result()
    finally:
        sweeping.cancel()


def _delay_seconds(target: Target, longest: float) -> float:
    """Spread by the device, not by chance: the same device keeps its place in every sweep."""
    return longest * (zlib.crc32(f"{target.address}:{target.snmp_port}".encode()) % 1000) / 1000
