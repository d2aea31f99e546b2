"""Our reference engine, or pysnmp tuned by hand: `python -m benchmarks.snmp_reference ours v2c 15 PORT`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
    usmAesCfb128Protocol,
    usmHMACSHAAuthProtocol,
)
from pysnmp.smi.rfc1902 import ObjectIdentity, ObjectType

from benchmarks.snmp_fleet import cpu_seconds
from benchmarks.snmp_peers import COLUMNS, SYSTEM
from network.collector import collect_snapshot_async
from network.lab.quick_switches import COMMUNITY, PORTS, USER, switch_targets
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import Oid, parse_oid
from network.snmp.suitability import ProcessMemory, Suitability
from network.targets import Target

COLUMNS_AT_ONCE = 4
# As the product remembers a device that it has read before.
DISTRUSTED = Suitability(doubts=9, rows=PORTS)
# Ours reads the duplex column too.
OURS_READS = [*map(parse_oid, COLUMNS), (1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19)]


class OnlyReference(ProcessMemory):
    """Trust the fast engine with no device."""

    def recall(self, target: Target) -> Suitability | None:
        """Return doubts enough, and how many rows there were."""
        return DISTRUSTED


async def read_ours(target: Target, engines: EnginePool) -> None:
    """Read as the product does where the fast engine may not."""
    snapshot = await collect_snapshot_async(
        target, engines=engines, suitability=OnlyReference(), only_ports=True
    )
    if not snapshot.complete or len(snapshot.interfaces) != PORTS:
        raise SystemExit(f"{target.name} was not read whole: {snapshot.failures}")


async def read_tuned(target: Target, engine: Any, login: Any) -> None:
    """Read with pysnmp's own call, several columns at once, as many rows as there are, nothing looked up."""
    transport = await UdpTransportTarget.create((target.address, target.snmp_port))

    async def ask(command: Any, counts: tuple[int, ...], oids: list[Oid]) -> list[Any]:
        objects = (ObjectType(ObjectIdentity(oid)) for oid in oids)
        failed, status, _, found = await command(
            engine, login, transport, ContextData(), *counts, *objects, lookupMib=False
        )
        if failed or status:
            raise SystemExit(f"pysnmp: {failed or status}")
        return [(tuple(name), value) for name, value in found]

    await ask(get_cmd, (), [parse_oid(oid) for oid in SYSTEM])
    for start in range(0, len(OURS_READS), COLUMNS_AT_ONCE):
        columns = OURS_READS[start : start + COLUMNS_AT_ONCE]
        found = await ask(bulk_cmd, (0, PORTS + 1), columns)
        asked = [columns[place % len(columns)] for place in range(len(found))]
        cells = sum(name[: len(column)] == column for column, (name, _) in zip(asked, found, strict=True))
        if cells != PORTS * len(columns):
            raise SystemExit(f"pysnmp tuned gave {cells} cells")


async def measure(way: str, version: str, count: int, port: int) -> float:
    """Return CPU seconds a device, after one device to be warm."""
    targets = switch_targets(count + 1, port, version_3=version == "v3")
    engines, engine = EnginePool(), SnmpEngine()
    login: Any = CommunityData(COMMUNITY, mpModel=1)
    if version == "v3":
        login = UsmUserData(
            USER.user, USER.auth_key, USER.priv_key, usmHMACSHAAuthProtocol, usmAesCfb128Protocol
        )
    before = 0.0
    for number, target in enumerate(targets):
        if number == 1:
            before = cpu_seconds()
        if way == "ours":
            await read_ours(target, engines)
        else:
            await read_tuned(target, engine, login)
    used = cpu_seconds() - before
    engines.close()
    engine.close_dispatcher()
    return used / count


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.stdout.write(f"{asyncio.run(measure(given[0], given[1], int(given[2]), int(given[3]))):.6f}\n")
