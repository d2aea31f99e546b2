"""Snapshots as the collector would have brought them, stored as the product stores them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence import service
from helpdesk.evidence.models import Snapshot as StoredSnapshot
from network import Failure, Interface, Snapshot, SystemFacts, TargetSummary


def make_port(name: str = "Gi1", index: int = 1, **values: Any) -> Interface:
    """Return a port that is up and counts nothing."""
    defaults: dict[str, Any] = {
        "admin_status": "up",
        "oper_status": "up",
        "speed_bps": 1_000_000_000,
        "counter_bits": 64,
        "in_octets": 0,
        "out_octets": 0,
    }
    return Interface(index=index, name=name, **{**defaults, **values})


def make_facts(device: Device, at: datetime, *ports: Interface, **parts: Any) -> Snapshot:
    """Return what a device said at a moment; its clock began a day before."""
    uptime = (at - datetime(2026, 11, 1, tzinfo=at.tzinfo)) / timedelta(seconds=1)
    return Snapshot(
        target=TargetSummary(name=device.name, address=device.address, snmp_port=161, ssh_port=None),
        taken_at=at,
        duration_ms=12,
        complete=not parts.get("failures"),
        platform="cisco_ios",
        system=SystemFacts(
            name=device.name, description="IOS", uptime_seconds=uptime, agent_uptime_seconds=uptime
        ),
        interfaces=ports,
        **parts,
    )


def make_silence(device: Device, at: datetime) -> Snapshot:
    """Return the reading of a device that gave no answer."""
    facts = make_facts(device, at, failures=(Failure.of("unreachable", "snmp"),))
    return replace(facts, system=SystemFacts())


def store(session: Session, device: Device, facts: Snapshot, **run: Any) -> StoredSnapshot:
    """Store facts as the snapshot of a run of their own; who listens hears of it."""
    asked = service.request_snapshot(session, device, **{"reason": "schedule", "now": facts.taken_at, **run})
    asked.state = "done"
    return service.store_snapshot(session, asked, facts, now=facts.taken_at)
