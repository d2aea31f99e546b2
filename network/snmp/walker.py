"""Walk several columns at once and always come to an end, whatever the agent does."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from network.snmp.reader import (
    NO_SUCH_NAME,
    TOO_BIG,
    Column,
    EndOfMib,
    NoAnswer,
    NoSuchValue,
    Oid,
    Reply,
    SnmpExchange,
    Value,
    WalkLimits,
    WalkResult,
    WorkingSize,
    is_value,
)

GET_CHUNK = 20
STRETCH = 2


@dataclass
class _Cursor:
    """How far one column has been read."""

    column: Oid
    last: Oid
    cells: Column = field(default_factory=dict)
    seen: set[Oid] = field(default_factory=set)
    open: bool = True
    advanced: bool = False


class Walker:
    """A reader with our own rules on top of one engine's exchange; remembers what size the device answers."""

    def __init__(
        self, exchange: SnmpExchange, size: WorkingSize | None = None, *, is_version_1: bool = False
    ) -> None:
        self._exchange, self._is_version_1 = exchange, is_version_1
        self.size = size or WorkingSize()
        if is_version_1:  # which knows no GETBULK
            self.size.repetitions, self.size.getnext_only = 1, True
        self.first_rows = 0
        # A device that filled a whole answer is asked for up to twice as much, until that fails once.
        self._stretch: int | None = 1
        self._asked = self.size.repetitions
        self.rows = 0  # of the columns before: the next ones of a device mostly have as many

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """Return the values of some instances; what does not exist is left out."""
        values: dict[Oid, Value] = {}
        for start in range(0, len(oids), GET_CHUNK):
            await self._get_chunk(list(oids[start : start + GET_CHUNK]), values)
        return values

    async def _get_chunk(self, oids: list[Oid], values: dict[Oid, Value]) -> None:
        reply = await self._exchange.get(oids)
        named = reply.error_index - 1
        if reply.error_status == NO_SUCH_NAME and 0 <= named < len(oids) > 1:
            # SNMPv1 says of one object that it is not there and answers nothing else: ask for the others.
            await self._get_chunk(oids[:named] + oids[named + 1 :], values)
        elif reply.error_status and len(oids) > 1:
            # One bad object fails the whole request on some agents: ask by halves.
            middle = len(oids) // 2
            await self._get_chunk(oids[:middle], values)
            await self._get_chunk(oids[middle:], values)
        elif not reply.error_status:
            asked = set(oids)
            values.update((oid, value) for oid, value in reply.varbinds if oid in asked and is_value(value))

    async def walk(self, columns: Sequence[Oid], limits: WalkLimits) -> WalkResult:
        """Return whole columns, by index, within the limits."""
        result = WalkResult(columns={column: {} for column in columns})
        self.size.columns = min(self.size.columns, limits.columns_per_request)
        self.size.repetitions = min(self.size.repetitions, limits.repetitions)
        waiting = [_Cursor(column, column) for column in columns]
        for cursor in waiting:
            result.columns[cursor.column] = cursor.cells
        while waiting and result.stopped_by not in ("deadline", "no_answer", "request_cap", "row_cap"):
            group = waiting[: max(1, self.size.columns)]
            await self._read_group(group, limits, result)
            self.rows = max(len(cursor.cells) for cursor in group) or self.rows
            self.first_rows = self.first_rows or self.rows
            waiting = [cursor for cursor in waiting if cursor.open]
        result.repetitions = self.size.repetitions
        return result

    async def _read_group(self, group: list[_Cursor], limits: WalkLimits, result: WalkResult) -> None:
        """Read on with one group until its columns end or the size of the requests must change."""
        while active := [cursor for cursor in group if cursor.open]:
            if not _may_ask(limits, result):
                return
            result.requests += 1
            try:
                reply = await self._ask(active, limits)
            except NoAnswer:
                if not self._ask_for_less():
                    result.stop("no_answer")
                return
            except TimeoutError:
                result.stop("deadline")
                return
            if reply.error_status:
                self._handle_error(reply, active, result)
                return
            if self._stretch and self._was_filled(reply, len(active)):
                self._stretch = STRETCH
            if not _take_reply(reply, active, limits, result):
                return

    async def _ask(self, active: list[_Cursor], limits: WalkLimits) -> Reply:
        oids = [cursor.last for cursor in active]
        if self.size.getnext_only:
            request = self._exchange.get_next(oids)
        else:
            self._asked = self._repetitions(len(active[0].cells))
            request = self._exchange.get_bulk(oids, self._asked)
        if limits.deadline is None:
            return await request
        remaining = limits.deadline - asyncio.get_running_loop().time()
        return await asyncio.wait_for(request, max(0.001, remaining))

    def _was_filled(self, reply: Reply, columns: int) -> bool:
        """Tell whether all that was asked for came, and it was no small rest of a table."""
        return 2 * self._asked > self.size.repetitions and len(reply.varbinds) >= self._asked * columns

    def _repetitions(self, read: int) -> int:
        """Share the rows still expected, and the one that shows the end, evenly among the requests."""
        expected = self.rows + 1 - read
        if not self.rows or expected <= 0:
            return self.size.repetitions
        requests = -(-expected // (self.size.repetitions * (self._stretch or 1)))
        return -(-expected // requests)

    def _ask_for_less(self) -> bool:
        if self._stretch == STRETCH:
            self._stretch = None
            return True
        return self.size.halve()

    def _handle_error(self, reply: Reply, active: list[_Cursor], result: WalkResult) -> None:
        """Ask for less on tooBig and on any other error; give a column up when one varbind is too much."""
        place = 1 if len(active) == 1 else reply.error_index
        if self._is_version_1 and reply.error_status == NO_SUCH_NAME and 1 <= place <= len(active):
            # So SNMPv1 says that nothing follows; the other columns are asked again.
            active[place - 1].open = False
            return
        if not self._ask_for_less():
            active[0].open = False
            result.stop("too_big" if reply.error_status == TOO_BIG else "agent_error")


def _may_ask(limits: WalkLimits, result: WalkResult) -> bool:
    if result.requests >= limits.request_cap:
        result.stop("request_cap")
        return False
    if limits.deadline is not None and asyncio.get_running_loop().time() >= limits.deadline:
        result.stop("deadline")
        return False
    return True


def _take_reply(reply: Reply, active: list[_Cursor], limits: WalkLimits, result: WalkResult) -> bool:
    """Sort the varbinds into their columns; False when a cap ends the walk."""
    for cursor in active:
        cursor.advanced = False
    for position, (oid, value) in enumerate(reply.varbinds):
        cursor = active[position % len(active)]
        if cursor.open:
            _take_cell(cursor, oid, value, limits, result)
    if sum(len(cells) for cells in result.columns.values()) > limits.row_cap:
        result.stop("row_cap")
        return False
    for position, cursor in enumerate(active):
        if cursor.open and not cursor.advanced and (position < len(reply.varbinds) or not reply.varbinds):
            # The agent answered and this column did not move: it would never move.
            cursor.open = False
            result.stop("not_increasing" if reply.varbinds else "empty_reply")
    return True


def _take_cell(cursor: _Cursor, oid: Oid, value: Value, limits: WalkLimits, result: WalkResult) -> None:
    width = len(cursor.column)
    if isinstance(value, EndOfMib) or oid[:width] != cursor.column:
        cursor.open = False
        return
    if oid == cursor.last:
        return  # some agents repeat a row; a reply of nothing but repeats ends the column above
    if oid < cursor.last and not _is_new_in_unordered(cursor, oid, limits):
        cursor.open = False
        result.stop("not_increasing")
        return
    if limits.allow_unordered:
        if oid in cursor.seen:  # round and round: nothing shows that all rows have been there
            cursor.open = False
            result.stop("not_increasing")
            return
        cursor.seen.add(oid)
    cursor.last, cursor.advanced = oid, True
    if not isinstance(value, NoSuchValue):
        cursor.cells[oid[width:]] = value


def _is_new_in_unordered(cursor: _Cursor, oid: Oid, limits: WalkLimits) -> bool:
    return limits.allow_unordered and oid not in cursor.seen
