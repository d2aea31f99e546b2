"""Many devices at once: bounded, spread out, one request in flight per device, parents first."""

import asyncio
import queue
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from network.background_loop import shared_loop
from network.collector import (
    DEFAULT_BUDGET_SECONDS,
    Clock,
    answers_async,
    collect_snapshot_async,
    utc_now,
)
from network.observations import Snapshot
from network.reachability import Watch, blame_parent, is_silent
from network.snmp.suitability import SuitabilityStore
from network.targets import InvalidTarget, Target

_LONGEST_JITTER_SECONDS: Final = 0.5


def collect_many(
    targets: Iterable[Target],
    *,
    concurrency: int = 20,
    budget_seconds: float = DEFAULT_BUDGET_SECONDS,
    jitter_seconds: float = _LONGEST_JITTER_SECONDS,
    now: Clock = utc_now,
    suitability: SuitabilityStore | None = None,
    watch: Watch | None = None,
    only_ports: bool = False,
) -> Iterator[tuple[Target, Snapshot]]:
    """Yield each device's snapshot as it comes in; a stuck device holds up nobody else.

    With a `watch`, who was silent before gets one cheap question at growing intervals, and is not yielded
    in the sweeps between. Whose parent is silent too is said to be cut off, not broken. `only_ports` reads
    the system group and the ports, which is what rates are made of, and costs a tenth.
    """
    if concurrency < 1:
        raise ValueError("concurrency must be at least 1")
    begun, known = now(), list(targets)
    _ensure_parents_end(known)
    reading = partial(
        collect_snapshot_async,
        budget_seconds=budget_seconds,
        now=now,
        suitability=suitability,
        only_ports=only_ports,
    )
    sweep = _Sweep(known, begun, watch, reading, jitter_seconds)
    sweeping = shared_loop.start(sweep.run(concurrency))
    try:
        while (item := sweep.finished.get()) is not None:
            if watch is not None:
                watch.note(item[0], item[1], begun)
            yield item
        sweeping.result()
    finally:
        sweeping.cancel()


class _Sweep:
    """One round over the devices that are due."""

    def __init__(
        self,
        known: Sequence[Target],
        begun: datetime,
        watch: Watch | None,
        reading: Callable[..., Awaitable[Snapshot]],
        jitter_seconds: float,
    ) -> None:
        self.finished: queue.SimpleQueue[tuple[Target, Snapshot] | None] = queue.SimpleQueue()
        self._watch, self._reading, self._jitter_seconds = watch, reading, jitter_seconds
        self._known = {target.name: target for target in known}
        self._due = [target for target in known if watch is None or watch.is_due(target, begun)]
        self._silent: dict[Target, asyncio.Future[bool]] = {}

    async def run(self, concurrency: int) -> None:
        """Read the devices; the end is marked in the queue whatever happens."""
        slots = asyncio.Semaphore(concurrency)
        endpoints = {(target.address, target.snmp_port): asyncio.Lock() for target in self._due}
        loop = asyncio.get_running_loop()
        self._silent = {target: loop.create_future() for target in self._due}
        try:
            async with asyncio.TaskGroup() as tasks:
                for target in self._due:
                    endpoint = endpoints[target.address, target.snmp_port]
                    tasks.create_task(self._read(target, endpoint, slots))
        finally:
            self.finished.put(None)

    async def _read(self, target: Target, endpoint: asyncio.Lock, slots: asyncio.Semaphore) -> None:
        await asyncio.sleep(_delay_seconds(target, self._jitter_seconds))
        behind_silence = await self._stands_behind_silence(target)
        was_silent = self._watch is not None and self._watch.is_silent(target)
        async with endpoint, slots:
            snapshot = await self._reading(target, expects_silence=behind_silence or was_silent)
        if is_silent(snapshot) and target.parent in self._known:
            parent = self._known[target.parent]
            # The parent may have gone between its own reading and this one.
            if behind_silence or not await answers_async(parent, shared_loop.engines):
                snapshot = blame_parent(snapshot, parent.name)
        self.finished.put((target, snapshot))
        outcome = self._silent[target]
        if not outcome.done():
            outcome.set_result(is_silent(snapshot))

    async def _stands_behind_silence(self, target: Target) -> bool:
        if target.parent is None or target.parent not in self._known:
            return False
        outcome = self._silent.get(self._known[target.parent])
        if outcome is not None:
            return await outcome
        return True  # left alone in this sweep, because it was silent before


def _ensure_parents_end(targets: Sequence[Target]) -> None:
    """Refuse devices that stand behind each other: each would wait for the other for ever."""
    parents = {target.name: target.parent for target in targets}
    for name in parents:
        passed, before = {name}, parents[name]
        while before is not None:
            if before in passed:
                raise InvalidTarget(
                    f"{name} is reached through itself: {before} stands before and behind it.",
                    f"{name} dijangkau lewat dirinya sendiri: {before} berada di depan dan di belakangnya.",
                )
            passed.add(before)
            before = parents.get(before)


def _delay_seconds(target: Target, longest: float) -> float:
    """Spread by the device, not by chance: the same device keeps its place in every sweep."""
    return longest * (zlib.crc32(f"{target.address}:{target.snmp_port}".encode()) % 1000) / 1000
