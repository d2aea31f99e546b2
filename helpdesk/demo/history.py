"""What the demo network was like at a moment of the past; its devices move by the clock alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.evidence import service as evidence_service
from helpdesk.evidence.models import Snapshot, SnapshotRun
from network.lab import LabDevice
from network.lab.agent import SnmpAgent, start_agent
from network.lab.definition import LabDeviceFile

BUDGET_SECONDS = 10.0


class PastNetwork:
    """The lab's agents with a clock that we set; they answer the collector like the real ones."""

    def __init__(self, ring: Mapping[str, bytes], files: Sequence[LabDeviceFile]) -> None:
        self._ring, self._files = dict(ring), files
        self._moments: dict[str, float] = {}
        self._agents: list[SnmpAgent] = []

    async def _open(self, devices: list[LabDevice]) -> None:
        files = {file.name: file for file in self._files}
        for device in devices:
            clock = partial(self._moments.__getitem__, device.name)
            # A device that takes its time now and then would make the first start slow by chance.
            quick = files[device.name].model_copy(update={"slow": None})
            agent = start_agent(quick, device.address, device.snmp_port, clock=clock)
            self._agents.append(agent)

    async def _close(self) -> None:
        for agent in self._agents:
            agent.close()

    def read(self, device: Device, at: datetime) -> reading.Snapshot:
        """Return the snapshot of the device as it would have been taken at the moment."""
        self._moments[device.name] = at.timestamp()
        target = reading.build_target(device, self._ring, ssh=False)
        return reading.collect_snapshot(target, budget_seconds=BUDGET_SECONDS, now=lambda: at)


@contextmanager
def past_network(
    devices: list[LabDevice], ring: Mapping[str, bytes], files: Sequence[LabDeviceFile]
) -> Iterator[PastNetwork]:
    """Run the agents in a thread of their own for as long as the past is asked."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="past-network", daemon=True)
    thread.start()
    network = PastNetwork(ring, files)
    try:
        asyncio.run_coroutine_threadsafe(network._open(devices), loop).result()
        yield network
    finally:
        asyncio.run_coroutine_threadsafe(network._close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()


def take_scheduled(session: Session, network: PastNetwork, device: Device, at: datetime) -> Snapshot:
    """Take a snapshot as the schedule would have done at the moment."""
    run = evidence_service.request_snapshot(session, device, reason="schedule", now=at)
    return carry_out(session, network, run)


def carry_out(session: Session, network: PastNetwork, run: SnapshotRun) -> Snapshot:
    """Do a run at its own time."""
    facts = network.read(run.device, run.due_at)
    run.state, run.lease_until, run.finished_at, run.attempts = "done", None, run.due_at, 1
    return evidence_service.store_snapshot(session, run, facts, now=run.due_at)
