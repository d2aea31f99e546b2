"""What an agent of the lab answers: a sorted list of objects whose values may move."""

import bisect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from pysnmp.proto import rfc1902  # type: ignore[import-untyped]

from network.lab import simulation
from network.lab.definition import LabDeviceFile, Port, Reading, Spell
from network.snmp.reader import Oid, parse_oid

# A value at a moment, given the time and the uptime in seconds.
ValueSource = Callable[[float, float], Any]

_SYSTEM: Final = (1, 3, 6, 1, 2, 1, 1)
_IF: Final = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX: Final = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_ENTITY: Final = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
_LLDP_REMOTE: Final = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)
_LLDP_LOCAL: Final = (1, 0, 8802, 1, 1, 2, 1, 3, 7, 1)
_BRIDGE_PORT: Final = (1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2)
_ENGINE_TIME: Final = (1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0)
_ETHERNET: Final = 6


class MibView:
    """Objects in lexicographic order."""

    def __init__(self, objects: Mapping[Oid, ValueSource]) -> None:
        self._objects = dict(objects)
        self._order = sorted(self._objects)

    def __len__(self) -> int:
        return len(self._order)

    def get(self, oid: Oid, now: float, uptime: float) -> Any | None:
        """Return the value of an instance, None where there is none."""
        source = self._objects.get(oid)
        return None if source is None else source(now, uptime)

    def get_next(self, oid: Oid, now: float, uptime: float) -> tuple[Oid, Any] | None:
        """Return the first instance after an OID, None at the end."""
        position = bisect.bisect_right(self._order, oid)
        if position == len(self._order):
            return None
        following = self._order[position]
        return following, self._objects[following](now, uptime)


def constant(value: Any) -> ValueSource:
    """Return a source that never moves."""
    return lambda _now, _uptime: value


def build_view(device: LabDeviceFile) -> MibView:
    """Build all objects of a lab device."""
    objects: dict[Oid, ValueSource] = {}
    _add_system(objects, device)
    for port in device.all_ports():
        _add_port(objects, port)
    _add_entities(objects, device)
    _add_neighbours(objects, device)
    for text, reading in device.readings.items():
        objects[parse_oid(text)] = _reading_source(reading)
    return MibView(objects)


def _add_system(objects: dict[Oid, ValueSource], device: LabDeviceFile) -> None:
    texts = {1: device.description, 4: device.contact, 5: device.name, 6: device.location}
    objects.update(
        {(*_SYSTEM, number, 0): constant(rfc1902.OctetString(text)) for number, text in texts.items()}
    )
    objects[*_SYSTEM, 2, 0] = constant(rfc1902.ObjectIdentifier(parse_oid(device.object_id)))
    objects[*_SYSTEM, 3, 0] = lambda _now, uptime: rfc1902.TimeTicks(int(uptime * 100) % 2**32)
    objects[*_SYSTEM, 7, 0] = constant(rfc1902.Integer32(78))
    objects[_ENGINE_TIME] = lambda _now, uptime: rfc1902.Integer32(int(uptime))
    objects[1, 3, 6, 1, 2, 1, 2, 1, 0] = constant(rfc1902.Integer32(len(device.all_ports())))


def _add_port(objects: dict[Oid, ValueSource], port: Port) -> None:
    mac = bytes.fromhex(port.mac.replace(":", ""))
    speed = min(port.speed_mbps * 1_000_000, 4_294_967_295)
    table: dict[int, ValueSource] = {
        1: constant(rfc1902.Integer32(port.index)),
        2: constant(rfc1902.OctetString(port.description or port.name)),
        3: constant(rfc1902.Integer32(port.type)),
        4: constant(rfc1902.Integer32(port.mtu)),
        5: constant(rfc1902.Gauge32(speed)),
        6: constant(rfc1902.OctetString(mac)),
        7: constant(rfc1902.Integer32(1 if port.admin_up else 2)),
        8: lambda _now, uptime: rfc1902.Integer32(1 if simulation.is_up(port, uptime) else 2),
        9: lambda _now, uptime: rfc1902.TimeTicks(int(simulation.last_change_seconds(port, uptime) * 100)),
        10: partial(_counter_32, simulation.octets, port.in_kbps, port),
        11: partial(_counter_32, simulation.packets, port.in_kbps, port),
        13: partial(_counter_32, simulation.events, port.discards_per_hour, port),
        14: partial(_counter_32, simulation.events, port.errors_per_hour, port),
        16: partial(_counter_32, simulation.octets, port.out_kbps, port),
        17: partial(_counter_32, simulation.packets, port.out_kbps, port),
        19: partial(_counter_32, simulation.events, port.discards_per_hour / 2, port),
        20: partial(_counter_32, simulation.events, port.errors_per_hour / 4, port),
    }
    extension: dict[int, ValueSource] = {
        1: constant(rfc1902.OctetString(port.name)),
        15: constant(rfc1902.Gauge32(port.speed_mbps)),
        18: constant(rfc1902.OctetString(port.alias)),
        19: constant(rfc1902.TimeTicks(0)),
    }
    if port.counter_bits == 64:
        extension |= {
            6: partial(_counter_64, simulation.octets, port.in_kbps, port),
            7: partial(_counter_64, simulation.packets, port.in_kbps, port),
            10: partial(_counter_64, simulation.octets, port.out_kbps, port),
            11: partial(_counter_64, simulation.packets, port.out_kbps, port),
        }
    objects.update({(*_IF, number, port.index): source for number, source in table.items()})
    objects.update({(*_IFX, number, port.index): source for number, source in extension.items()})


def _counter_32(
    count: Callable[[float, Port, float], int], rate: float, port: Port, _now: float, up: float
) -> Any:
    return rfc1902.Counter32(count(rate, port, up) % 2**32)


def _counter_64(
    count: Callable[[float, Port, float], int], rate: float, port: Port, _now: float, up: float
) -> Any:
    return rfc1902.Counter64(count(rate, port, up))


def _add_entities(objects: dict[Oid, ValueSource], device: LabDeviceFile) -> None:
    for entity in device.entities:
        texts = {
            2: entity.description,
            7: entity.name,
            10: entity.software,
            11: entity.serial,
            13: entity.model,
        }
        objects[*_ENTITY, 5, entity.index] = constant(rfc1902.Integer32(entity.kind))
        objects.update(
            {
                (*_ENTITY, number, entity.index): constant(rfc1902.OctetString(text))
                for number, text in texts.items()
            }
        )


def _add_neighbours(objects: dict[Oid, ValueSource], device: LabDeviceFile) -> None:
    """LLDP counts ports by their bridge number: here the place among the Ethernet ports."""
    ethernet = [port for port in device.all_ports() if port.type == _ETHERNET]
    if device.neighbours:
        for number, port in enumerate(ethernet, start=1):
            objects[*_BRIDGE_PORT, number] = constant(rfc1902.Integer32(port.index))
            objects[*_LLDP_LOCAL, 3, number] = constant(rfc1902.OctetString(port.name))
    for seen in device.neighbours:
        index = (0, seen.port, 1)
        cells = {
            4: rfc1902.Integer32(4),
            5: rfc1902.OctetString(bytes.fromhex(seen.chassis.replace(":", ""))),
            6: rfc1902.Integer32(5),
            7: rfc1902.OctetString(seen.remote_port),
            8: rfc1902.OctetString(seen.remote_port),
            9: rfc1902.OctetString(seen.name),
            10: rfc1902.OctetString(seen.description),
        }
        objects.update({(*_LLDP_REMOTE, number, *index): constant(value) for number, value in cells.items()})


def _reading_source(reading: Reading) -> ValueSource:
    if reading.text is not None:
        return constant(rfc1902.OctetString(reading.text))
    if reading.hex is not None:
        return constant(rfc1902.OctetString(hexValue=reading.hex))
    if reading.oid is not None:
        return constant(rfc1902.ObjectIdentifier(parse_oid(reading.oid)))
    if reading.integer is not None:
        return _integer_source(reading.integer, reading.spells)
    middle = reading.gauge or 0
    return lambda now, _uptime: rfc1902.Gauge32(
        max(0, simulation.swing(middle, reading.swing, reading.period_seconds, now))
    )


def _integer_source(usual: int, spells: tuple[Spell, ...]) -> ValueSource:
    if not spells:
        return constant(rfc1902.Integer32(usual))
    return lambda now, _uptime: rfc1902.Integer32(
        next((spell.integer for spell in spells if spell.begin <= now < spell.end), usual)
    )
