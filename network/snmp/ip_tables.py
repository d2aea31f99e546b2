"""IP-MIB: the device's own addresses, and whose hardware address answers for which."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final

from network.facts import AddressFact, ArpEntry
from network.snmp.interfaces import format_mac
from network.snmp.reader import Column, Oid, Value
from network.snmp.tables import TableReader

_IP: Final = (1, 3, 6, 1, 2, 1, 4)
_OLD_INTERFACE, _OLD_MASK = (*_IP, 20, 1, 2), (*_IP, 20, 1, 3)
_NEW_INTERFACE, _NEW_PREFIX = (*_IP, 34, 1, 3), (*_IP, 34, 1, 5)
_NEW_KIND, _BROADCAST = (*_IP, 34, 1, 4), 3
_OLD_ARP, _NEW_ARP = (*_IP, 22, 1, 2), (*_IP, 35, 1, 4)
_ADDRESS_BYTES: Final = {1: 4, 2: 16, 3: 4, 4: 16}  # InetAddressType; 3 and 4 carry a zone behind


async def read_addresses(names: Mapping[int, str], tables: TableReader) -> tuple[AddressFact, ...]:
    """Return the device's addresses, from the old table and the new one."""
    asked = [_OLD_INTERFACE, _OLD_MASK, _NEW_INTERFACE, _NEW_PREFIX, _NEW_KIND]
    columns = await tables.columns(asked, "addresses")
    found: dict[str, AddressFact] = {}
    for index, interface in columns[_NEW_INTERFACE].items():
        address = _inet_address(index)
        if address is not None and columns[_NEW_KIND].get(index) != _BROADCAST:
            prefix = _prefix_length_of(columns[_NEW_PREFIX].get(index), address)
            found[address] = _fact(address, prefix, interface, names)
    for index, interface in columns[_OLD_INTERFACE].items():
        address = format_address(bytes(index) if len(index) == 4 and max(index) < 256 else None)
        if address is not None:
            prefix = _mask_length(columns[_OLD_MASK].get(index))
            found[address] = _fact(address, prefix, interface, names)
    return tuple(found[address] for address in sorted(found, key=_sort_key))


async def read_arp(names: Mapping[int, str], tables: TableReader) -> tuple[ArpEntry, ...]:
    """Return the ARP table, and IPv6 neighbours where the new table has them."""
    columns = await tables.optional_columns([_OLD_ARP, _NEW_ARP], "arp")
    found: dict[tuple[int, str], ArpEntry] = {}
    for index, address, mac in (*_old_arp(columns[_OLD_ARP]), *_new_arp(columns[_NEW_ARP])):
        found[index, address] = ArpEntry(address=address, mac=mac, interface=names.get(index))
    return tuple(found[key] for key in sorted(found, key=lambda key: (key[0], _sort_key(key[1]))))


def _old_arp(column: Column) -> Iterator[tuple[int, str, str]]:
    for index, value in column.items():
        mac = format_mac(value)
        if len(index) == 5 and max(index[1:]) < 256 and mac:
            yield index[0], str(ipaddress.ip_address(bytes(index[1:]))), mac


def _new_arp(column: Column) -> Iterator[tuple[int, str, str]]:
    for index, value in column.items():
        address, mac = _inet_address(index[1:]), format_mac(value)
        if address and mac:
            yield index[0], address, mac


def _fact(address: str, prefix_length: int | None, interface: Value, names: Mapping[int, str]) -> AddressFact:
    name = names.get(interface) if isinstance(interface, int) else None
    return AddressFact(address=address, prefix_length=prefix_length, interface=name)


def _inet_address(index: Oid) -> str | None:
    """Return the address in an index of the form type, length, bytes."""
    length = _ADDRESS_BYTES.get(index[0]) if len(index) > 2 else None
    numbers = index[2 : 2 + (length or 0)]
    if length is None or len(numbers) != length or max(numbers) > 255:
        return None
    return format_address(bytes(numbers))


def _prefix_length_of(pointer: Value, address: str) -> int | None:
    """The pointer names a row of the prefix table, whose index ends in the length."""
    most = ipaddress.ip_address(address).max_prefixlen
    return pointer[-1] if isinstance(pointer, tuple) and len(pointer) > 2 and pointer[-1] <= most else None


def _mask_length(mask: Value) -> int | None:
    return int.from_bytes(mask).bit_count() if isinstance(mask, bytes) and len(mask) == 4 else None


def format_address(value: Value) -> str | None:
    """Return an IPv4 or IPv6 address as text, None for anything else."""
    if not isinstance(value, bytes) or len(value) not in (4, 16):
        return None
    return str(ipaddress.ip_address(value))


def _sort_key(address: str) -> tuple[int, int]:
    parsed = ipaddress.ip_address(address)
    return parsed.version, int(parsed)
