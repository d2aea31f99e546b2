"""One device, two engines: the fast one reads, the reference engine judges what is odd, empty or missing."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from network.snmp.addresses import resolve
from network.snmp.fast_reader import FastReader, LimitReached, UnprovenEnd
from network.snmp.gufo_engine import Doubtful, GufoConnection, UnclearValue, can_read
from network.snmp.pysnmp_engine import EnginePool, PysnmpExchange
from network.snmp.reader import (
    Column,
    EndOfMib,
    NoAnswer,
    Oid,
    Refused,
    SnmpError,
    SnmpReader,
    Value,
    WalkLimits,
    WalkResult,
)
from network.snmp.suitability import Suitability
from network.snmp.walker import Walker
from network.targets import SnmpCredentials, SnmpV1Credentials, Target


class DeviceReader:
    """The reader that a collector is given; it finds out by itself what suits the device."""

    def __init__(
        self,
        target: Target,
        credentials: SnmpCredentials,
        engines: EnginePool,
        known: Suitability | None = None,
        *,
        connection: GufoConnection | None = None,
    ) -> None:
        self._target, self._credentials, self._engines = target, credentials, engines
        self._known = known or Suitability()
        self._connection = connection
        self._fast = self._fast_memory = FastReader(connection, self._known.rows) if connection else None
        self._exchange: PysnmpExchange | None = None
        self._reference: Walker | None = None
        self._end_of_mib: Oid | None = None
        self.doubted = False

    @classmethod
    async def open(
        cls,
        target: Target,
        credentials: SnmpCredentials,
        engines: EnginePool,
        known: Suitability | None = None,
    ) -> "DeviceReader":
        """Return a reader for a device, with the fast engine where it can and may read."""
        connection = None
        if can_read(credentials) and not (known and known.wants_reference_engine):
            host, port = await resolve(target.address, target.snmp_port)
            with contextlib.suppress(OSError):  # no way there: the reference engine finds the name for it
                connection = GufoConnection(host, port, credentials)
        return cls(target, credentials, engines, known, connection=connection)

    def close(self) -> None:
        """Give back what the engines hold."""
        if self._connection is not None:
            self._connection.close()
        if self._exchange is not None:
            self._exchange.close()

    @contextlib.asynccontextmanager
    async def of_vlan(self, number: int) -> AsyncIterator[SnmpReader]:
        """Give a reader of what the device keeps for one VLAN (community@10, or the context vlan-10)."""
        exchange = await self._engines.connect(self._target, self._credentials, number)
        try:
            yield Walker(exchange, is_version_1=isinstance(self._credentials, SnmpV1Credentials))
        finally:
            exchange.close()

    def forget_if_changed(self, description: str | None) -> None:
        """Forget what suited a device that now describes itself otherwise: new firmware, or another box."""
        if self._known.description != description:
            self._known = Suitability(description=description)
            if self._reference is not None:
                self._reference.size = self._known.working_size()

    def describe_suitability(self, description: str | None) -> Suitability:
        """Return what has been found to suit the device, for the next time."""
        size = self._reference.size if self._reference else self._known.working_size()
        doubts = self._known.doubts
        if not self._known.wants_reference_engine:
            doubts = doubts + 1 if self.doubted else 0
        return Suitability(
            description=description,
            doubts=doubts,
            columns=size.columns,
            repetitions=size.repetitions,
            getnext_only=size.getnext_only,
            rows=self._first_rows() or self._known.rows,
        )

    def _first_rows(self) -> int:
        """Return how many rows the first table had, whichever engine read it."""
        readers = (self._fast_memory, self._reference)
        return next((each.first_rows for each in readers if each is not None and each.first_rows), 0)

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """Return the values of some instances; what does not exist is left out."""
        if self._fast is not None and oids:
            try:
                return await self._fast.get(oids)
            except Refused:
                raise
            except (NoAnswer, Doubtful) as doubt:
                self._note(doubt)
        return await (await self._reference_walker()).get(oids)

    async def walk(self, columns: Sequence[Oid], limits: WalkLimits) -> WalkResult:
        """Return whole columns, by index, within the limits."""
        result = WalkResult(columns={column: {} for column in columns})
        left_over: list[Oid] = []
        try:
            for column in columns:
                if not await self._read_fast(column, limits, result):
                    left_over.append(column)
        except LimitReached as limit:
            result.stop(limit.reason)
        if left_over and result.complete:
            await self._read_by_reference(left_over, limits, result)
        return result

    async def _read_fast(self, column: Oid, limits: WalkLimits, result: WalkResult) -> bool:
        """Read one column with the fast engine; False when the reference engine has to."""
        if self._fast is None:
            return False
        cells: Column = result.columns[column]
        try:
            await self._fast.read_column(column, cells, limits, result)
        except UnprovenEnd as doubt:
            last = (*column, *next(reversed(cells), ()))
            if await self._is_end(last, column):
                return True
            self._note(doubt)
        except (NoAnswer, Refused, Doubtful) as doubt:
            self._note(doubt)
        else:
            return True
        return False

    async def _is_end(self, last: Oid, column: Oid) -> bool:
        """Ask the reference engine whether nothing of the column follows, once for the end of everything."""
        if self._end_of_mib is not None and last >= self._end_of_mib:
            return True
        try:
            reply = await (await self._reference_exchange()).get_next([last])
        except SnmpError:
            return False
        if reply.error_status or not reply.varbinds:
            return False
        following, value = reply.varbinds[0]
        if isinstance(value, EndOfMib):
            self._end_of_mib = last
            return True
        return following > last and following[: len(column)] != column

    def _note(self, doubt: SnmpError) -> None:
        """Remember a doubt; after a silence the fast engine is not asked again in this reading."""
        if isinstance(doubt, UnclearValue):
            return
        if isinstance(doubt, NoAnswer | Refused):
            self.doubted = True
            self._fast = None
        elif not isinstance(doubt, UnprovenEnd):
            self.doubted = True

    async def _read_by_reference(self, columns: list[Oid], limits: WalkLimits, result: WalkResult) -> None:
        rest = replace(limits, request_cap=max(1, limits.request_cap - result.requests))
        found = await (await self._reference_walker()).walk(columns, rest)
        for column, cells in found.columns.items():
            # A device that died in between has answered more of it before.
            if found.complete or len(cells) >= len(result.columns[column]):
                result.columns[column] = cells
        result.requests += found.requests
        result.repetitions = found.repetitions
        if not found.complete:
            result.stop(found.stopped_by or "unknown")

    async def _reference_walker(self) -> Walker:
        if self._reference is None:
            size = self._known.working_size()
            is_version_1 = isinstance(self._credentials, SnmpV1Credentials)
            self._reference = Walker(await self._reference_exchange(), size, is_version_1=is_version_1)
            self._reference.rows = self._known.rows
        return self._reference

    async def _reference_exchange(self) -> PysnmpExchange:
        if self._exchange is None:
            self._exchange = await self._engines.connect(self._target, self._credentials)
        return self._exchange
