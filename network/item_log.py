"""How each part of a snapshot was read: what was asked, when, how long it took, whether all of it came."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from network.facts import Item
from network.observations import SystemFacts
from network.snmp.reader import format_oid

if TYPE_CHECKING:
    from network.snmp.tables import TableReader

T = TypeVar("T")

_IDENTITY: Final = ("vendor", "model", "version", "serial")


class ItemLog:
    """The items of one reading; their times follow from the one moment the reading was given."""

    def __init__(self, taken_at: datetime, started: float) -> None:
        self._taken_at, self._started = taken_at.astimezone(UTC), started
        self._items: list[Item] = []

    @property
    def items(self) -> tuple[Item, ...]:
        """Return what was read so far, in the order of the work."""
        return tuple(self._items)

    async def measure(self, name: str, tables: "TableReader", reading: Awaitable[T]) -> T:
        """Wait for one part that is read from tables, and write down how it was read."""
        began = asyncio.get_running_loop().time()
        tables.begin_item()
        found = await reading
        asked = tuple(format_oid(oid) for oid in tables.asked)
        self.add(name, "snmp", asked, began, stopped_by=tables.stopped_by, rows=count_rows(found))
        return found

    def add(
        self,
        name: str,
        protocol: str,
        asked: Sequence[str],
        began: float,
        *,
        stopped_by: str | None,
        rows: int,
    ) -> None:
        """Write down a part that has just been read; `began` is the time of the running loop."""
        passed = asyncio.get_running_loop().time() - began
        item = Item(
            name=name,
            protocol=protocol,
            asked=tuple(asked),
            started_at=self._taken_at + timedelta(milliseconds=round((began - self._started) * 1000)),
            duration_ms=round(passed * 1000),
            complete=stopped_by is None,
            stopped_by=stopped_by,
            rows=rows,
        )
        self._items.append(item)


def count_rows(found: Any) -> int:
    """Return the length of a table, or how many facts of a single thing are known."""
    if isinstance(found, SystemFacts):  # its other facts are of the system group, which is read before
        return sum(getattr(found, name) is not None for name in _IDENTITY)
    if dataclasses.is_dataclass(found):
        return sum(getattr(found, field.name) is not None for field in dataclasses.fields(found))
    return len(found) if found is not None else 0
