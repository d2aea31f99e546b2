"""How measured values are told: with scale and precision, as texts, or plain."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from network.observations import Sensor
from network.quirks.rows import SourceRows, format_index

SensorReader = Callable[[SourceRows], list[Sensor]]

# ENTITY-SENSOR-MIB and CISCO-ENTITY-SENSOR-MIB number their types alike.
_ENTITY_TYPES: Final[Mapping[int, tuple[str, str]]] = {
    3: ("voltage", "volts"),
    4: ("voltage", "volts"),
    5: ("current", "amperes"),
    6: ("power", "watts"),
    8: ("temperature", "celsius"),
    9: ("humidity", "percent"),
    10: ("fan", "rpm"),
}
_UNITS_SCALE: Final = 9
_STATUS_OK: Final = 1
_BEYOND_ANY_DEGREE: Final = 100_000
_NO_WHOLE_DEGREE: Final = 200
_TEST_TEMPERATURE, _TEST_VOLTAGE = 5, 6


def _read_plain(rows: SourceRows) -> list[Sensor]:
    found = ((index, rows.scaled("value", index)) for index in rows.indexes("value"))
    return [_sensor(rows, index, value, rows.kind, rows.unit) for index, value in found if value is not None]


def _read_not_zero(rows: SourceRows) -> list[Sensor]:
    """A zero means that there is no sensor in that place."""
    return [sensor for sensor in _read_plain(rows) if sensor.value]


def _read_entity(rows: SourceRows) -> list[Sensor]:
    """Value × 10^(3 × (scale − 9)) ÷ 10^precision, for rows whose status is ok."""
    found = []
    for index in rows.indexes("value"):
        kind_and_unit = _ENTITY_TYPES.get(int(rows.number("type", index) or 0))
        status = rows.number("status", index)
        value = rows.scaled("value", index)
        if kind_and_unit is None or value is None or (status is not None and status != _STATUS_OK):
            continue
        exponent = 3 * (int(rows.number("scale", index) or _UNITS_SCALE) - _UNITS_SCALE)
        exponent -= int(rows.number("precision", index) or 0)
        found.append(_sensor(rows, index, round(value * 10.0**exponent, 6), *kind_and_unit))
    return found


def _read_named_temperature(rows: SourceRows) -> list[Sensor]:
    """FortiOS keeps fans and voltages in the same table; only the name tells them apart."""
    return [sensor for sensor in _read_plain(rows) if "temp" in sensor.name.lower() and sensor.value]


def _read_tenths_or_whole(rows: SourceRows) -> list[Sensor]:
    """Tenths of a degree where the card has them, whole degrees where not."""
    tenths, whole = rows.scaled("tenths", (0,)), rows.scaled("whole", (0,))
    value = tenths / 10 if tenths else whole
    return [] if not value else [_sensor(rows, (0,), value, rows.kind, rows.unit)]


def _read_airos(rows: SourceRows) -> list[Sensor]:
    """Up to airOS 6 whole degrees, since airOS 8 ten-millionths."""
    found = ((sensor, sensor.value or 0) for sensor in _read_not_zero(rows))
    return [
        replace(sensor, value=round(value / 10_000_000, 3)) if value >= _BEYOND_ANY_DEGREE else sensor
        for sensor, value in found
    ]


def _read_optics_test(rows: SourceRows) -> list[Sensor]:
    """Cisco Small Business: port and test; 5 is the temperature, 6 the voltage, 0 without a module."""
    return [
        _sensor(rows, index, value, rows.kind, rows.unit)
        for index in rows.indexes("value")
        if index[1:] == (_TEST_TEMPERATURE,)
        and rows.number("value", (index[0], _TEST_VOLTAGE)) != 0
        and (value := rows.scaled("value", index)) is not None
    ]


def _read_thousandths_or_whole(rows: SourceRows) -> list[Sensor]:
    """The same object in thousandths on some boxes of a vendor and in whole degrees on others."""
    return [
        replace(sensor, value=sensor.value / 1000) if (sensor.value or 0) >= _NO_WHOLE_DEGREE else sensor
        for sensor in _read_not_zero(rows)
        if sensor.value is not None
    ]


def _sensor(rows: SourceRows, index: tuple[int, ...], value: float, kind: str, unit: str) -> Sensor:
    return Sensor(name=rows.name_of(index), kind=kind, value=value, unit=unit, index=format_index(index))


SENSOR_READERS: Final[Mapping[str, SensorReader]] = {
    "plain": _read_plain,
    "not_zero": _read_not_zero,
    "entity": _read_entity,
    "named_temperature": _read_named_temperature,
    "airos_temperature": _read_airos,
    "tenths_or_whole": _read_tenths_or_whole,
    "optics_test": _read_optics_test,
    "thousandths_or_whole": _read_thousandths_or_whole,
}
