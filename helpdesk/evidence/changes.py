"""What differs between two frozen snapshots, as rows for a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

SYSTEM_FACTS = ("name", "description", "contact", "location", "vendor", "model", "version", "serial")
PORT_FACTS = ("admin_status", "oper_status", "speed_bps", "mtu", "alias", "mac")


class Change(TypedDict):
    """One difference: of which object, in what, from what, to what."""

    object: str
    what: str
    before: Any
    after: Any


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any], *, reachable: bool) -> list[Change]:
    """Return the differences; of a device that no longer answers only that it does not."""
    if not reachable:
        return [Change(object="device", what="reachable", before=True, after=False)]
    return [*_system(before, after), *_ports(before, after)]


def _system(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = before.get("system") or {}, after.get("system") or {}
    yield from _differing("device", SYSTEM_FACTS, old, new)
    booted_before, booted_after = old.get("uptime_seconds"), new.get("uptime_seconds")
    if booted_before is not None and booted_after is not None and booted_after < booted_before:
        yield Change(object="device", what="restarted", before=booted_before, after=booted_after)


def _ports(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old = {port["name"]: port for port in before.get("interfaces") or []}
    new = {port["name"]: port for port in after.get("interfaces") or []}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Change(object=name, what="removed", before=old[name].get("oper_status"), after=None)
        elif name not in old:
            yield Change(object=name, what="added", before=None, after=new[name].get("oper_status"))
        else:
            yield from _differing(name, PORT_FACTS, old[name], new[name])


def _differing(
    name: str, facts: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for fact in facts:
        if old.get(fact) != new.get(fact):
            yield Change(object=name, what=fact, before=old.get(fact), after=new.get(fact))
