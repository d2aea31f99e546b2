"""What every quirk works on: the cells of a source, by column name and index."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from network.snmp.reader import Column, Oid, Value

# Values that mean "there is no sensor" on one agent or another.
NO_READING = frozenset({-32768, 2147483646, 2147483647, -2147483648, 4294967295})
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class SourceRows:
    """The cells of one source and how its file says to read them."""

    columns: Mapping[str, Column]
    name_of: Callable[[Oid], str]
    multiply: float = 1
    divide: float = 1
    skip_values: frozenset[float] = frozenset()
    skip_above: float | None = None
    keep_where: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)
    skip_where: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)
    unit_bytes: int = 1
    kind: str = ""
    unit: str = ""

    def indexes(self, *names: str) -> Iterator[Oid]:
        """Yield, in order, the indexes that some column has and the conditions of the file let through."""
        found = sorted({index for name in names for index in self.columns.get(name, {})})
        return (index for index in found if self._is_wanted(index))

    def cell(self, name: str, index: Oid) -> Value:
        """Return one cell, None where the agent has none."""
        return self.columns.get(name, {}).get(index)

    def number(self, name: str, index: Oid) -> float | None:
        """Return one cell as a number; a text gives the number it begins with."""
        return as_number(self.cell(name, index))

    def scaled(self, name: str, index: Oid) -> float | None:
        """Return one cell in the unit of the file, None for the ways of saying "no reading"."""
        raw = self.number(name, index)
        if raw is None or raw in NO_READING or raw in self.skip_values:
            return None
        if self.skip_above is not None and raw > self.skip_above:
            return None
        return round(raw * self.multiply / self.divide, 6)

    def _is_wanted(self, index: Oid) -> bool:
        # A condition on a column that this agent does not have holds for no row and hides none.
        kept = all(
            self._cell_as_plain(name, index) in (None, *values) for name, values in self.keep_where.items()
        )
        return kept and not any(
            self._cell_as_plain(name, index) in values for name, values in self.skip_where.items()
        )

    def _cell_as_plain(self, name: str, index: Oid) -> int | str | None:
        value = self.cell(name, index)
        if isinstance(value, int):
            return value
        return as_text(value)


def as_number(value: Value) -> float | None:
    """Return a number from an integer or from a text such as '58.000000 C'."""
    if isinstance(value, int):
        return value
    if isinstance(value, bytes):
        found = _NUMBER.search(value.decode("ascii", "ignore"))
        return float(found.group()) if found else None
    return None


def as_text(value: Value) -> str | None:
    """Return a text without trailing blanks and zero bytes, None when nothing is left."""
    if isinstance(value, tuple):
        return ".".join(map(str, value))
    if not isinstance(value, bytes):
        return None
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return text.replace("\x00", "").strip() or None


def format_index(index: Oid) -> str:
    """Return an index in dots."""
    return ".".join(map(str, index))
