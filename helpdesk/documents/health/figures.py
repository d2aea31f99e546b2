"""Where the figures of a health report come from: the one place that reads snapshots for it.

What is drawn comes from the time series where they hold anything (courses.py), else from here. The columns
of the snapshots are enough for most of it. For traffic, errors and changes a bounded number of frozen
snapshots is opened, and two neighbours of them are compared by the network's own comparison: a counter
that was reset, or a stretch in which one cannot be honest, gives no rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.devices.reading import Changes, compare_snapshots
from helpdesk.devices.reading import Snapshot as Facts
from helpdesk.documents.health.courses import (
    Measured,
    Traffic,
    courses_of,
    measured_ports,
    traffic_of,
)
from helpdesk.documents.health.rules import (
    BUSIEST_PORTS,
    MOST_CHANGES,
    DeviceFigures,
    Observed,
    PortChange,
    PortFigures,
    Reading,
    observe,
    samples_for,
)
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.changes import changes_between
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.models import Snapshot
from helpdesk.schedules.rules import Rhythm

# So many rows of columns are in memory at a time.
ROWS_AT_ONCE = 1000


def gather_figures(
    session: Session, devices: Sequence[Device], begin: datetime, end: datetime, rhythm: Rhythm
) -> list[DeviceFigures]:
    """Return what the stored snapshots say of each device over the period."""
    samples = samples_for(len(devices), begin, end, rhythm)
    nothing = observe((), begin, end, rhythm, samples)
    seen: dict[int, Observed] = {}
    readings = _readings(session, [device.id for device in devices], begin, end)
    for device_id, of_device in groupby(readings, key=lambda pair: pair[0]):
        seen[device_id] = observe((one for _, one in of_device), begin, end, rhythm, samples)
    return [_figures(session, device, seen.get(device.id, nothing), begin, end) for device in devices]


def _readings(
    session: Session, device_ids: Sequence[int], begin: datetime, end: datetime
) -> Iterator[tuple[int, Reading]]:
    """Yield the readings of the devices by their columns only, a device after the other."""
    rows = session.execute(
        select(
            Snapshot.device_id,
            Snapshot.id,
            Snapshot.taken_at,
            Snapshot.reachable,
            Snapshot.complete,
            Snapshot.summary,
            Snapshot.failures,
        )
        .where(Snapshot.device_id.in_(device_ids), Snapshot.taken_at >= begin, Snapshot.taken_at < end)
        .order_by(Snapshot.device_id, Snapshot.taken_at, Snapshot.id),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for row in rows:
        summary = row.summary
        yield (
            row.device_id,
            Reading(
                snapshot_id=row.id,
                taken_at=row.taken_at,
                reachable=row.reachable,
                complete=row.complete,
                uptime_seconds=summary.get("uptime_seconds"),
                processor_percent=summary.get("processor_percent"),
                memory_percent=summary.get("memory_percent"),
                temperature_celsius=summary.get("temperature_celsius"),
                failed_parts=tuple(str(one.get("probe", "")) for one in row.failures),
            ),
        )


def _figures(
    session: Session, device: Device, observed: Observed, begin: datetime, end: datetime
) -> DeviceFigures:
    bodies, broken = _bodies(session, observed.sample_ids)
    ports, traffic, changes = _Ports(), _Traffic(begin, end), list[PortChange]()
    for (_, old), (seen_at, new) in pairwise(bodies):
        found = compare_snapshots(old, new)
        ports.take(new, found)
        traffic.take(old.taken_at, seen_at, found)
        changes += [
            PortChange(seen_at=seen_at, **change)
            for change in changes_between(old, new, found)
            # Restarts are told by the readings, which are closer together than what is compared.
            if change["what"] != "restarted"
        ]
    series, courses = courses_of(session, device.id, observed, begin, end)
    measured = measured_ports(session, device.id, series, begin, end)
    busiest = ports.busiest(measured)
    return DeviceFigures(
        name=device.name,
        address=device.address,
        site=device.site.name,
        observed=replace(observed, courses={**observed.courses, **courses}),
        busiest=busiest,
        traffic=_traffic(session, device, busiest[0].name, measured, traffic, observed) if busiest else (),
        faulty=ports.faulty(),
        changes=tuple(changes[:MOST_CHANGES]),
        changes_left_out=max(0, len(changes) - MOST_CHANGES),
        broken_evidence=broken,
    )


def _traffic(
    session: Session,
    device: Device,
    name: str,
    measured: Mapping[str, Measured],
    traffic: _Traffic,
    observed: Observed,
) -> Traffic:
    if name in measured:
        return traffic_of(session, device.id, name, observed, traffic.begin, traffic.end)
    return traffic.of_port(name)


def _bodies(session: Session, ids: Sequence[int]) -> tuple[list[tuple[datetime, Facts]], int]:
    """Return the frozen facts in their order, and how many are no longer what was frozen."""
    if not ids:
        return [], 0
    rows = session.scalars(
        select(Snapshot)
        .where(Snapshot.id.in_(ids))
        .options(*evidence_queries.WITH_CONTENT)
        .order_by(Snapshot.taken_at, Snapshot.id)
    )
    bodies, broken = [], 0
    for snapshot in rows:
        try:
            bodies.append((snapshot.taken_at, Facts.from_dict(evidence_queries.load_content(snapshot))))
        except EvidenceBroken:
            broken += 1
    return bodies, broken


@dataclass
class _Sums:
    """What is added up of one port."""

    alias: str = ""
    speed_bps: int | None = None
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    amount: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    peak_bps: float | None = None

    def mean(self, name: str) -> float | None:
        """Return the mean of a rate over the time in which it is known."""
        return self.amount[name] / self.seconds[name] if self.seconds[name] else None


class _Ports:
    """Adds up the rates of the ports, stretch by stretch."""

    RATES = ("in_bps", "out_bps")
    COUNTS = {
        "errors": ("in_errors_per_second", "out_errors_per_second"),
        "discards": ("in_discards_per_second", "out_discards_per_second"),
    }

    def __init__(self) -> None:
        self._sums: dict[str, _Sums] = defaultdict(_Sums)

    def take(self, facts: Facts, found: Changes) -> None:
        """Count one stretch in."""
        if found.interval_seconds is None:
            return
        for rates in found.rates:
            sums = self._sums[rates.name]
            for name in self.RATES:
                value = getattr(rates, name)
                if value is not None:
                    sums.seconds[name] += found.interval_seconds
                    sums.amount[name] += value * found.interval_seconds
                    sums.peak_bps = max(sums.peak_bps or 0.0, value)
            for name, parts in self.COUNTS.items():
                known = [value for part in parts if (value := getattr(rates, part)) is not None]
                sums.amount[name] += sum(known) * found.interval_seconds
        for port in facts.interfaces:
            if port.name in self._sums:
                self._sums[port.name].alias = port.alias or ""
                self._sums[port.name].speed_bps = port.rated_bps

    def busiest(self, measured: Mapping[str, Measured]) -> tuple[PortFigures, ...]:
        """Return the ports with the most traffic; a port without any is not one of them.

        What the series measured counts more than what a few snapshots show.
        """
        found = {one.name: one for one in self._all()}
        for name, rates in measured.items():
            found[name] = replace(found.get(name, PortFigures(name=name)), **vars(rates))
        ports = [one for one in found.values() if (one.in_bps or 0) + (one.out_bps or 0) > 0]
        ports.sort(key=lambda one: (-(one.in_bps or 0) - (one.out_bps or 0), one.name))
        return tuple(ports[:BUSIEST_PORTS])

    def faulty(self) -> tuple[PortFigures, ...]:
        """Return the ports that counted an error or a discard, the worst first."""
        ports = [one for one in self._all() if one.errors >= 1 or one.discards >= 1]
        ports.sort(key=lambda one: (-one.errors, -one.discards, one.name))
        return tuple(ports[:BUSIEST_PORTS])

    def _all(self) -> Iterator[PortFigures]:
        for name, sums in self._sums.items():
            yield PortFigures(
                name=name,
                alias=sums.alias,
                speed_bps=sums.speed_bps,
                in_bps=sums.mean("in_bps"),
                out_bps=sums.mean("out_bps"),
                peak_bps=sums.peak_bps,
                errors=sums.amount["errors"],
                discards=sums.amount["discards"],
            )


class _Traffic:
    """Keeps the traffic of every port stretch by stretch, to draw that of one."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin, self.end = begin, end
        self._stretches: list[tuple[float, dict[str, Any]]] = []

    def take(self, since: datetime, until: datetime, found: Changes) -> None:
        """Keep one stretch."""
        middle = (since + (until - since) / 2 - self.begin) / (self.end - self.begin)
        self._stretches.append((middle, {rates.name: rates for rates in found.rates}))

    def of_port(self, name: str) -> Traffic:
        """Return the traffic of the port: where it is unknown, None."""
        return tuple(
            (middle, rates[name].in_bps, rates[name].out_bps) if name in rates else (middle, None, None)
            for middle, rates in self._stretches
        )
