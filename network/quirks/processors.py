"""How the load of processors is told."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from network.observations import Processor
from network.quirks.rows import SourceRows, as_text, format_index

ProcessorReader = Callable[[SourceRows], list[Processor]]

_FIVE_SECONDS = re.compile(r"\b5 Secs? \(\s*([0-9.]+)%\)")

_FIVE_MINUTES: Final = ".3"
_THREE_HUNDRED_SECONDS: Final = ".300"


def _read_plain(rows: SourceRows) -> list[Processor]:
    present = (
        index for index in rows.indexes("value") if rows.number("value", index) not in rows.skip_values
    )
    return [_processor(rows, index, rows.scaled("value", index)) for index in present]


def _read_idle(rows: SourceRows) -> list[Processor]:
    """The agent tells how idle the processor is."""
    found = ((index, rows.scaled("value", index)) for index in rows.indexes("value"))
    return [_processor(rows, index, None if idle is None else 100 - idle) for index, idle in found]


def _read_edgeswitch_text(rows: SourceRows) -> list[Processor]:
    """One text such as '5 Secs ( 96.4918%) 60 Secs ( 54.2271%)': what is now counts."""
    found = []
    for index in rows.indexes("value"):
        match = _FIVE_SECONDS.search(as_text(rows.cell("value", index)) or "")
        found.append(_processor(rows, index, round(float(match.group(1)), 2) if match else None))
    return found


def _read_with_memory(rows: SourceRows) -> list[Processor]:
    """Junos lists fans and sensors in the same table; what has memory is a processor."""
    real = (index for index in rows.indexes("value") if rows.number("memory", index))
    return [_processor(rows, index, rows.scaled("value", index)) for index in real]


def _read_five_minutes(rows: SourceRows) -> list[Processor]:
    """CISCO-ENTITY-QFP: the last part of the index is the interval, 3 of them being five minutes."""
    return [item for item in _read_plain(rows) if item.index and item.index.endswith(_FIVE_MINUTES)]


def _read_last_of_index_300(rows: SourceRows) -> list[Processor]:
    """FOUNDRY-SN-AGENT: slot, processor and interval in seconds, 300 of them being five minutes."""
    return [item for item in _read_plain(rows) if item.index and item.index.endswith(_THREE_HUNDRED_SECONDS)]


def _processor(rows: SourceRows, index: tuple[int, ...], usage: float | None) -> Processor:
    sane = usage if usage is not None and 0 <= usage <= 100 else None
    return Processor(name=rows.name_of(index), usage_percent=sane, index=format_index(index))


PROCESSOR_READERS: Final[Mapping[str, ProcessorReader]] = {
    "plain": _read_plain,
    "idle": _read_idle,
    "edgeswitch_text": _read_edgeswitch_text,
    "with_memory": _read_with_memory,
    "five_minutes": _read_five_minutes,
    "last_of_index_300": _read_last_of_index_300,
}
