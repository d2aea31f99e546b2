"""LLDP and CDP: which device is seen on which port."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Final

from network.observations import Interface, Neighbour
from network.quirks.rows import as_text
from network.snmp.interfaces import format_mac
from network.snmp.reader import Column, Oid, Value
from network.snmp.tables import TableReader

_LLDP_REMOTE: Final = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)
_LLDP: Final = {
    "chassis_kind": (*_LLDP_REMOTE, 4),
    "chassis": (*_LLDP_REMOTE, 5),
    "port_kind": (*_LLDP_REMOTE, 6),
    "port": (*_LLDP_REMOTE, 7),
    "port_text": (*_LLDP_REMOTE, 8),
    "name": (*_LLDP_REMOTE, 9),
    "description": (*_LLDP_REMOTE, 10),
}
_LLDP_LOCAL_PORT: Final = (1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3)
_BRIDGE_PORT: Final = (1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2)
_CDP_CACHE: Final = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1)
_CDP: Final = {
    "address": (*_CDP_CACHE, 4),
    "version": (*_CDP_CACHE, 5),
    "name": (*_CDP_CACHE, 6),
    "port": (*_CDP_CACHE, 7),
    "platform": (*_CDP_CACHE, 8),
}
_MIKROTIK_NEIGHBOUR: Final = (1, 3, 6, 1, 4, 1, 14988, 1, 1, 11, 1, 1)
_MIKROTIK: Final = {
    "address": (*_MIKROTIK_NEIGHBOUR, 2),
    "mac": (*_MIKROTIK_NEIGHBOUR, 3),
    "version": (*_MIKROTIK_NEIGHBOUR, 4),
    "platform": (*_MIKROTIK_NEIGHBOUR, 5),
    "name": (*_MIKROTIK_NEIGHBOUR, 6),
    "interface": (*_MIKROTIK_NEIGHBOUR, 8),
}
_MAC_CHASSIS, _MAC_PORT = 4, 3


async def read_neighbours(
    protocols: Sequence[str], interfaces: Sequence[Interface], tables: TableReader
) -> tuple[Neighbour, ...]:
    """Return the neighbours by every protocol of the platform."""
    readers = {"lldp": _read_lldp, "cdp": _read_cdp, "mikrotik": _read_mikrotik}
    found: list[Neighbour] = []
    for protocol in protocols:
        found += await readers[protocol](interfaces, tables)
    return tuple(found)


async def _read_lldp(interfaces: Sequence[Interface], tables: TableReader) -> list[Neighbour]:
    cells = _by_name(_LLDP, await tables.columns(_LLDP.values(), "neighbours"))
    indexes = sorted({index for name in ("port", "name", "chassis") for index in cells[name]})
    if not indexes:
        return []
    local = await tables.columns([_LLDP_LOCAL_PORT, _BRIDGE_PORT], "neighbours")
    # The same neighbour may stand there twice, under an older time mark: the later one replaces it.
    newest: dict[tuple[str | None, ...], Neighbour] = {}
    for neighbour in _lldp_rows(indexes, cells, interfaces, local):
        key = (
            neighbour.local_interface,
            neighbour.remote_chassis,
            neighbour.remote_port,
            neighbour.remote_name,
        )
        newest[key] = neighbour
    return list(newest.values())


def _lldp_rows(
    indexes: Sequence[Oid],
    cells: Mapping[str, Column],
    interfaces: Sequence[Interface],
    local: Mapping[Oid, Column],
) -> list[Neighbour]:
    return [
        Neighbour(
            protocol="lldp",
            local_interface=_local_port(index, interfaces, local[_LLDP_LOCAL_PORT], local[_BRIDGE_PORT]),
            remote_name=as_text(cells["name"].get(index)),
            remote_port=_identifier(cells["port"].get(index), cells["port_kind"].get(index) == _MAC_PORT)
            or as_text(cells["port_text"].get(index)),
            remote_chassis=_identifier(
                cells["chassis"].get(index), cells["chassis_kind"].get(index) == _MAC_CHASSIS
            ),
            remote_description=as_text(cells["description"].get(index)),
        )
        for index in indexes
    ]


def _local_port(index: Oid, interfaces: Sequence[Interface], local: Column, bridge: Column) -> str | None:
    """The index is time.localPort.number; the local port is a bridge port on some, an ifIndex on others."""
    number = index[1] if len(index) > 1 else index[0]
    by_index = {interface.index: interface for interface in interfaces}
    spoken = as_text(local.get((number,)))
    if spoken and any(spoken in (interface.name, interface.description) for interface in interfaces):
        return next(item.name for item in interfaces if spoken in (item.name, item.description))
    through_bridge = bridge.get((number,))
    if isinstance(through_bridge, int) and through_bridge in by_index:
        return by_index[through_bridge].name
    return by_index[number].name if number in by_index else spoken


async def _read_cdp(interfaces: Sequence[Interface], tables: TableReader) -> list[Neighbour]:
    cells = _by_name(_CDP, await tables.columns(_CDP.values(), "neighbours"))
    names = {interface.index: interface.name for interface in interfaces}
    return [
        Neighbour(
            protocol="cdp",
            local_interface=names.get(index[0]),
            remote_name=as_text(cells["name"].get(index)),
            remote_port=as_text(cells["port"].get(index)),
            remote_platform=as_text(cells["platform"].get(index)),
            remote_description=as_text(cells["version"].get(index)),
            remote_address=_address(cells["address"].get(index)),
        )
        for index in sorted(cells["name"])
    ]


async def _read_mikrotik(interfaces: Sequence[Interface], tables: TableReader) -> list[Neighbour]:
    """RouterOS numbers its LLDP-MIB wrongly; its own table is right."""
    cells = _by_name(_MIKROTIK, await tables.columns(_MIKROTIK.values(), "neighbours"))
    names = {interface.index: interface.name for interface in interfaces}
    found = []
    for index in sorted(cells["mac"]):
        local = cells["interface"].get(index)
        neighbour = Neighbour(
            protocol="mndp",
            local_interface=names.get(local) if isinstance(local, int) else None,
            remote_name=as_text(cells["name"].get(index)),
            remote_port=None,
            remote_chassis=format_mac(cells["mac"].get(index)),
            remote_platform=as_text(cells["platform"].get(index)),
            remote_description=as_text(cells["version"].get(index)),
            remote_address=_address(cells["address"].get(index)),
        )
        found.append(neighbour)
    return found


def _by_name(names: Mapping[str, Oid], columns: Mapping[Oid, Column]) -> dict[str, Column]:
    return {name: columns[oid] for name, oid in names.items()}


def _identifier(value: Value, is_mac: bool) -> str | None:
    # Some agents write the hardware address as a text.
    return format_mac(value) if is_mac and isinstance(value, bytes) and len(value) == 6 else as_text(value)


def _address(value: Value) -> str | None:
    if not isinstance(value, bytes) or len(value) not in (4, 16) or not any(value):
        return None
    return str(ipaddress.ip_address(value))
