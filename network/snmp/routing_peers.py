"""BGP4-MIB and OSPF-MIB: with whom the device speaks, and how far that got."""

from collections.abc import Mapping
from typing import Final

from network.facts import BgpPeer, OspfNeighbour
from network.snmp.ip_tables import format_address
from network.snmp.reader import Column, Oid, Value
from network.snmp.tables import TableReader

_BGP_PEER: Final = (1, 3, 6, 1, 2, 1, 15, 3, 1)
_BGP: Final = {
    "router_id": (*_BGP_PEER, 1),
    "state": (*_BGP_PEER, 2),
    "admin": (*_BGP_PEER, 3),
    "remote_as": (*_BGP_PEER, 9),
    "last_error": (*_BGP_PEER, 14),
    "established": (*_BGP_PEER, 16),
}
_BGP_STATES: Final = {
    1: "idle",
    2: "connect",
    3: "active",
    4: "openSent",
    5: "openConfirm",
    6: "established",
}
_BGP_ADMIN: Final = {1: "stop", 2: "start"}
_FOUR_BYTE_AS: Final = 23456  # stands for a number that does not fit here

_OSPF_NEIGHBOUR: Final = (1, 3, 6, 1, 2, 1, 14, 10, 1)
_OSPF: Final = {"router_id": (*_OSPF_NEIGHBOUR, 3), "state": (*_OSPF_NEIGHBOUR, 6)}
_OSPF_STATES: Final = {
    1: "down",
    2: "attempt",
    3: "init",
    4: "twoWay",
    5: "exchangeStart",
    6: "exchange",
    7: "loading",
    8: "full",
}


async def read_bgp_peers(tables: TableReader) -> tuple[BgpPeer, ...]:
    """Return the peers of the standard table, which knows IPv4 only."""
    cells = await _read(_BGP, tables, "bgp_peers")
    peers = []
    for index in sorted(cells["state"]):
        remote_as = cells["remote_as"].get(index)
        address = _address_in(index)
        if address is None:
            continue
        peer = BgpPeer(
            address=address,
            state=_word(cells["state"].get(index), _BGP_STATES),
            admin_status=_word(cells["admin"].get(index), _BGP_ADMIN),
            remote_as=remote_as if isinstance(remote_as, int) and remote_as != _FOUR_BYTE_AS else None,
            router_id=format_address(cells["router_id"].get(index)),
            established_seconds=_number(cells["established"].get(index)),
            last_error=_error(cells["last_error"].get(index)),
        )
        peers.append(peer)
    return tuple(peers)


async def read_ospf_neighbours(tables: TableReader) -> tuple[OspfNeighbour, ...]:
    """Return the neighbours of OSPF version 2."""
    cells = await _read(_OSPF, tables, "ospf_neighbours")
    return tuple(
        OspfNeighbour(
            address=address,
            router_id=format_address(cells["router_id"].get(index)),
            state=_word(cells["state"].get(index), _OSPF_STATES),
        )
        for index in sorted(cells["state"])
        if (address := _address_in(index)) is not None
    )


async def _read(names: Mapping[str, Oid], tables: TableReader, probe: str) -> dict[str, Column]:
    """Read the states first: a device without peers is asked no further."""
    states = await tables.columns([names["state"]], probe)
    if not states[names["state"]]:
        return {name: {} for name in names}
    columns = await tables.columns(names.values(), probe)
    return {name: columns[oid] for name, oid in names.items()}


def _address_in(index: Oid) -> str | None:
    return format_address(bytes(index[:4])) if len(index) >= 4 and max(index[:4]) < 256 else None


def _error(value: Value) -> str | None:
    """Two bytes, code and subcode (RFC 4271); zeroes mean that there was none."""
    if not isinstance(value, bytes) or len(value) != 2 or not any(value):
        return None
    return f"{value[0]}.{value[1]}"


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _word(value: Value, words: Mapping[int, str]) -> str | None:
    return words.get(value, str(value)) if isinstance(value, int) else None
