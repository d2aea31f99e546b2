"""IF-MIB: the ports with their state and counters, 64-bit where the device has them."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from network.observations import Interface
from network.quirks.rows import as_text
from network.snmp.interface_types import INTERFACE_TYPES
from network.snmp.reader import Column, Oid, Value
from network.snmp.tables import TableReader

Numbers = Callable[[Oid], int | None]

_IF: Final = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX: Final = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)

_IDENTITY: Final = {
    "description": (*_IF, 2),
    "type": (*_IF, 3),
    "mtu": (*_IF, 4),
    "speed": (*_IF, 5),
    "mac": (*_IF, 6),
    "admin": (*_IF, 7),
    "oper": (*_IF, 8),
    "last_change": (*_IF, 9),
    "name": (*_IFX, 1),
    "high_speed": (*_IFX, 15),
    "alias": (*_IFX, 18),
    "discontinuity": (*_IFX, 19),
    "duplex": (1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19),  # EtherLike-MIB
}
_PROBLEMS: Final = {
    "in_discards": (*_IF, 13),
    "in_errors": (*_IF, 14),
    "out_discards": (*_IF, 19),
    "out_errors": (*_IF, 20),
}
_COUNTERS_64: Final = {
    "in_octets": (*_IFX, 6),
    "in_unicast_packets": (*_IFX, 7),
    "out_octets": (*_IFX, 10),
    "out_unicast_packets": (*_IFX, 11),
}
_COUNTERS_32: Final = {
    "in_octets": (*_IF, 10),
    "in_unicast_packets": (*_IF, 11),
    "out_octets": (*_IF, 16),
    "out_unicast_packets": (*_IF, 17),
}
_ADMIN_STATUS: Final = {1: "up", 2: "down", 3: "testing"}
_OPER_STATUS: Final = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "notPresent",
    7: "lowerLayerDown",
}
_MAC_AS_TEXT: Final = re.compile(rb"[0-9A-Fa-f]{1,2}(?:[ :-][0-9A-Fa-f]{1,2}){5}")
_DUPLEX: Final = {1: "unknown", 2: "halfDuplex", 3: "fullDuplex"}
_NUMBER: Final = frozenset((int,))
_MEGABIT: Final = 1_000_000
_MEGABITS_ARE_COARSE: Final = 20  # RFC 2863 asks for more than ifSpeed from here on
_ABSURD_HIGH_SPEED: Final = 2**31  # some firewalls count in another unit there
_LENGTHS_OF_MACS: Final = (6, 8)  # EUI-48 and EUI-64


async def read_interfaces(tables: TableReader) -> tuple[Interface, ...]:
    """Read every port; a column the agent does not have leaves its values empty."""
    cells = _by_name(_IDENTITY, await tables.columns(_IDENTITY.values(), "interfaces"))
    indexes = sorted(
        {index for name in ("description", "oper", "name") for index in cells[name] if len(index) == 1}
    )
    if not indexes:
        return ()
    cells |= _by_name(_PROBLEMS, await tables.columns(_PROBLEMS.values(), "interfaces"))
    wide = _by_name(_COUNTERS_64, await tables.columns(_COUNTERS_64.values(), "interfaces"))
    narrow: dict[str, Column] = {}
    if any(not wide[name].get(index) for name in wide for index in indexes):
        # A zero or a gap in the 64-bit columns may hide a number in the 32-bit ones.
        narrow = _by_name(_COUNTERS_32, await tables.columns(_COUNTERS_32.values(), "interfaces"))
    numbers, counters = _numbers(cells), _Counters(_numbers(wide), _numbers(narrow))
    return tuple(_read_interface(index, cells, numbers, counters) for index in indexes)


def _by_name(names: Mapping[str, Oid], columns: Mapping[Oid, Column]) -> dict[str, Column]:
    return {name: columns[oid] for name, oid in names.items()}


def _numbers(cells: Mapping[str, Column]) -> dict[str, Numbers]:
    """Return for each column how to get a row's number: decided once a column and not for every cell."""
    return {name: _only_numbers(column).get for name, column in cells.items()}


def _only_numbers(column: Column) -> Mapping[Oid, int]:
    """Return the cells that are numbers, those among them that an agent writes as text included."""
    if _NUMBER.issuperset(map(type, column.values())):
        return column  # type: ignore[return-value]
    found = ((index, _as_whole_number(value)) for index, value in column.items())
    return {index: number for index, number in found if number is not None}


def _as_whole_number(value: Value) -> int | None:
    if isinstance(value, bytes) and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else None


def _read_interface(
    index: Oid, cells: Mapping[str, Column], numbers: Mapping[str, Numbers], counters: "_Counters"
) -> Interface:
    description, short = as_text(cells["description"].get(index)), as_text(cells["name"].get(index))
    type_number = numbers["type"](index)
    octets = counters.of(index)
    return Interface(
        index=index[0],
        name=short or description or f"ifIndex {index[0]}",
        description=description or short,
        alias=as_text(cells["alias"].get(index)),
        type=None if type_number is None else INTERFACE_TYPES.get(type_number, f"type{type_number}"),
        type_number=type_number,
        mtu=numbers["mtu"](index),
        speed_bps=_speed_bps(numbers["speed"](index), numbers["high_speed"](index)),
        mac=format_mac(cells["mac"].get(index)),
        admin_status=_ADMIN_STATUS.get(numbers["admin"](index) or 0),
        oper_status=_OPER_STATUS.get(numbers["oper"](index) or 0),
        duplex=_DUPLEX.get(numbers["duplex"](index) or 0),
        last_change_seconds=_seconds(numbers["last_change"](index)),
        in_octets=octets["in_octets"],
        out_octets=octets["out_octets"],
        in_unicast_packets=octets["in_unicast_packets"],
        out_unicast_packets=octets["out_unicast_packets"],
        in_errors=numbers["in_errors"](index),
        out_errors=numbers["out_errors"](index),
        in_discards=numbers["in_discards"](index),
        out_discards=numbers["out_discards"](index),
        counter_bits=counters.bits("in_octets", index, octets),
        unicast_counter_bits=counters.bits("in_unicast_packets", index, octets),
        discontinuity_seconds=_seconds(numbers["discontinuity"](index)),
    )


class _Counters:
    """The counters of a port in 64 bits or in 32: never a mixture that nobody can compare."""

    def __init__(self, wide: Mapping[str, Numbers], narrow: Mapping[str, Numbers]) -> None:
        self._wide, self._narrow = wide, narrow

    def of(self, index: Oid) -> dict[str, int | None]:
        """Return the 64-bit counters of a port where one of them counts, else all its 32-bit ones."""
        found = {name: number(index) for name, number in self._wide.items()}
        if not self._narrow:
            return found
        small = {name: number(index) for name, number in self._narrow.items()}
        first, second = (found, small) if any(found.values()) else (small, found)
        return {name: first[name] if first[name] is not None else second[name] for name in found}

    def bits(self, name: str, index: Oid, taken: Mapping[str, int | None]) -> int | None:
        """Return how wide a counter of a port is that was taken."""
        if taken[name] is None:
            return None
        return 64 if self._wide[name](index) == taken[name] else 32


def _speed_bps(speed: int | None, high_speed: int | None) -> int | None:
    """Return ifHighSpeed, which has room for every speed, and ifSpeed for what is too slow for its megabits.

    Without ifHighSpeed the largest number of ifSpeed stays what the device said: this speed or more.
    """
    if high_speed and high_speed < _ABSURD_HIGH_SPEED and (not speed or speed >= _MEGABIT):
        if speed and high_speed < _MEGABITS_ARE_COARSE and abs(speed - high_speed * _MEGABIT) < _MEGABIT:
            return speed
        return high_speed * _MEGABIT
    return speed


def format_mac(value: object) -> str | None:
    """Return a hardware address in the usual form, None where there is none."""
    if not isinstance(value, bytes) or not value:
        return None
    if _MAC_AS_TEXT.fullmatch(value):
        return ":".join(part.zfill(2) for part in re.split("[ :-]", value.decode("ascii").lower()))
    return value.hex(":") if len(value) in _LENGTHS_OF_MACS else None


def _seconds(ticks: int | None) -> float | None:
    return None if ticks is None else ticks / 100
