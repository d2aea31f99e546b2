"""Read one device within a budget: what could be read, and by name what could not."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, cast

from network.background_loop import shared_loop
from network.item_log import ItemLog
from network.observations import Failure, Interface, Neighbour, Snapshot, SystemFacts, TargetSummary
from network.platforms.catalogue import (
    DEFAULT_PLATFORM,
    fit_to_model,
    get_platform,
    list_platforms,
    recognise,
)
from network.platforms.definition import PlatformDefinition
from network.reachability import SILENCE
from network.snmp.device_reader import DeviceReader
from network.snmp.entities import Entities
from network.snmp.interfaces import read_interfaces
from network.snmp.metrics import read_memory, read_processors, read_sensors, read_storage
from network.snmp.neighbours import read_neighbours
from network.snmp.network_tables import read_network_tables
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import (
    NetworkUnreachable,
    NoAnswer,
    Oid,
    SnmpError,
    Value,
    WrongCredentials,
    format_oid,
)
from network.snmp.silence import explain_silence
from network.snmp.states import read_alarms, read_power, read_ups
from network.snmp.suitability import ProcessMemory, SuitabilityStore
from network.snmp.system import (
    FIRST_CONTACT,
    PLAIN_SYSTEM_GROUP,
    SYSTEM_GROUP,
    complete_system,
    read_system_group,
)
from network.snmp.tables import TableReader
from network.ssh.facts_from_commands import fill_from_commands
from network.ssh.parsing import parse_output
from network.ssh.result import SshResult
from network.ssh.session import run_commands
from network.targets import SnmpCredentials, Target

DEFAULT_BUDGET_SECONDS: Final = 30.0
# What a device that was silent before, or stands behind a silent one, gets for its first answer.
SILENT_PATIENCE_SECONDS: Final = 2.0
# With both protocols asked, SNMP leaves this part of the budget to SSH.
_SHARE_FOR_SSH: Final = 0.4

# More than 32 busy sessions make one process slower, not faster.
_ssh_slots: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="ssh-slot")

Clock = Callable[[], datetime]

_process_memory: Final = ProcessMemory()


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


@dataclass
class _Collection:
    """What has been gathered so far; whatever ends the work, this is kept."""

    target: Target
    log: ItemLog
    platform: PlatformDefinition | None = None
    commands: Sequence[str] | None = None
    also: Sequence[str] = ()
    suitability: SuitabilityStore = _process_memory
    expects_silence: bool = False
    only_ports: bool = False
    snapshot_values: dict[str, object] = field(default_factory=dict)
    system: SystemFacts = field(default_factory=SystemFacts)
    failures: list[Failure] = field(default_factory=list)
    notes: list[Failure] = field(default_factory=list)


def collect_snapshot(
    target: Target,
    *,
    budget_seconds: float = DEFAULT_BUDGET_SECONDS,
    now: Clock = utc_now,
    commands: Sequence[str] | None = None,
    also: Sequence[str] = (),
    suitability: SuitabilityStore | None = None,
    expects_silence: bool = False,
) -> Snapshot:
    """Read one device; never raises for what the device does.

    `commands` picks from the platform's allowed commands; None runs its usual ones, `also` adds to them.
    `suitability` keeps which engine and which size of request suit a device; without it that is forgotten
    with the process. A device that `expects_silence` of is asked one cheap question, and nothing more unless
    it answers.
    """
    return shared_loop.run(
        collect_snapshot_async(
            target,
            budget_seconds=budget_seconds,
            now=now,
            commands=commands,
            also=also,
            suitability=suitability,
            expects_silence=expects_silence,
        )
    )


def answers(target: Target, *, seconds: float = SILENT_PATIENCE_SECONDS) -> bool:
    """Tell by one cheap question whether a device is there, whatever it thinks of the credentials."""
    return shared_loop.run(answers_async(target, shared_loop.engines, seconds))


async def answers_async(
    target: Target, engines: EnginePool, seconds: float = SILENT_PATIENCE_SECONDS
) -> bool:
    """Ask the cheap question in the running loop; what cannot be asked over SNMP counts as there."""
    if target.snmp is None:
        return True
    try:
        async with asyncio.timeout(seconds), engines.turn(target):
            reader = await DeviceReader.open(target, target.snmp, engines)
            try:
                await reader.get(FIRST_CONTACT)
            finally:
                reader.close()
    except (NoAnswer, NetworkUnreachable, TimeoutError):
        return False
    except SnmpError:
        return True
    return True


async def collect_snapshot_async(
    target: Target,
    *,
    budget_seconds: float = DEFAULT_BUDGET_SECONDS,
    now: Clock = utc_now,
    engines: EnginePool | None = None,
    commands: Sequence[str] | None = None,
    also: Sequence[str] = (),
    suitability: SuitabilityStore | None = None,
    expects_silence: bool = False,
    only_ports: bool = False,
) -> Snapshot:
    """Read one device in the running loop, with the engines given or with its own."""
    loop = asyncio.get_running_loop()
    started, taken_at = loop.time(), now()
    work = _Collection(
        target,
        ItemLog(taken_at, started),
        platform=_platform_asked_for(target),
        commands=commands,
        also=also,
        suitability=_process_memory if suitability is None else suitability,
        expects_silence=expects_silence,
        only_ports=only_ports,
    )
    deadline = started + budget_seconds
    if target.snmp is not None:
        snmp_deadline = deadline - (budget_seconds * _SHARE_FOR_SSH if target.ssh else 0)
        await _collect_snmp_in_turn(work, target.snmp, snmp_deadline, engines or shared_loop.engines)
    if target.ssh is not None and not (work.expects_silence and _met_silence(work)):
        await _collect_ssh(work, deadline)
    if target.snmp is None and target.ssh is None:
        work.failures.append(Failure.of("no_credentials", "target"))
    return _finish(work, taken_at, round((loop.time() - started) * 1000))


def _met_silence(work: _Collection) -> bool:
    """Tell whether SNMP was asked and nothing came back, as it was expected."""
    return any(failure.code in SILENCE and failure.probe == "snmp" for failure in work.failures)


def _platform_asked_for(target: Target) -> PlatformDefinition | None:
    known = list_platforms()
    return known.get(target.platform) if target.platform and target.platform != DEFAULT_PLATFORM else None


async def _collect_snmp_in_turn(
    work: _Collection, credentials: SnmpCredentials, deadline: float, engines: EnginePool
) -> None:
    """Keep to one reading, and so to one request in flight, of each device."""
    turn = engines.turn(work.target)
    try:
        async with asyncio.timeout_at(deadline):
            await turn.acquire()
    except TimeoutError:
        work.failures.append(Failure.of("timeout_budget", "snmp", stopped_by="deadline"))
        return
    try:
        await _collect_snmp(work, credentials, deadline, engines)
    finally:
        turn.release()


async def _collect_snmp(
    work: _Collection, credentials: SnmpCredentials, deadline: float, engines: EnginePool
) -> None:
    known = work.suitability.recall(work.target)
    try:
        reader = await DeviceReader.open(work.target, credentials, engines, known)
    except SnmpError as error:
        work.failures.append(Failure.of(error.code, "snmp", detail=error.detail))
        return
    try:
        began = asyncio.get_running_loop().time()
        values = await _first_contact(work, reader, deadline, engines)
        _log_first_contact(work, began, values)
        if values is None:
            return
        await _read_tables(work, reader, values, deadline)
        work.suitability.remember(work.target, reader.describe_suitability(work.system.description))
    finally:
        reader.close()


async def _first_contact(
    work: _Collection, reader: DeviceReader, deadline: float, engines: EnginePool
) -> dict[Oid, Value] | None:
    """Ask one cheap question before any table; explain a silence."""
    loop = asyncio.get_running_loop()
    patience = deadline - loop.time()
    try:
        if work.expects_silence:
            patience = min(patience, SILENT_PATIENCE_SECONDS)
        async with asyncio.timeout(max(0.001, patience)):
            return dict(await reader.get(SYSTEM_GROUP))
    except TimeoutError:
        if not work.expects_silence or loop.time() >= deadline:
            work.failures.append(Failure.of("timeout_budget", "system", stopped_by="deadline"))
        else:
            await _note_silence(work, engines, deadline)
    except NoAnswer:
        return await _note_silence(work, engines, deadline, reader)
    except SnmpError as error:
        work.failures.append(Failure.of(error.code, "snmp", detail=error.detail))
    return None


async def _note_silence(
    work: _Collection, engines: EnginePool, deadline: float, reader: DeviceReader | None = None
) -> dict[Oid, Value] | None:
    """Say why nothing came; an agent that is there may only have choked on one object, so ask for less."""
    explained = await explain_silence(work.target, engines, deadline)
    if reader is not None and isinstance(explained, WrongCredentials):
        with contextlib.suppress(SnmpError, TimeoutError):
            async with asyncio.timeout(SILENT_PATIENCE_SECONDS):
                return dict(await reader.get(PLAIN_SYSTEM_GROUP))
    work.failures.append(Failure.of(explained.code, "snmp", stopped_by="no_answer"))
    return None


def _log_first_contact(work: _Collection, began: float, values: Mapping[Oid, Value] | None) -> None:
    silence = work.failures[-1] if values is None else None
    stopped_by = (silence.stopped_by or silence.code) if silence else None
    asked = [format_oid(oid) for oid in SYSTEM_GROUP]
    work.log.add("system", "snmp", asked, began, stopped_by=stopped_by, rows=len(values or ()))


async def _read_tables(
    work: _Collection, reader: DeviceReader, values: dict[Oid, Value], deadline: float
) -> None:
    system = work.system = read_system_group(values)
    reader.forget_if_changed(system.description)
    recognised = work.platform or recognise(system.object_id, system.description)
    if recognised is None:
        work.notes.append(Failure.of("unknown_platform", "platform", detail=system.object_id))
    platform = work.platform = recognised or get_platform(DEFAULT_PLATFORM)
    platform = fit_to_model(platform.platform, system.object_id or "")
    if platform.ignore_engine_time:
        system = read_system_group(values, ignore_engine_time=True)
    tables = TableReader(
        reader, deadline=deadline, allow_unordered=platform.unordered_tables, of_vlan=reader.of_vlan
    )
    found = work.snapshot_values
    interfaces = await work.log.measure("interfaces", tables, read_interfaces(tables))
    found["interfaces"] = interfaces
    if not work.only_ports:
        await _read_parts(work, system, platform, tables, interfaces)
    work.failures += tables.failures
    work.notes += tables.notes


async def _read_parts(
    work: _Collection,
    system: SystemFacts,
    platform: PlatformDefinition,
    tables: TableReader,
    interfaces: Sequence[Interface],
) -> None:
    entities, found, measure = Entities(), work.snapshot_values, work.log.measure
    work.system = await measure("identity", tables, complete_system(system, platform, tables, entities))
    found["processors"] = await measure("processors", tables, read_processors(platform, tables, entities))
    found["memory"] = await measure("memory", tables, read_memory(platform, tables, entities))
    found["sensors"] = await measure("sensors", tables, read_sensors(platform, tables, entities))
    neighbours = read_neighbours(platform.neighbours, interfaces, tables)
    found["neighbours"] = await measure("neighbours", tables, neighbours)
    found["storage"] = await measure("storage", tables, read_storage(tables))
    found["power"] = await measure("power", tables, read_power(platform, tables, entities))
    found["alarms"] = await measure("alarms", tables, read_alarms(platform, tables, entities))
    found["ups"] = await measure("ups", tables, read_ups(platform, tables))
    names = {item.index: item.name for item in interfaces}
    await read_network_tables(found, platform, names, tables, measure)


async def _collect_ssh(work: _Collection, deadline: float) -> None:
    remaining = deadline - asyncio.get_running_loop().time()
    if remaining <= 0:
        work.failures.append(Failure.of("timeout_budget", "ssh", stopped_by="deadline"))
        return
    if work.target.ssh is not None and work.target.ssh.stopped:
        work.failures.append(Failure.of("login_stopped", "ssh"))
        return
    known = work.platform if work.platform and work.platform.platform != DEFAULT_PLATFORM else None
    loop = asyncio.get_running_loop()
    began = loop.time()
    result = await loop.run_in_executor(
        _ssh_slots, run_commands, work.target, known, remaining, work.commands, work.also
    )
    work.failures += result.failures
    _log_commands(work, began, result)
    work.snapshot_values["ssh_host_key_sha256"] = result.host_key_sha256
    if work.platform is None and result.platform is not None:
        work.platform = get_platform(result.platform)
    # Reading a long text costs more than fetching it: neither the sessions nor this loop wait for it.
    await asyncio.to_thread(_read_commands, work, result)


def _read_commands(work: _Collection, result: SshResult) -> None:
    """Turn texts into rows, and rows into the facts that SNMP did not give."""
    found = work.snapshot_values
    found["commands"] = commands = tuple(
        replace(command, template=template, rows=rows)
        for command in result.commands
        for template, rows in [parse_output(result.platform, command.command, command.output)]
    )
    filled, notes = fill_from_commands(
        get_platform(result.platform) if result.platform else None,
        work.system,
        cast(Sequence[Interface], found.get("interfaces", ())),
        cast(Sequence[Neighbour], found.get("neighbours", ())),
        commands,
        names_as_in_snmp=work.target.snmp is not None,
        prompt=result.prompt,
    )
    work.system = filled.pop("system")
    found.update(filled)
    work.notes += notes


def _log_commands(work: _Collection, began: float, result: SshResult) -> None:
    """One item for the session; each command carries its own duration and completeness."""
    partial = not all(command.complete for command in result.commands)
    first = next(iter(result.failures), None)
    stopped_by = (first.stopped_by or first.code) if first else "partial" if partial else None
    asked = [command.command for command in result.commands]
    work.log.add("commands", "ssh", asked, began, stopped_by=stopped_by, rows=len(asked))


def _finish(work: _Collection, taken_at: datetime, duration_ms: int) -> Snapshot:
    target = work.target
    summary = TargetSummary(
        name=target.name,
        address=target.address,
        snmp_port=target.snmp_port if target.snmp else None,
        ssh_port=target.ssh_port if target.ssh else None,
    )
    base = Snapshot(
        target=summary,
        taken_at=taken_at.astimezone(UTC),
        duration_ms=duration_ms,
        complete=not work.failures,
        platform=work.platform.platform if work.platform else None,
        system=work.system,
        failures=tuple(work.failures),
        notes=tuple(work.notes),
        items=work.log.items,
        old_ciphers_allowed=bool(target.ssh and target.ssh.allow_old_ciphers),
    )
    return replace(base, **work.snapshot_values)  # type: ignore[arg-type]
