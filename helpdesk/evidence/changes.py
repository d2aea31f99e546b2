"""What differs between two frozen snapshots, as rows for a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from helpdesk.devices import reading

DEVICE = "device"
# The number of a port is its place in a table of the agent: it moves at a restart and means nothing.
UNTOLD = frozenset({"index"})


class Change(TypedDict):
    """One difference: of which object, in what, from what, to what."""

    object: str
    what: str
    before: Any
    after: Any


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any], *, reachable: bool) -> list[Change]:
    """Return the differences; of a device that no longer answers only that it does not."""
    if not reachable:
        return [Change(object=DEVICE, what="reachable", before=True, after=False)]
    old, new = reading.Snapshot.from_dict(before), reading.Snapshot.from_dict(after)
    return changes_between(old, new, reading.compare_snapshots(old, new))


def changes_between(old: reading.Snapshot, new: reading.Snapshot, found: reading.Changes) -> list[Change]:
    """Return what a comparison of two readable snapshots found, as rows."""
    return [*_of_device(old, new, found), *_of_ports(old, new, found), *_of_neighbours(found)]


def _of_device(old: reading.Snapshot, new: reading.Snapshot, found: reading.Changes) -> Iterator[Change]:
    if found.restarted:
        uptimes = old.system.uptime_seconds, new.system.uptime_seconds
        yield Change(object=DEVICE, what="restarted", before=uptimes[0], after=uptimes[1])
    for each in found.system:
        yield Change(object=DEVICE, what=each.field, before=each.before, after=each.after)


def _of_ports(old: reading.Snapshot, new: reading.Snapshot, found: reading.Changes) -> Iterator[Change]:
    for port in found.changed_interfaces:
        for each in port.changes:
            if each.field not in UNTOLD:
                yield Change(object=port.name, what=each.field, before=each.before, after=each.after)
    states = {port.name: port.oper_status for port in (*old.interfaces, *new.interfaces)}
    for name in found.removed_interfaces:
        yield Change(object=name, what="removed", before=states.get(name), after=None)
    for name in found.added_interfaces:
        yield Change(object=name, what="added", before=None, after=states.get(name))


def _of_neighbours(found: reading.Changes) -> Iterator[Change]:
    for neighbour in found.removed_neighbours:
        yield Change(object=neighbour, what="neighbour_removed", before=None, after=None)
    for neighbour in found.added_neighbours:
        yield Change(object=neighbour, what="neighbour_added", before=None, after=None)
