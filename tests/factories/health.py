"""A device's course over days, as stored snapshots: what a health report is drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence import service
from helpdesk.evidence.models import Snapshot, SnapshotRun
from network import Failure, Interface, MemoryPool, Processor, Sensor, SystemFacts, TargetSummary
from network import Snapshot as Facts

UPTIME = 40 * 86_400.0


def moments(begin: datetime, end: datetime, step: timedelta) -> Iterable[datetime]:
    """Yield the moments from the begin on, before the end."""
    at = begin
    while at < end:
        yield at
        at += step


def make_facts(at: datetime, *, since: datetime, uptime: float = UPTIME, **fields: Any) -> Facts:
    """Return what a switch says that carries 8 Mb/s in and 80 kb/s out on its first port from `since` on."""
    seconds = (at - since).total_seconds()
    values: dict[str, Any] = {
        "target": TargetSummary(name="sw", address="192.0.2.1", snmp_port=161, ssh_port=None),
        "taken_at": at,
        "duration_ms": 900,
        "complete": True,
        "platform": "cisco_ios",
        "system": SystemFacts(
            name="sw", uptime_seconds=uptime + seconds, agent_uptime_seconds=uptime + seconds
        ),
        "interfaces": (
            make_port(1, alias="Ke distribusi", octets=(int(seconds * 1e6), int(seconds * 1e4))),
            make_port(2, octets=(0, 0)),
        ),
        "processors": (Processor(name="cpu", usage_percent=30 + 20 * math.sin(seconds / 14_000)),),
        "memory": (MemoryPool(name="ram", used_bytes=6, total_bytes=10, usage_percent=60.0),),
        "sensors": (Sensor(name="s", kind="temperature", value=41.5, unit="celsius"),),
    }
    return Facts(**{**values, **fields})


def make_port(index: int, *, octets: tuple[int, int], **fields: Any) -> Interface:
    """Return a port of 1 Gb/s whose counters are wide."""
    values: dict[str, Any] = {
        "index": index,
        "name": f"Gi1/0/{index}",
        "alias": "",
        "speed_bps": 1_000_000_000,
        "admin_status": "up",
        "oper_status": "up",
        "counter_bits": 64,
        "in_octets": octets[0],
        "out_octets": octets[1],
        "in_errors": 0,
        "out_errors": 0,
        "in_discards": 0,
        "out_discards": 0,
    }
    return Interface(**{**values, **fields})


def silent_facts(at: datetime) -> Facts:
    """Return the record of a device that did not answer."""
    failure = Failure.of("no_answer", "snmp")
    return Facts(
        target=TargetSummary(name="sw", address="192.0.2.1", snmp_port=161, ssh_port=None),
        taken_at=at,
        duration_ms=5000,
        complete=False,
        platform=None,
        system=SystemFacts(),
        failures=(failure,),
    )


def store_facts(session: Session, device: Device, facts: Facts) -> Snapshot:
    """Store the facts as the scheduler does."""
    run = SnapshotRun(device_id=device.id, due_at=facts.taken_at, reason="schedule", attempts=1, state="done")
    session.add(run)
    session.flush()
    return service.store_snapshot(session, run, facts, now=facts.taken_at)
