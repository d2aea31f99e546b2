"""ENTITY-MIB: the names of the parts, and the unit that carries the serial number."""

from collections.abc import Mapping
from typing import Final

from network.quirks.rows import as_text
from network.snmp.reader import Column, Oid
from network.snmp.tables import TableReader

_ENTITY: Final = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
_DESCRIPTION, _CLASS, _NAME, _SOFTWARE, _SERIAL, _MODEL = (
    (*_ENTITY, number) for number in (2, 5, 7, 10, 11, 13)
)
_CHASSIS, _STACK = 3, 11


class Entities:
    """The physical parts of one device, read when first asked for."""

    async def names(self, tables: TableReader) -> Mapping[Oid, str]:
        """Return a name for each part: its entPhysicalName, else its description."""
        columns = await tables.columns([_NAME, _DESCRIPTION], "entities")
        names: dict[Oid, str] = {}
        for column in (columns[_DESCRIPTION], columns[_NAME]):
            names.update((index, text) for index, value in column.items() if (text := as_text(value)))
        return names

    async def main_unit(self, tables: TableReader) -> Mapping[str, str]:
        """Return model, serial, software and description of the first chassis or stack that has a serial."""
        classes = (await tables.columns([_CLASS], "entities"))[_CLASS]
        columns = await tables.columns([_SERIAL, _MODEL, _SOFTWARE, _DESCRIPTION], "entities")
        units = sorted(index for index, kind in classes.items() if kind in (_CHASSIS, _STACK))
        if not classes:  # an agent that does not say what its parts are: the first with a serial is the box
            units = sorted(columns[_SERIAL] | columns[_MODEL])
        units.sort(key=lambda index: as_text(columns[_SERIAL].get(index)) is None)
        named = {
            "serial": columns[_SERIAL],
            "model": columns[_MODEL],
            "software": columns[_SOFTWARE],
            "description": columns[_DESCRIPTION],
        }
        return {
            name: text
            for name, column in named.items()
            if (text := _first(column, units, name == "software")) is not None
        }


def _first(column: Column, units: list[Oid], any_part: bool) -> str | None:
    """Return the text of the first unit that has one; software may stand with another part."""
    indexes = [*units, *sorted(column)] if any_part else units
    return next((text for index in indexes if (text := as_text(column.get(index)))), None)
