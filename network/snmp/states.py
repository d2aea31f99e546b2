"""Power supplies, UPS and alarms, from where the platform file says."""

from typing import Final

from network.facts import Alarm, PowerSupply, UpsStatus
from network.platforms.definition import PlatformDefinition, UpsValue
from network.quirks.rows import SourceRows, as_number, as_text, format_index
from network.snmp.entities import Entities
from network.snmp.metrics import read_rows
from network.snmp.reader import Value, parse_oid
from network.snmp.tables import TableReader

_UNKNOWN: Final = "unknown"


async def read_power(
    platform: PlatformDefinition, tables: TableReader, entities: Entities
) -> tuple[PowerSupply, ...]:
    """Return what the first source that has power supplies says."""
    for source in platform.power:
        rows = await read_rows(source, "power", tables, entities)
        found = tuple(
            PowerSupply(
                name=rows.name_of(index),
                status=source.states.get(int(rows.number("value", index) or 0), _UNKNOWN),
                index=format_index(index),
            )
            for index in rows.indexes("value")
        )
        if found:
            return found
    return ()


async def read_alarms(
    platform: PlatformDefinition, tables: TableReader, entities: Entities
) -> tuple[Alarm, ...]:
    """Return the alarms that are active."""
    found: list[Alarm] = []
    for source in platform.alarms:
        rows = await read_rows(source, "alarms", tables, entities)
        for index in rows.indexes("value"):
            severity = source.active.get(int(rows.number("value", index) or 0))
            if severity is not None:
                found.append(Alarm(name=rows.name_of(index), severity=severity, detail=_detail(rows, index)))
    return tuple(found)


def _detail(rows: SourceRows, index: tuple[int, ...]) -> str | None:
    return as_text(rows.cell("detail", index))


async def read_ups(platform: PlatformDefinition, tables: TableReader) -> UpsStatus | None:
    """Return the state of a UPS, None for every other device."""
    if not platform.ups:
        return None
    oids = {name: [parse_oid(value.oid) for value in values] for name, values in platform.ups.items()}
    columns = await tables.columns([oid for group in oids.values() for oid in group], "ups")
    facts: dict[str, float | str] = {}
    for name, values in platform.ups.items():
        for value, oid in zip(values, oids[name], strict=True):
            cell = next((cell for _, cell in sorted(columns[oid].items())), None)
            fact = _read_ups_value(value, cell)
            if fact is not None:
                facts[name] = fact
                break
    return UpsStatus(**facts) if facts else None  # type: ignore[arg-type]


def _read_ups_value(value: UpsValue, cell: Value) -> float | str | None:
    number = as_number(cell)
    if number is None or number in value.skip_values:
        return None
    if value.words:
        return value.words.get(int(number), _UNKNOWN)
    return round(number / value.divide, 3)
