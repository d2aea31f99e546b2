"""Rules on snapshots: what a technician should look at, with the words for it in both languages."""

import enum
from dataclasses import dataclass, field
from typing import Final

from network.compare import Changes, compare_snapshots, index_interfaces
from network.observations import Snapshot


class Severity(enum.StrEnum):
    """How much a finding matters."""

    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class HealthLimits:
    """From where on a value is a finding."""

    processor_percent: float = 85
    memory_percent: float = 90
    storage_percent: float = 90
    temperature_celsius: float = 65
    utilisation_percent: float = 80
    errors_per_second: float = 0.5
    battery_percent: float = 50


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be: rule and object are its identity."""

    rule: str
    object: str
    severity: Severity
    values: dict[str, str] = field(default_factory=dict)

    def describe(self, language: str) -> str:
        """Return the finding as a sentence in Indonesian or English."""
        indonesian, english = FINDING_TEXTS[self.rule]
        text = indonesian if language.startswith("id") else english
        return text.format(object=self.object, **self.values)


# rule: (Indonesian, English)
FINDING_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "unreachable": (
        "Perangkat {object} tidak dapat dibaca ({reason}).",
        "The device {object} could not be read ({reason}).",
    ),
    "incomplete": (
        "Data dari {object} tidak lengkap ({reason}).",
        "The data of {object} are not complete ({reason}).",
    ),
    "restarted": ("Perangkat {object} telah dinyalakan ulang.", "The device {object} has restarted."),
    "port_went_down": (
        "Port {object} yang sebelumnya aktif kini terputus.",
        "Port {object}, which was up, is now down.",
    ),
    "port_came_up": (
        "Port {object} yang sebelumnya terputus kini aktif.",
        "Port {object}, which was down, is now up.",
    ),
    "port_missing": ("Port {object} tidak ada lagi.", "Port {object} is no longer there."),
    "errors": (
        "Port {object} mencatat {rate} kesalahan per detik.",
        "Port {object} counts {rate} errors per second.",
    ),
    "utilisation": (
        "Beban port {object} mencapai {percent} persen.",
        "The load of port {object} has reached {percent} percent.",
    ),
    "processor": (
        "Beban prosesor {object} mencapai {percent} persen.",
        "The load of processor {object} has reached {percent} percent.",
    ),
    "memory": (
        "Pemakaian memori {object} mencapai {percent} persen.",
        "The use of memory {object} has reached {percent} percent.",
    ),
    "storage": (
        "Pemakaian penyimpanan {object} mencapai {percent} persen.",
        "The use of storage {object} has reached {percent} percent.",
    ),
    "temperature": (
        "Suhu {object} mencapai {celsius} °C.",
        "The temperature of {object} has reached {celsius} °C.",
    ),
    "battery": (
        "Daya baterai {object} tinggal {percent} persen.",
        "The battery of {object} is down to {percent} percent.",
    ),
    "neighbour_lost": ("Tetangga {object} tidak terlihat lagi.", "The neighbour {object} is no longer seen."),
}
_DOWN: Final = ("down", "lowerLayerDown", "notPresent")


def find_problems(
    snapshot: Snapshot, previous: Snapshot | None = None, limits: HealthLimits | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong in a snapshot, and what became wrong since the previous one."""
    limits = limits or HealthLimits()
    if not snapshot.has_data:
        reason = ", ".join(failure.code for failure in snapshot.failures) or "no data"
        return (_finding("unreachable", snapshot.target.name, Severity.CRITICAL, reason=reason),)
    found = [*_completeness(snapshot), *_levels(snapshot, limits)]
    if previous is not None and previous.has_data:
        changes = compare_snapshots(previous, snapshot)
        found += [*_transitions(snapshot, changes), *_rates(snapshot, changes, limits)]
    return tuple(found)


def _completeness(snapshot: Snapshot) -> list[Finding]:
    if snapshot.complete:
        return []
    reason = ", ".join(sorted({f"{failure.probe}: {failure.code}" for failure in snapshot.failures}))
    return [_finding("incomplete", snapshot.target.name, Severity.INFORMATION, reason=reason)]


def _levels(snapshot: Snapshot, limits: HealthLimits) -> list[Finding]:
    percents = [
        *(
            ("processor", item.name, item.usage_percent, limits.processor_percent)
            for item in snapshot.processors
        ),
        *(("memory", item.name, item.usage_percent, limits.memory_percent) for item in snapshot.memory),
        *(("storage", item.name, item.usage_percent, limits.storage_percent) for item in snapshot.storage),
    ]
    found = [
        _finding(rule, name, Severity.WARNING, percent=f"{value:.0f}")
        for rule, name, value, limit in percents
        if value is not None and value >= limit
    ]
    for sensor in snapshot.sensors:
        if sensor.value is None:
            continue
        if sensor.kind == "temperature" and sensor.value >= limits.temperature_celsius:
            found.append(
                _finding("temperature", sensor.name, Severity.WARNING, celsius=f"{sensor.value:.1f}")
            )
        if sensor.kind == "charge" and sensor.value < limits.battery_percent:
            found.append(_finding("battery", sensor.name, Severity.CRITICAL, percent=f"{sensor.value:.0f}"))
    return found


def _transitions(snapshot: Snapshot, changes: Changes) -> list[Finding]:
    ports = index_interfaces(snapshot)
    found = []
    if changes.restarted:
        found.append(_finding("restarted", snapshot.target.name, Severity.WARNING))
    for port in changes.changed_interfaces:
        status = next((change for change in port.changes if change.field == "oper_status"), None)
        if status is None:
            continue
        if status.before == "up" and status.after in _DOWN and ports[port.name].admin_status == "up":
            found.append(_finding("port_went_down", port.name, Severity.CRITICAL))
        elif status.before in _DOWN and status.after == "up":
            found.append(_finding("port_came_up", port.name, Severity.INFORMATION))
    found += [_finding("port_missing", name, Severity.WARNING) for name in changes.removed_interfaces]
    found += [_finding("neighbour_lost", name, Severity.WARNING) for name in changes.removed_neighbours]
    return found


def _rates(snapshot: Snapshot, changes: Changes, limits: HealthLimits) -> list[Finding]:
    ports, found = index_interfaces(snapshot), []
    for rates in changes.rates:
        errors = max(rates.in_errors_per_second or 0, rates.out_errors_per_second or 0)
        if errors >= limits.errors_per_second:
            found.append(_finding("errors", rates.name, Severity.WARNING, rate=f"{errors:.1f}"))
        speed = ports[rates.name].speed_bps
        busiest = max(rates.in_bps or 0, rates.out_bps or 0)
        if speed and busiest * 100 / speed >= limits.utilisation_percent:
            found.append(
                _finding("utilisation", rates.name, Severity.WARNING, percent=f"{busiest * 100 / speed:.0f}")
            )
    return found


def _finding(rule: str, subject: str, severity: Severity, **values: str) -> Finding:
    return Finding(rule=rule, object=subject, severity=severity, values=values)
