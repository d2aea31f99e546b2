"""IF-MIB: the ports with their state and counters, 64-bit where the device has them."""

from collections.abc import Mapping
from typing import Final

from network.observations import Interface
from network.quirks.rows import as_text
from network.snmp.interface_types import INTERFACE_TYPES
from network.snmp.reader import Column, Oid
from network.snmp.tables import TableReader

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
_SPEED_IS_IN_HIGH_SPEED: Final = 4_294_967_295
_DUPLEX: Final = {1: "unknown", 2: "halfDuplex", 3: "fullDuplex"}
_MEGABIT: Final = 1_000_000
_ABSURD_HIGH_SPEED: Final = 2**31  # some firewalls count in another unit there


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
    return tuple(_read_interface(index, cells, wide, narrow) for index in indexes)


def _by_name(names: Mapping[str, Oid], columns: Mapping[Oid, Column]) -> dict[str, Column]:
    return {name: columns[oid] for name, oid in names.items()}


def _read_interface(
    index: Oid, cells: Mapping[str, Column], wide: Mapping[str, Column], narrow: Mapping[str, Column]
) -> Interface:
    description = _text(cells, "description", index)
    name = _text(cells, "name", index) or description or f"ifIndex {index[0]}"
    type_number = _number(cells, "type", index)
    octets = _counters(index, wide, narrow)
    return Interface(
        index=index[0],
        name=name,
        description=description or _text(cells, "name", index),
        alias=_text(cells, "alias", index),
        type=None if type_number is None else INTERFACE_TYPES.get(type_number, f"type{type_number}"),
        type_number=type_number,
        mtu=_number(cells, "mtu", index),
        speed_bps=_speed_bps(_number(cells, "speed", index), _number(cells, "high_speed", index)),
        mac=format_mac(cells["mac"].get(index)),
        admin_status=_ADMIN_STATUS.get(_number(cells, "admin", index) or 0),
        oper_status=_OPER_STATUS.get(_number(cells, "oper", index) or 0),
        duplex=_DUPLEX.get(_number(cells, "duplex", index) or 0),
        last_change_seconds=_seconds(_number(cells, "last_change", index)),
        in_octets=octets["in_octets"],
        out_octets=octets["out_octets"],
        in_unicast_packets=octets["in_unicast_packets"],
        out_unicast_packets=octets["out_unicast_packets"],
        in_errors=_number(cells, "in_errors", index),
        out_errors=_number(cells, "out_errors", index),
        in_discards=_number(cells, "in_discards", index),
        out_discards=_number(cells, "out_discards", index),
        counter_bits=_counter_bits("in_octets", index, wide, octets),
        unicast_counter_bits=_counter_bits("in_unicast_packets", index, wide, octets),
        discontinuity_seconds=_seconds(_number(cells, "discontinuity", index)),
    )


def _counters(index: Oid, wide: Mapping[str, Column], narrow: Mapping[str, Column]) -> dict[str, int | None]:
    """Take the 64-bit counters of a port, or all its 32-bit ones: never a mixture that nobody can compare."""
    found = {name: _number(wide, name, index) for name in _COUNTERS_64}
    if any(found.values()):
        return {
            name: value if value is not None else _number(narrow, name, index)
            for name, value in found.items()
        }
    small = {name: _number(narrow, name, index) for name in _COUNTERS_32}
    return {name: small[name] if small[name] is not None else found[name] for name in found}


def _counter_bits(
    name: str, index: Oid, wide: Mapping[str, Column], taken: Mapping[str, int | None]
) -> int | None:
    if taken[name] is None:
        return None
    return 64 if _number(wide, name, index) == taken[name] else 32


def _speed_bps(speed: int | None, high_speed: int | None) -> int | None:
    if high_speed and high_speed < _ABSURD_HIGH_SPEED and (not speed or speed >= _MEGABIT):
        # ifSpeed is exact below the point where it overflows, ifHighSpeed is rounded to megabits.
        exact = speed if speed and speed != _SPEED_IS_IN_HIGH_SPEED else None
        if exact is not None and abs(exact - high_speed * _MEGABIT) < _MEGABIT:
            return exact
        return high_speed * _MEGABIT
    return None if speed == _SPEED_IS_IN_HIGH_SPEED else speed


def format_mac(value: object) -> str | None:
    """Return a hardware address in the usual form, None where there is none."""
    if not isinstance(value, bytes) or not value:
        return None
    return ":".join(f"{byte:02x}" for byte in value)


def _text(cells: Mapping[str, Column], name: str, index: Oid) -> str | None:
    return as_text(cells[name].get(index))


def _number(cells: Mapping[str, Column], name: str, index: Oid) -> int | None:
    value = cells.get(name, {}).get(index)
    return value if isinstance(value, int) else None


def _seconds(ticks: int | None) -> float | None:
    return None if ticks is None else ticks / 100
