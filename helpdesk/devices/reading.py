"""The only door to the network: what the helpdesk uses of the collector, by its public names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from helpdesk.devices.credentials import open_secret
from helpdesk.devices.models import Credential, Device
from helpdesk.devices.rules import SNMP_V1, SNMP_V2C
from helpdesk.errors import SecretUnreadable
from helpdesk.sealing import KeyRing
from network import (
    CONFIGURATION_CHANGED,
    CONFIGURATION_COMMANDS,
    SECONDS_OF_SILENCE,
    SWEEP_CONCURRENCY,
    SWINGING,
    BadArgument,
    BadRules,
    ChangedLine,
    Changes,
    Command,
    CommandOutput,
    ConfigurationChanges,
    Failure,
    Finding,
    HealthRule,
    Hop,
    InvalidTarget,
    Judgement,
    OneDevice,
    RuleBook,
    Secret,
    Snapshot,
    SnmpCredentials,
    SnmpV1Credentials,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    SshCredentials,
    StateChange,
    SweepAnswer,
    SystemFacts,
    Target,
    TargetSummary,
    Trap,
    TrapReceiver,
    UnreadableSnapshot,
    answers,
    blame_parent,
    build_command,
    collect_snapshot,
    compare_configurations,
    compare_snapshots,
    describe_failure,
    find_trap_kind,
    hash_text,
    is_configuration_command,
    is_silent,
    judge,
    limit_ssh_sessions,
    list_platforms,
    list_state_changes,
    load_rules,
    measure_round_trips,
    normalise_configuration,
    object_name,
    parse_address,
    parse_host_key,
    retry_delay,
    sweep_addresses,
    trace_route,
    trap_kinds_by_code,
)

__all__ = [
    "CONFIGURATION_CHANGED",
    "SECONDS_OF_SILENCE",
    "SWEEP_CONCURRENCY",
    "SWINGING",
    "BadArgument",
    "BadRules",
    "ChangedLine",
    "Changes",
    "CommandOutput",
    "ConfigurationChanges",
    "Failure",
    "Finding",
    "HealthRule",
    "Hop",
    "InvalidTarget",
    "Judgement",
    "OneDevice",
    "RuleBook",
    "Snapshot",
    "SnmpCredentials",
    "StateChange",
    "SweepAnswer",
    "Target",
    "Trap",
    "TrapReceiver",
    "UnreadableSnapshot",
    "answers",
    "blame_parent",
    "build_command",
    "build_target",
    "collect_configuration",
    "collect_snapshot",
    "commands_of",
    "compare_configurations",
    "compare_snapshots",
    "configuration_command",
    "configuration_target",
    "failure_sentence",
    "find_trap_kind",
    "hash_text",
    "is_configuration_command",
    "is_silent",
    "judge",
    "limit_ssh_sessions",
    "list_state_changes",
    "load_rules",
    "measure_round_trips",
    "normalise_configuration",
    "object_name",
    "parse_address",
    "parse_host_key",
    "platform_titles",
    "retry_delay",
    "snmp_credentials_or_none",
    "sweep_addresses",
    "target_or_failure",
    "trace_route",
    "trap_kinds_by_code",
    "unread_snapshot",
]


def build_target(device: Device, ring: KeyRing, *, snmp: bool = True, ssh: bool = True) -> Target:
    """Return how the device is reached, with its secrets; or raise SecretUnreadable, InvalidTarget."""
    snmp_row = device.snmp_credential if snmp else None
    ssh_row = device.ssh_credential if ssh else None
    return Target(
        address=device.address,
        snmp_port=device.snmp_port,
        ssh_port=device.ssh_port,
        snmp=_snmp_credentials(snmp_row, ring) if snmp_row else None,
        ssh=_ssh_credentials(ssh_row, device, ring) if ssh_row else None,
        platform=device.platform,
        name=device.name,
        site=str(device.site_id),
    )


def unread_snapshot(device: Device, code: str, *, now: datetime) -> Snapshot:
    """Return the record of a reading that could not even begin, with the reason as its failure."""
    target = TargetSummary(
        name=device.name, address=device.address, snmp_port=device.snmp_port, ssh_port=device.ssh_port
    )
    return Snapshot(
        target=target,
        taken_at=now,
        duration_ms=0,
        complete=False,
        platform=device.platform,
        system=SystemFacts(),
        failures=(Failure(code=code, probe="target", message=_UNREAD[code][1]),),
    )


# Why a reading did not begin: (Indonesian, English), as the collector keeps its own sentences.
_UNREAD = {
    "credential_unreadable": (
        "Rahasia yang tersimpan tidak dapat dibuka; masukkan kembali.",
        "The stored secret cannot be opened; enter it again.",
    ),
    "target_invalid": (
        "Alamat atau kredensial perangkat yang tersimpan tidak dapat digunakan.",
        "The stored address or credential of the device cannot be used.",
    ),
    "collector_stopped": (
        "Pembacaan berhenti beberapa kali sebelum selesai.",
        "The reading stopped several times before its end.",
    ),
}


def failure_sentence(failure: Mapping[str, Any], language: str) -> str:
    """Return a stored failure as a sentence in the reader's language."""
    code = str(failure.get("code", ""))
    if code in _UNREAD:
        return _UNREAD[code][0 if language.startswith("id") else 1]
    return describe_failure(code, language, failure.get("detail"))


def commands_of(platform: str | None) -> Sequence[Command]:
    """Return the commands that the collector may send to devices of the platform."""
    known = list_platforms().get(platform or "")
    return known.ssh.commands if known and known.ssh else ()


def platform_titles() -> dict[str, str]:
    """Return the platforms that the collector knows, by code."""
    return {code: platform.title for code, platform in list_platforms().items() if code != "default"}


def _snmp_credentials(row: Credential, ring: KeyRing) -> SnmpCredentials:
    secret = open_secret(row, ring)
    if row.kind == SNMP_V1:
        return SnmpV1Credentials.of(secret["community"])
    if row.kind == SNMP_V2C:
        return SnmpV2cCredentials.of(secret["community"])
    return SnmpV3Credentials.of(
        row.public.get("user", ""),
        row.public.get("auth_protocol"),
        secret.get("auth_key"),
        row.public.get("priv_protocol"),
        secret.get("priv_key"),
    )


def snmp_credentials_or_none(row: Credential, ring: KeyRing) -> SnmpCredentials | None:
    """Return the opened credential, or None where its secret does not open or cannot be used."""
    try:
        return _snmp_credentials(row, ring)
    except (SecretUnreadable, InvalidTarget):
        return None


def _ssh_credentials(row: Credential, device: Device, ring: KeyRing) -> SshCredentials:
    return SshCredentials(
        username=row.public.get("username", ""),
        password=Secret(open_secret(row, ring)["password"]),
        host_key_sha256=device.ssh_host_key,
        allow_old_ciphers=device.allow_old_ciphers,
        stopped=device.ssh_login_stopped_at is not None,
    )


def target_or_failure(device: Device, ring: KeyRing) -> Target | str:
    """Return the device's target, or the code of why there is none."""
    try:
        return build_target(device, ring)
    except SecretUnreadable:
        return "credential_unreadable"
    except InvalidTarget:
        return "target_invalid"


def configuration_command(platform: str | None) -> str | None:
    """Return the command of the platform's file that prints the running configuration, or None."""
    definition = list_platforms().get(platform or "")
    listed = {each.run for each in definition.ssh.commands} if definition and definition.ssh else set()
    return next((command for command in CONFIGURATION_COMMANDS if command in listed), None)


def configuration_target(device: Device, ring: KeyRing, platform: str | None) -> Target | str:
    """Return how the device is reached over SSH alone, or the code of why that cannot be."""
    if device.ssh_credential is None:
        return "no_credentials"
    if configuration_command(platform) is None:
        return "unknown_platform"
    try:
        return replace(build_target(device, ring, snmp=False), platform=platform)
    except SecretUnreadable:
        return "credential_unreadable"
    except InvalidTarget:
        return "target_invalid"


def collect_configuration(target: Target, *, budget_seconds: float) -> CommandOutput | str:
    """Read the running configuration, secrets masked; or return the code of why there is none."""
    command = configuration_command(target.platform)
    facts = collect_snapshot(target, budget_seconds=budget_seconds, commands=[command] if command else [])
    if facts.commands:
        return facts.commands[0]
    return facts.failures[0].code if facts.failures else "unknown_platform"
