"""What changed its state between two readings, and how often: a port, a peer. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from network.compare import has_restarted, index_interfaces
from network.facts import BgpPeer
from network.observations import Interface, Snapshot

_UP_OR_DOWN: Final = ("up", "down", "lowerLayerDown", "notPresent", "dormant")
# "twoWay" is normal between routers that are not designated.
_OSPF_GOOD: Final = ("full", "twoWay")
# Some agents give the moment of the reading as that of every port's last change: they say nothing.
_BELIEVABLE_PART: Final = 0.5
_FEW: Final = 3


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """A port or a peer, and how often it is known to have changed its state."""

    kind: Literal["port", "peer"]
    object: str
    times: int


def list_state_changes(before: Snapshot, after: Snapshot) -> tuple[StateChange, ...]:
    """Return what changed; what is as before but changed in between went there and back: twice."""
    if not before.has_data or not after.has_data:
        return ()
    # What one of the two could not read says nothing.
    broken = {failure.probe for failure in (*before.failures, *after.failures)}
    restarted = has_restarted(before, after)
    return (
        *(() if "interfaces" in broken else _ports(before, after, restarted=restarted)),
        *(() if "bgp_peers" in broken else _bgp_peers(before, after, restarted=restarted)),
        *(() if "ospf_neighbours" in broken else _ospf_neighbours(before, after)),
    )


def _ports(before: Snapshot, after: Snapshot, *, restarted: bool) -> Iterator[StateChange]:
    old = index_interfaces(before)
    pairs = [(name, old[name], port) for name, port in index_interfaces(after).items() if name in old]
    moved = [] if restarted else [name for name, was, now in pairs if _went_and_came(was, now)]
    believed = len(moved) <= max(_FEW, len(pairs) * _BELIEVABLE_PART)
    for name, was, now in pairs:
        if _is_told(was) and _is_told(now) and (was.oper_status == "up") != (now.oper_status == "up"):
            yield StateChange(kind="port", object=name, times=1)
        elif believed and name in moved:
            yield StateChange(kind="port", object=name, times=2)


def _is_told(port: Interface) -> bool:
    return port.oper_status in _UP_OR_DOWN


def _went_and_came(was: Interface, now: Interface) -> bool:
    if was.oper_status != now.oper_status or was.admin_status != now.admin_status:
        return False
    earlier, later = was.last_change_seconds, now.last_change_seconds
    return earlier is not None and later is not None and later > earlier


def _bgp_peers(before: Snapshot, after: Snapshot, *, restarted: bool) -> Iterator[StateChange]:
    old_bgp = {peer.address: peer for peer in before.bgp_peers}
    for peer in after.bgp_peers:
        was = old_bgp.get(peer.address)
        if was is None:
            continue
        if (was.state == "established") != (peer.state == "established"):
            yield StateChange(kind="peer", object=peer.address, times=1)
        elif peer.state == "established" and not restarted and _is_younger(was, peer):
            yield StateChange(kind="peer", object=peer.address, times=2)


def _ospf_neighbours(before: Snapshot, after: Snapshot) -> Iterator[StateChange]:
    old_ospf = {one.router_id or one.address: one.state for one in before.ospf_neighbours}
    new_ospf = {one.router_id or one.address: one.state for one in after.ospf_neighbours}
    for name in sorted(old_ospf.keys() | new_ospf.keys()):
        if (old_ospf.get(name) in _OSPF_GOOD) != (new_ospf.get(name) in _OSPF_GOOD):
            yield StateChange(kind="peer", object=name, times=1)


def _is_younger(was: BgpPeer, now: BgpPeer) -> bool:
    earlier, later = was.established_seconds, now.established_seconds
    return earlier is not None and later is not None and later < earlier
