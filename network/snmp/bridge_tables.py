"""BRIDGE-MIB and Q-BRIDGE-MIB: which hardware address is behind which port, and the VLANs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from network.facts import MacEntry, Vlan
from network.observations import Failure
from network.quirks.rows import as_text
from network.snmp.interfaces import format_mac
from network.snmp.reader import Column, Oid, Value
from network.snmp.tables import TableReader

_BRIDGE: Final = (1, 3, 6, 1, 2, 1, 17)
_PORT_INTERFACE: Final = (*_BRIDGE, 1, 4, 1, 2)
_PORT_OF_MAC, _STATUS_OF_MAC = (*_BRIDGE, 4, 3, 1, 2), (*_BRIDGE, 4, 3, 1, 3)
_Q_PORT_OF_MAC, _Q_STATUS_OF_MAC = (*_BRIDGE, 7, 1, 2, 2, 1, 2), (*_BRIDGE, 7, 1, 2, 2, 1, 3)
_VLAN_OF_FDB: Final = (*_BRIDGE, 7, 1, 4, 2, 1, 3)
_VLAN_NAME, _VLAN_ROW_STATUS = (*_BRIDGE, 7, 1, 4, 3, 1, 1), (*_BRIDGE, 7, 1, 4, 3, 1, 5)
_VTP: Final = (1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1)
_VTP_STATE, _VTP_NAME = (*_VTP, 2), (*_VTP, 4)

_JUNIPER: Final = (1, 3, 6, 1, 4, 1, 2636, 3)
_JUNOS_VLANS: Final[
    tuple[tuple[Oid, Oid], ...]
] = (  # name and number: with enhanced layer 2 software, and before it
    ((*_JUNIPER, 48, 1, 3, 1, 1, 2), (*_JUNIPER, 48, 1, 3, 1, 1, 3)),
    ((*_JUNIPER, 40, 1, 5, 1, 5, 1, 2), (*_JUNIPER, 40, 1, 5, 1, 5, 1, 5)),
)

# A table a VLAN is a conversation a VLAN: what fits into a reading of a distribution switch.
MOST_VLANS: Final = 32
_FIRST_VLAN: Final = 1
_RESERVED_VLANS: Final = range(1002, 1006)  # FDDI and token ring, on every box and never used
_MAC_STATUS: Final = {1: "other", 2: "invalid", 3: "learned", 4: "self", 5: "static"}
_VTP_STATES: Final = {1: "active", 2: "suspended", 3: "mtuTooBigForDevice", 4: "mtuTooBigForTrunk"}
_ROW_STATES: Final = {1: "active", 2: "suspended"}


async def read_mac_table(
    names: Mapping[int, str], tables: TableReader, vlans: Iterable[Vlan] = ()
) -> tuple[MacEntry, ...]:
    """Return the learned addresses with their VLAN where the device tells it.

    `vlans` are those of a device that keeps one table for each (Cisco IOS); what it gives unasked is VLAN 1.
    """
    numbers = [vlan.number for vlan in vlans if vlan.status in (None, "active")]
    entries = await _read_common_table(names, tables)
    if not numbers or any(entry.vlan is not None for entry in entries):
        return entries
    found = [replace(entry, vlan=_FIRST_VLAN) for entry in entries]
    wanted = [number for number in numbers if number != _FIRST_VLAN and number not in _RESERVED_VLANS]
    for number in wanted[:MOST_VLANS]:
        if not tables.remaining_seconds:
            tables.notes.append(Failure.of("truncated", "mac_table", stopped_by="deadline"))
            break
        columns = await tables.columns_of_vlan(number, [_PORT_OF_MAC, _STATUS_OF_MAC, _PORT_INTERFACE])
        if columns is None:
            tables.notes.append(Failure.of("mac_of_vlans_missing", "mac_table", stopped_by="no_answer"))
            break
        found += _entries(columns, columns[_PORT_INTERFACE], names, number)
    else:
        if len(wanted) > MOST_VLANS:
            tables.notes.append(Failure.of("truncated", "mac_table", stopped_by="vlan_cap"))
    return tuple(found)


def _entries(
    columns: Mapping[Oid, Column], links: Column, names: Mapping[int, str], vlan: int
) -> list[MacEntry]:
    states = columns[_STATUS_OF_MAC]
    found = (
        _entry(index, port, states.get(index), links, {}, names)
        for index, port in sorted(columns[_PORT_OF_MAC].items())
    )
    return [replace(entry, vlan=vlan) for entry in found if entry is not None]


async def _read_common_table(names: Mapping[int, str], tables: TableReader) -> tuple[MacEntry, ...]:
    columns = await tables.optional_columns([_Q_PORT_OF_MAC, _Q_STATUS_OF_MAC], "mac_table")
    ports, states = columns[_Q_PORT_OF_MAC], columns[_Q_STATUS_OF_MAC]
    if not ports:
        columns = await tables.optional_columns([_PORT_OF_MAC, _STATUS_OF_MAC], "mac_table")
        ports, states = columns[_PORT_OF_MAC], columns[_STATUS_OF_MAC]
    if not ports:
        return ()
    links = await tables.optional_columns([_PORT_INTERFACE, _VLAN_OF_FDB], "mac_table")
    vlans = _vlan_by_database(links[_VLAN_OF_FDB])
    entries = [
        _entry(index, port, states.get(index), links[_PORT_INTERFACE], vlans, names)
        for index, port in sorted(ports.items())
    ]
    return tuple(entry for entry in entries if entry is not None)


def _entry(
    index: Oid,
    port: Value,
    status: Value,
    interfaces: Column,
    vlans: Mapping[int, int],
    names: Mapping[int, str],
) -> MacEntry | None:
    """The index ends in the six bytes of the address; a database number may stand before them."""
    address = index[-6:]
    if len(address) < 6 or max(address) > 255 or not isinstance(port, int):
        return None
    interface = interfaces.get((port,), port)
    return MacEntry(
        mac=format_mac(bytes(address)) or "",
        interface=names.get(interface) if isinstance(interface, int) else None,
        vlan=vlans.get(index[0], index[0]) if len(index) == 7 else None,
        status=_MAC_STATUS.get(status) if isinstance(status, int) else None,
    )


def _vlan_by_database(column: Column) -> dict[int, int]:
    """Most devices number databases like VLANs; the others say here which is whose."""
    return {
        database: index[-1] for index, database in column.items() if isinstance(database, int) and database
    }


async def read_vlans(source: str, tables: TableReader) -> tuple[Vlan, ...]:
    """Return the VLANs from the table that the platform fills."""
    if source == "junos":
        for name_column, tag_column in _JUNOS_VLANS:
            found = await _read_tagged_vlans(name_column, tag_column, tables)
            if found:
                return found
    name_column, state_column, states = (
        (_VTP_NAME, _VTP_STATE, _VTP_STATES)
        if source == "vtp"
        else (_VLAN_NAME, _VLAN_ROW_STATUS, _ROW_STATES)
    )
    columns = await tables.columns([name_column, state_column], "vlans")
    indexes = sorted(columns[name_column] | columns[state_column])
    return tuple(
        Vlan(
            number=index[-1],
            name=as_text(columns[name_column].get(index)),
            status=_state(columns[state_column].get(index), states),
        )
        for index in indexes
    )


async def _read_tagged_vlans(name_column: Oid, tag_column: Oid, tables: TableReader) -> tuple[Vlan, ...]:
    """Junos numbers its rows by itself and keeps the VLAN's number in a column."""
    columns = await tables.columns([name_column, tag_column], "vlans")
    tags = {index: tag for index, tag in columns[tag_column].items() if isinstance(tag, int)}
    by_tag = sorted(tags.items(), key=lambda item: item[1])
    return tuple(Vlan(number=tag, name=as_text(columns[name_column].get(index))) for index, tag in by_tag)


def _state(value: Value, states: Mapping[int, str]) -> str | None:
    return states.get(value) if isinstance(value, int) else None
