"""Any two snapshots of a device side by side: what differs, and rates with why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.devices import reading
from helpdesk.evidence.changes import Change, list_changes
from helpdesk.evidence.measured import PARTS as MEASURED_PARTS
from helpdesk.evidence.measured import MeasuredChanges, compare_measured

# Part of a snapshot → what its items are known by, and what of them is compared.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "vlans": (("number",), ("name", "status")),
    "addresses": (("address",), ("prefix_length", "interface")),
    "bgp_peers": (("address",), ("state", "admin_status", "remote_as", "router_id")),
    "ospf_neighbours": (("address", "router_id"), ("state",)),
}
# Most parts came with the second version of the schema; these were there from the beginning.
_FIRST_WITH_PARTS = 2
_FIRST_PARTS = frozenset({"processors", "memory", "storage", "sensors"})
# What is a state and no measured value: it is told wherever changes are, and not only where two are compared.
_STATES = ("power", "alarms")
# How far the device's own clock and ours may disagree over the time between two readings.
_CLOCK_SECONDS, _CLOCK_SHARE = 60.0, 0.01


@dataclass(frozen=True)
class PortRates:
    """The mean rates of a port over the time between; with `missing` naming why there are none."""

    name: str
    in_bps: float | None
    out_bps: float | None
    errors_per_second: float | None
    discards_per_second: float | None
    missing: str


@dataclass(frozen=True)
class Comparison:
    """All that differs; `not_read` names the parts of which one snapshot says nothing."""

    changes: tuple[Change, ...]
    measured: MeasuredChanges
    rates: tuple[PortRates, ...]
    not_read: tuple[str, ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare the facts of two readable snapshots, the earlier one first."""
    old, new = reading.Snapshot.from_dict(before), reading.Snapshot.from_dict(after)
    not_read = tuple(part for part in PARTS if not (_says(before, part) and _says(after, part)))
    measured = {part: _is_read_in_both(before, after, part) for part in (*MEASURED_PARTS, "ups")}
    parts = [change for part in PARTS if part not in not_read for change in _of_part(part, before, after)]
    return Comparison(
        changes=(*list_changes(before, after, reachable=True), *parts),
        measured=compare_measured(before, after, [part for part, is_read in measured.items() if is_read]),
        rates=tuple(_rates(old, new)),
        not_read=(*not_read, *(part for part, is_read in measured.items() if not is_read)),
    )


def list_changed_states(
    before: Mapping[str, Any], after: Mapping[str, Any], *, reachable: bool
) -> list[Change]:
    """Return what is not as it was: device, ports, neighbours, power supplies, alarms; no measured values."""
    changes = list_changes(before, after, reachable=reachable)
    if not reachable:
        return changes
    states = [part for part in _STATES if _is_read_in_both(before, after, part)]
    return [*changes, *compare_measured(before, after, states).changes]


def _is_read_in_both(before: Mapping[str, Any], after: Mapping[str, Any], part: str) -> bool:
    """Whether the part can be compared; many devices have none of it, which is no lack."""
    has = [bool(facts.get(part)) for facts in (before, after)]
    return has[0] == has[1] or (part != "ups" and _says(before, part) and _says(after, part))


def _says(facts: Mapping[str, Any], part: str) -> bool:
    """Whether an empty part means that there was nothing, and not that nobody looked."""
    first = 1 if part in _FIRST_PARTS else _FIRST_WITH_PARTS
    looked = int(facts.get("schema_version") or 1) >= first and not facts.get("failures")
    return bool(facts.get(part)) or looked


def _of_part(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    key, fields = PARTS[part]
    old, new = (
        {tuple(item.get(k) for k in key): item for item in facts.get(part) or []} for facts in (before, after)
    )
    for known in (*old, *(each for each in new if each not in old)):
        name = " · ".join(str(value) for value in known if value is not None)
        if known not in new:
            yield Change(object=name, what=f"{part}_removed", before=_told(old[known], fields), after=None)
        elif known not in old:
            yield Change(object=name, what=f"{part}_added", before=None, after=_told(new[known], fields))
        else:
            pairs = ((field, old[known].get(field), new[known].get(field)) for field in fields)
            for field, was, now in pairs:
                # A value that was not read has not changed.
                if was is not None and now is not None and was != now:
                    yield Change(object=name, what=f"{part}_{field}", before=was, after=now)


def _told(item: Mapping[str, Any], fields: tuple[str, ...]) -> str | None:
    return " · ".join(str(item[field]) for field in fields if item.get(field) is not None) or None


def _rates(old: reading.Snapshot, new: reading.Snapshot) -> Iterator[PortRates]:
    found = reading.compare_snapshots(old, new)
    whole = "restarted" if found.restarted or _restarted_between(old, new, found) else ""
    whole = whole or ("no_clock" if found.interval_seconds is None else "")
    ports = [{port.name: port for port in facts.interfaces} for facts in (old, new)]
    for each in found.rates:
        numbers = (
            each.in_bps,
            each.out_bps,
            _sum(each.in_errors_per_second, each.out_errors_per_second),
            _sum(each.in_discards_per_second, each.out_discards_per_second),
        )
        if whole or each.in_bps is None or each.out_bps is None:
            missing = whole or _why(ports[0].get(each.name), ports[1].get(each.name))
            yield PortRates(each.name, *((None,) * 4 if whole else numbers), missing=missing)
        else:
            yield PortRates(each.name, *numbers, missing="")


def _restarted_between(old: reading.Snapshot, new: reading.Snapshot, found: reading.Changes) -> bool:
    """Whether the device ran for less time than passed: between two far readings it may have started anew."""
    if found.interval_seconds is None:
        return False
    passed = (new.taken_at - old.taken_at).total_seconds()
    return passed - found.interval_seconds > _CLOCK_SECONDS + passed * _CLOCK_SHARE


def _why(was: Any, now: Any) -> str:
    if was is None or now is None or None in (was.in_octets, was.out_octets, now.in_octets, now.out_octets):
        return "not_read"
    if was.discontinuity_seconds != now.discontinuity_seconds:
        return "discontinuity"
    return "other_width" if was.counter_bits != now.counter_bits else "implausible"


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
