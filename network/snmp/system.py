"""The system group: who the device says it is, and the facts its platform file adds."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final

from network.observations import SystemFacts
from network.platforms.definition import FactSource, PlatformDefinition
from network.quirks import SYSTEM_FACTS
from network.quirks.rows import as_text
from network.snmp.entities import Entities
from network.snmp.reader import Oid, Value, format_oid, parse_oid
from network.snmp.tables import TableReader

_SYSTEM: Final = (1, 3, 6, 1, 2, 1, 1)
DESCRIPTION, OBJECT_ID, UPTIME, CONTACT, NAME, LOCATION = ((*_SYSTEM, number, 0) for number in range(1, 7))
ENGINE_TIME: Final[Oid] = (1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0)
FIRST_CONTACT: Final = (OBJECT_ID, UPTIME, DESCRIPTION)
PLAIN_SYSTEM_GROUP: Final = (DESCRIPTION, OBJECT_ID, UPTIME, CONTACT, NAME, LOCATION)
SYSTEM_GROUP: Final = (*PLAIN_SYSTEM_GROUP, ENGINE_TIME)


def read_system_group(values: Mapping[Oid, Value], *, ignore_engine_time: bool = False) -> SystemFacts:
    """Build the facts from the values of the system group."""
    object_id, uptime, engine_time = values.get(OBJECT_ID), values.get(UPTIME), values.get(ENGINE_TIME)
    agent_uptime = uptime / 100 if isinstance(uptime, int) else None
    longest = agent_uptime
    if isinstance(engine_time, int) and agent_uptime is not None and not ignore_engine_time:
        # sysUpTime wraps after 497 days, the engine's seconds do not.
        longest = max(agent_uptime, float(engine_time))
    return SystemFacts(
        name=as_text(values.get(NAME)),
        description=as_text(values.get(DESCRIPTION)),
        object_id=format_oid(object_id) if isinstance(object_id, tuple) else None,
        contact=as_text(values.get(CONTACT)),
        location=as_text(values.get(LOCATION)),
        uptime_seconds=longest,
        agent_uptime_seconds=agent_uptime,
    )


async def complete_system(
    system: SystemFacts, platform: PlatformDefinition, tables: TableReader, entities: Entities
) -> SystemFacts:
    """Add vendor, model, version and serial as the platform file says."""
    sources = platform.system
    oids = [
        parse_oid(source.oid)
        for fact in (sources.model, sources.version, sources.serial)
        for source in fact
        if source.oid is not None and source.oid.endswith(".0")  # a table only when the rest gave nothing
    ]
    await tables.columns(oids, "system")
    facts: dict[str, Any] = {"vendor": sources.vendor}
    for name in ("model", "version", "serial"):
        for source in getattr(sources, name):
            found = await _read_fact(source, system, tables, entities)
            if found:
                facts[name] = found
                break
    return dataclasses.replace(system, **facts)


async def _read_fact(
    source: FactSource, system: SystemFacts, tables: TableReader, entities: Entities
) -> str | None:
    if source.sys_descr is not None:
        return _match(source.sys_descr, system.description)
    if source.quirk is not None:
        return SYSTEM_FACTS[source.quirk](system)
    if source.entity is not None:
        text = (await entities.main_unit(tables)).get(source.entity)
    else:
        assert source.oid is not None
        oid = parse_oid(source.oid)
        column = (await tables.columns([oid], "system"))[oid]
        texts = [found for _, value in sorted(column.items()) if (found := as_text(value))]
        if source.match:
            return next((found for text in texts if (found := _match(source.match, text))), None)
        text = texts[0] if texts else None
    return _match(source.match, text) if source.match else text


def _match(pattern: str, text: str | None) -> str | None:
    found = re.search(pattern, text or "")
    if not found:
        return None
    return next((group for group in found.groups() if group), found.group()).strip() or None
