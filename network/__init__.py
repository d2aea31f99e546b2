"""Read network devices over SNMP and SSH: the names below are all that other packages use."""

import importlib
from typing import TYPE_CHECKING, Any

from network.compare import Changes, FieldChange, InterfaceChange, InterfaceRates, compare_snapshots
from network.configurations import (
    CONFIGURATION_COMMANDS,
    ChangedLine,
    ComparedLine,
    ConfigurationChanges,
    compare_configurations,
    hash_text,
    is_configuration_command,
    normalise_configuration,
)
from network.facts import (
    AddressFact,
    Alarm,
    ArpEntry,
    BgpPeer,
    Item,
    MacEntry,
    OspfNeighbour,
    PowerSupply,
    UpsStatus,
    Vlan,
)
from network.messages import MESSAGES, describe_failure
from network.observations import (
    CommandOutput,
    Failure,
    Interface,
    MemoryPool,
    Neighbour,
    Processor,
    Sensor,
    Snapshot,
    StorageVolume,
    SystemFacts,
    TargetSummary,
    UnreadableSnapshot,
)
from network.reachability import Watch, blame_parent, is_silent, retry_delay
from network.snmp.suitability import OneDevice, Suitability, SuitabilityStore
from network.targets import (
    AuthProtocol,
    InvalidTarget,
    PrivProtocol,
    Secret,
    SnmpCredentials,
    SnmpV1Credentials,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    SshCredentials,
    Target,
    parse_address,
    parse_auth_protocol,
    parse_host,
    parse_host_key,
    parse_priv_protocol,
)

if TYPE_CHECKING:
    from network.collector import answers, collect_snapshot
    from network.command_line import add_snapshot_arguments, build_parser, run_snapshot
    from network.fleet import collect_many
    from network.health import (
        BadRules,
        Finding,
        HealthRule,
        Judgement,
        RuleBook,
        Severity,
        find_problems,
        judge,
        load_rules,
        shipped_rules,
    )
    from network.platforms.catalogue import list_platforms
    from network.platforms.definition import Command
    from network.platforms.parameters import BadArgument, build_command
    from network.ssh.redaction import redact
    from network.ssh.turns import limit_ssh_sessions
    from network.sweep import SECONDS_OF_SILENCE, SWEEP_CONCURRENCY, SweepAnswer, sweep_addresses
    from network.trap_kinds import TrapKind, find_trap_kind, object_name, trap_kinds_by_code
    from network.traps import Trap, TrapReceiver, TrapVarbind

# What needs a protocol library is loaded when it is first used: importing `network` stays cheap.
_LOADED_LATER = {
    "answers": "network.collector",
    "add_snapshot_arguments": "network.command_line",
    "build_parser": "network.command_line",
    "run_snapshot": "network.command_line",
    "BadArgument": "network.platforms.parameters",
    "Command": "network.platforms.definition",
    "build_command": "network.platforms.parameters",
    "list_platforms": "network.platforms.catalogue",
    "redact": "network.ssh.redaction",
    "collect_snapshot": "network.collector",
    "collect_many": "network.fleet",
    "BadRules": "network.health",
    "Finding": "network.health",
    "HealthRule": "network.health",
    "Judgement": "network.health",
    "RuleBook": "network.health",
    "Severity": "network.health",
    "find_problems": "network.health",
    "limit_ssh_sessions": "network.ssh.turns",
    "judge": "network.health",
    "load_rules": "network.health",
    "shipped_rules": "network.health",
    "SECONDS_OF_SILENCE": "network.sweep",
    "SWEEP_CONCURRENCY": "network.sweep",
    "SweepAnswer": "network.sweep",
    "Trap": "network.traps",
    "TrapKind": "network.trap_kinds",
    "TrapReceiver": "network.traps",
    "TrapVarbind": "network.traps",
    "find_trap_kind": "network.trap_kinds",
    "object_name": "network.trap_kinds",
    "sweep_addresses": "network.sweep",
    "trap_kinds_by_code": "network.trap_kinds",
}

__all__ = [
    "CONFIGURATION_COMMANDS",
    "MESSAGES",
    "SECONDS_OF_SILENCE",
    "SWEEP_CONCURRENCY",
    "AddressFact",
    "Alarm",
    "ArpEntry",
    "AuthProtocol",
    "BadArgument",
    "BadRules",
    "BgpPeer",
    "ChangedLine",
    "Changes",
    "Command",
    "CommandOutput",
    "ComparedLine",
    "ConfigurationChanges",
    "Failure",
    "FieldChange",
    "Finding",
    "HealthRule",
    "Interface",
    "InterfaceChange",
    "InterfaceRates",
    "InvalidTarget",
    "Item",
    "Judgement",
    "MacEntry",
    "MemoryPool",
    "Neighbour",
    "OneDevice",
    "OspfNeighbour",
    "PowerSupply",
    "PrivProtocol",
    "Processor",
    "RuleBook",
    "Secret",
    "Sensor",
    "Severity",
    "Snapshot",
    "SnmpCredentials",
    "SnmpV1Credentials",
    "SnmpV2cCredentials",
    "SnmpV3Credentials",
    "SshCredentials",
    "StorageVolume",
    "Suitability",
    "SuitabilityStore",
    "SweepAnswer",
    "SystemFacts",
    "Target",
    "TargetSummary",
    "Trap",
    "TrapKind",
    "TrapReceiver",
    "TrapVarbind",
    "UnreadableSnapshot",
    "UpsStatus",
    "Vlan",
    "Watch",
    "add_snapshot_arguments",
    "answers",
    "blame_parent",
    "build_command",
    "build_parser",
    "collect_many",
    "collect_snapshot",
    "compare_configurations",
    "compare_snapshots",
    "describe_failure",
    "find_problems",
    "find_trap_kind",
    "hash_text",
    "is_configuration_command",
    "is_silent",
    "judge",
    "limit_ssh_sessions",
    "list_platforms",
    "load_rules",
    "normalise_configuration",
    "object_name",
    "parse_address",
    "parse_auth_protocol",
    "parse_host",
    "parse_host_key",
    "parse_priv_protocol",
    "redact",
    "retry_delay",
    "run_snapshot",
    "shipped_rules",
    "sweep_addresses",
    "trap_kinds_by_code",
]


def __getattr__(name: str) -> Any:
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'network' has no attribute {name!r}")
    return getattr(importlib.import_module(_LOADED_LATER[name]), name)
