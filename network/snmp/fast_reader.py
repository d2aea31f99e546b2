"""Walk columns with the fast engine under the walker's rules; what is odd is for the reference engine."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from network.snmp.gufo_engine import Cells, Doubtful, GufoConnection, Unreadable, as_value
from network.snmp.reader import Column, Oid, Value, WalkLimits, WalkResult, format_oid, parse_oid

GET_CHUNK: Final = 20
_PLAIN: Final = frozenset((int, bytes))


class LimitReached(Exception):
    """The walk has used up its time, its rows or its requests."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnprovenEnd(Doubtful):
    """An answer with nothing in it: the end of everything, or an error that the engine does not show."""


class FastReader:
    """Single columns and instances of one device."""

    def __init__(self, connection: GufoConnection, rows: int = 0) -> None:
        self._connection = connection
        self._rows = rows
        self.first_rows = 0
        self._indexes: list[Oid] = []
        self._suffixes: tuple[str, ...] = ()
        self._is_discovered = False

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """Return the values of some instances; raise `Doubtful` when a whole request came back empty."""
        await self._discover()
        values: dict[Oid, Value] = {}
        for start in range(0, len(oids), GET_CHUNK):
            asked = {format_oid(oid): oid for oid in oids[start : start + GET_CHUNK]}
            found = await self._connection.get(list(asked))
            if not found:
                raise UnprovenEnd()
            values |= {asked[text]: as_value(value) for text, value in found.items() if text in asked}
        return values

    async def _discover(self) -> None:
        if not self._is_discovered:
            await self._connection.discover()
            self._is_discovered = True

    async def read_column(self, column: Oid, cells: Column, limits: WalkLimits, result: WalkResult) -> None:
        """Fill `cells` by index up to the proven end of the column."""
        await self._discover()
        prefix = format_oid(column) + "."
        after = prefix[:-1]
        repetitions = self._repetitions(limits)
        rows_before = sum(map(len, result.columns.values()))
        while True:
            _ensure_within(limits, result, rows_before + len(cells))
            result.requests += 1
            try:
                reply = await self._connection.get_bulk(after, repetitions, limits.deadline)
            except TimeoutError as error:
                raise LimitReached("deadline") from error
            except Unreadable:
                if repetitions == 1:
                    raise
                repetitions //= 2
                continue
            if not reply:
                raise UnprovenEnd()
            if not cells and self._take_same_rows(reply, prefix, cells):
                return
            if _take(reply, prefix, cells):
                self._note_rows(cells)
                return
            after = next(reversed(reply))

    def _take_same_rows(self, reply: Cells, prefix: str, cells: Column) -> bool:
        """Take a column whole that has the rows of the one before, which were found to be increasing."""
        count = len(self._suffixes)
        if not count or len(reply) <= count:
            return False
        names = list(reply)
        if names[:count] != _names(prefix, self._suffixes):
            return False
        following = names[count]
        values = list(reply.values())[:count]
        if following.startswith(prefix) or _index(following) < _index(prefix[:-1]):
            return False
        if not _PLAIN.issuperset(map(type, values)):
            return False
        cells.update(zip(self._indexes, values, strict=True))  # type: ignore[arg-type]
        return True

    def _note_rows(self, cells: Column) -> None:
        if not cells:
            return
        self._rows = len(cells)
        self.first_rows = self.first_rows or self._rows
        self._indexes = list(cells)
        self._suffixes = tuple(map(format_oid, cells))

    def _repetitions(self, limits: WalkLimits) -> int:
        """Ask for as many rows as the column before had and one more, which shows the end."""
        most = limits.repetitions * limits.columns_per_request
        return min(most, max(limits.repetitions, self._rows + 1))


def _take(reply: Cells, prefix: str, cells: Column) -> bool:
    """Put an answer's cells in their column; True when something behind the column came."""
    width = len(prefix)
    last = next(reversed(cells), None)
    for text, value in reply.items():
        if not text.startswith(prefix):
            if parse_oid(text) < parse_oid(prefix):
                raise Doubtful("not_increasing")
            return True
        index = _index(text[width:])
        if last is not None and index <= last:
            raise Doubtful("not_increasing")
        cells[index] = value if type(value) in (int, bytes) else as_value(value)  # type: ignore[assignment]
        last = index
    return False


@lru_cache(maxsize=2_048)
def _names(prefix: str, suffixes: tuple[str, ...]) -> list[str]:
    """Return how an answer names the rows of a column; devices of one kind have the same."""
    return [prefix + suffix for suffix in suffixes]


@lru_cache(maxsize=65_536)
def _index(text: str) -> Oid:
    return parse_oid(text)


def _ensure_within(limits: WalkLimits, result: WalkResult, rows: int) -> None:
    if result.requests >= limits.request_cap:
        raise LimitReached("request_cap")
    if rows > limits.row_cap:
        raise LimitReached("row_cap")
