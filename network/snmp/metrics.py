"""Processors, memory, sensors and storage, from where the platform file says."""

from collections.abc import Mapping
from typing import Final

from network.observations import MemoryPool, Processor, Sensor, StorageVolume
from network.platforms.definition import MemorySource, PlatformDefinition, SensorSource, Source
from network.quirks import MEMORY_READERS, PROCESSOR_READERS, SENSOR_READERS
from network.quirks.rows import SourceRows, as_number, as_text, format_index
from network.snmp.entities import Entities
from network.snmp.reader import Column, Oid, Value
from network.snmp.tables import TableReader

_STORAGE: Final = (1, 3, 6, 1, 2, 1, 25, 2, 3, 1)
_FILLED_ROWS: Final = 32
_FIXED_DISK: Final = (1, 3, 6, 1, 2, 1, 25, 2, 1, 4)


async def read_processors(
    platform: PlatformDefinition, tables: TableReader, entities: Entities
) -> tuple[Processor, ...]:
    """Return what the first source that has something says."""
    found: list[Processor] = []
    for source in platform.processors:
        if found and not source.also:
            continue
        rows = await read_rows(source, "processors", tables, entities)
        found += PROCESSOR_READERS[source.read](rows)
    return tuple(found)


async def read_memory(
    platform: PlatformDefinition, tables: TableReader, entities: Entities
) -> tuple[MemoryPool, ...]:
    """Return what the first source that has something says, and those marked `also`."""
    found: list[MemoryPool] = []
    for source in platform.memory:
        if found and not source.also:
            continue
        rows = await read_rows(source, "memory", tables, entities)
        found += MEMORY_READERS[source.read](rows)
    return tuple(found)


async def read_sensors(
    platform: PlatformDefinition, tables: TableReader, entities: Entities
) -> tuple[Sensor, ...]:
    """Return what all sources say; a box may keep its optics and its boards apart."""
    found: list[Sensor] = []
    for source in platform.sensors:
        rows = await read_rows(source, "sensors", tables, entities)
        found += SENSOR_READERS[source.read](rows)
    return tuple(found)


async def read_storage(tables: TableReader) -> tuple[StorageVolume, ...]:
    """Return the fixed disks of HOST-RESOURCES."""
    oids = {name: (*_STORAGE, number) for name, number in _STORAGE_COLUMNS.items()}
    columns = await tables.columns(oids.values(), "storage")
    cells = {name: columns[oid] for name, oid in oids.items()}
    disks = sorted(index for index, kind in cells["type"].items() if kind == _FIXED_DISK)
    return tuple(volume for index in disks if (volume := _read_volume(index, cells)) is not None)


_STORAGE_COLUMNS: Final = {"type": 2, "name": 3, "unit": 4, "size": 5, "used": 6}


def _read_volume(index: Oid, cells: Mapping[str, Column]) -> StorageVolume | None:
    unit, size, used = (as_number(cells[name].get(index)) for name in ("unit", "size", "used"))
    if not unit or not size or used is None:
        return None
    return StorageVolume(
        name=as_text(cells["name"].get(index)) or format_index(index),
        used_bytes=int(used % 2**32 * unit),
        total_bytes=int(size % 2**32 * unit),
        usage_percent=round(used % 2**32 * 100 / (size % 2**32), 2),
    )


async def read_rows(source: Source, probe: str, tables: TableReader, entities: Entities) -> SourceRows:
    """Read the columns of a source, with the names of its rows."""
    oids = source.oids()
    columns = await tables.columns(oids.values(), probe)
    cells = {name: columns[oid] for name, oid in oids.items()}
    if source.fill_gaps:
        cells |= await _fill_gaps(cells, oids, probe, tables)
    names: Mapping[Oid, str] = {}
    if (source.named_by_entity or "entity" in cells) and any(cells.values()):
        names = await entities.names(tables)
    return SourceRows(
        columns=cells,
        name_of=_Namer(source, cells, names),
        multiply=source.multiply,
        divide=source.divide,
        skip_values=frozenset(source.skip_values),
        skip_above=source.skip_above,
        keep_where=source.keep_where,
        skip_where=source.skip_where,
        unit_bytes=source.unit_bytes if isinstance(source, MemorySource) else 1,
        kind=source.kind if isinstance(source, SensorSource) else "",
        unit=source.unit if isinstance(source, SensorSource) else "",
    )


async def _fill_gaps(
    cells: Mapping[str, Column], oids: Mapping[str, Oid], probe: str, tables: TableReader
) -> dict[str, Column]:
    """Ask for the cells of a column that the walk passed by, at the indexes that the others have."""
    known = sorted({index for column in cells.values() for index in column})[:_FILLED_ROWS]
    gaps = {name: [(*oids[name], *index) for index in known] for name in cells if not cells[name]}
    values = await tables.instances([oid for wanted in gaps.values() for oid in wanted], probe)
    return {
        name: {oid[len(oids[name]) :]: values[oid] for oid in wanted if oid in values}
        for name, wanted in gaps.items()
    }


class _Namer:
    """Find the name of a row: its own name column, the entity it points to, the entity it is, its label."""

    def __init__(self, source: Source, cells: Mapping[str, Column], names: Mapping[Oid, str]) -> None:
        self._label, self._cells, self._names = source.label, cells, names

    def __call__(self, index: Oid) -> str:
        own = as_text(_cell_of(self._cells.get("name", {}), index))
        entity = self._entity_name(index)
        if own and entity:
            return f"{entity} - {own}"
        if own or entity:
            return own or entity or ""
        if self._label is None:
            return format_index(index)
        return self._label if index == (0,) else f"{self._label} {format_index(index)}"

    def _entity_name(self, index: Oid) -> str | None:
        pointer = _cell_of(self._cells.get("entity", {}), index)
        if isinstance(pointer, int) and pointer:
            return self._names.get((pointer,))
        return self._names.get(index) or self._names.get(index[:1])


def _cell_of(column: Column, index: Oid) -> Value:
    """Return the cell of a row, or of the row its index begins with (a core of a processor)."""
    return column.get(index, column.get(index[:1]) if len(index) > 1 else None)
