"""Read columns once, within the budget, and remember what was cut short."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from network.observations import Failure
from network.snmp.reader import Column, NoAnswer, Oid, SnmpError, SnmpReader, Value, WalkLimits, WalkResult

# ARP and MAC tables of a core switch: enough to find one device, not all of them.
OPTIONAL_ROWS: Final = 8_000
# Why a walk ended early → the name under which a person is told.
_STOPPED: dict[str, str] = {"deadline": "timeout_budget", "no_answer": "truncated"}


class TableReader:
    """The columns of one device: each is asked for once, whoever needs it."""

    def __init__(self, reader: SnmpReader, *, deadline: float, allow_unordered: bool = False) -> None:
        self._reader, self._deadline = reader, deadline
        self._limits = WalkLimits(deadline=deadline, allow_unordered=allow_unordered)
        self._known: dict[Oid, Column] = {}
        self._cut: dict[Oid, str] = {}
        self._asked: dict[Oid, None] = {}
        self.failures: list[Failure] = []
        self.notes: list[Failure] = []
        self.requests = 0

    @property
    def remaining_seconds(self) -> float:
        """Return how much of the budget is left."""
        return max(0.0, self._deadline - asyncio.get_running_loop().time())

    def begin_item(self) -> None:
        """Forget what was asked for: a new part of the snapshot begins."""
        self._asked = {}

    @property
    def asked(self) -> tuple[Oid, ...]:
        """Return what this part needed, also where an earlier part had read it."""
        return tuple(self._asked)

    @property
    def stopped_by(self) -> str | None:
        """Return why something this part needed was cut short, None when all of it came."""
        return next((self._cut[oid] for oid in self._asked if oid in self._cut), None)

    async def columns(self, oids: Iterable[Oid], probe: str) -> dict[Oid, Column]:
        """Return the columns asked for; an OID that ends in 0 is one instance, read by GET."""
        return await self._columns(oids, probe, self._limits)

    async def optional_columns(self, oids: Iterable[Oid], probe: str) -> dict[Oid, Column]:
        """Return columns that can be very long: cut at a cap, which is a note and no failure."""
        return await self._columns(oids, probe, replace(self._limits, row_cap=OPTIONAL_ROWS))

    async def _columns(self, oids: Iterable[Oid], probe: str, limits: WalkLimits) -> dict[Oid, Column]:
        wanted = list(dict.fromkeys(oids))
        self._asked |= dict.fromkeys(wanted)
        missing = [oid for oid in wanted if oid not in self._known]
        scalars = [oid for oid in missing if oid[-1] == 0]
        tables = [oid for oid in missing if oid[-1] != 0]
        if scalars:
            await self._read_scalars(scalars, probe)
        if tables:
            await self._read_tables(tables, probe, limits)
        return {oid: self._known.get(oid, {}) for oid in wanted}

    async def instances(self, oids: list[Oid], probe: str) -> Mapping[Oid, Value]:
        """Return single cells of tables by GET, without those the device does not have."""
        self._asked |= dict.fromkeys(oids)
        return (await self._get(oids, probe) or {}) if oids else {}

    async def _read_scalars(self, oids: list[Oid], probe: str) -> None:
        values = await self._get(oids, probe)
        if values is None:
            return
        for oid in oids:
            self._cut.pop(oid, None)  # a question that failed before is asked again
            self._known[oid] = {(0,): values[oid]} if oid in values else {}

    async def _get(self, oids: list[Oid], probe: str) -> Mapping[Oid, Value] | None:
        if not self.remaining_seconds:
            self._fail("timeout_budget", probe, "deadline", oids)
            return None
        try:
            return await asyncio.wait_for(self._reader.get(oids), self.remaining_seconds)
        except TimeoutError:
            self._fail("timeout_budget", probe, "deadline", oids)
        except NoAnswer:
            self._fail("truncated", probe, "no_answer", oids)
        except SnmpError as error:
            self._fail(error.code, probe, "error", oids, error.detail)
        return None

    async def _read_tables(self, oids: list[Oid], probe: str, limits: WalkLimits) -> None:
        try:
            result: WalkResult = await self._reader.walk(oids, limits)
        except SnmpError as error:
            self._fail(error.code, probe, "error", oids, error.detail)
            return
        self.requests += result.requests
        self._known.update(result.columns)
        for oid in oids:
            self._cut.pop(oid, None)
        if not result.complete:
            stopped_by = result.stopped_by or "unknown"
            if stopped_by == "row_cap" and limits.row_cap == OPTIONAL_ROWS:
                self._cut |= dict.fromkeys(oids, stopped_by)
                self.notes.append(Failure.of("truncated", probe, stopped_by=stopped_by))
                return
            code = "agent_error" if stopped_by == "agent_error" else _STOPPED.get(stopped_by, "truncated")
            self._fail(code, probe, stopped_by, oids)

    def _fail(
        self, code: str, probe: str, stopped_by: str, oids: list[Oid], detail: str | None = None
    ) -> None:
        self._cut |= dict.fromkeys(oids, stopped_by)
        known = any(failure.code == code and failure.probe == probe for failure in self.failures)
        if not known:
            self.failures.append(Failure.of(code, probe, stopped_by=stopped_by, detail=detail))
