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
    MacEntry,
    OspfNeighbour,
    PowerSupply,
    UpsStatus,
    Vlan,
)
from network.health import FINDING_TEXTS, Finding, HealthLimits, Severity, find_problems
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
from network.snmp.suitability import Suitability, SuitabilityStore
from network.targets import (
    AuthProtocol,
    InvalidTarget,
    PrivProtocol,
    Secret,
    SnmpCredentials,
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
    from network.collector import collect_snapshot
    from network.command_line import add_snapshot_arguments, build_parser, run_snapshot
    from network.fleet import collect_many
    from network.platforms.catalogue import list_platforms
    from network.ssh.redaction import redact

# What needs a protocol library is loaded when it is first used: importing `network` stays cheap.
_LOADED_LATER = {
    "add_snapshot_arguments": "network.command_line",
    "build_parser": "network.command_line",
    "run_snapshot": "network.command_line",
    "list_platforms": "network.platforms.catalogue",
    "redact": "network.ssh.redaction",
    "collect_snapshot": "network.collector",
    "collect_many": "network.fleet",
}

__all__ = [
    "CONFIGURATION_COMMANDS",
    "FINDING_TEXTS",
    "MESSAGES",
    "AddressFact",
    "Alarm",
    "ArpEntry",
    "AuthProtocol",
    "BgpPeer",
    "ChangedLine",
    "Changes",
    "CommandOutput",
    "ComparedLine",
    "ConfigurationChanges",
    "Failure",
    "FieldChange",
    "Finding",
    "HealthLimits",
    "Interface",
    "InterfaceChange",
    "InterfaceRates",
    "InvalidTarget",
    "MacEntry",
    "MemoryPool",
    "Neighbour",
    "OspfNeighbour",
    "PowerSupply",
    "PrivProtocol",
    "Processor",
    "Secret",
    "Sensor",
    "Severity",
    "Snapshot",
    "SnmpCredentials",
    "SnmpV2cCredentials",
    "SnmpV3Credentials",
    "SshCredentials",
    "StorageVolume",
    "Suitability",
    "SuitabilityStore",
    "SystemFacts",
    "Target",
    "TargetSummary",
    "UnreadableSnapshot",
    "UpsStatus",
    "Vlan",
    "add_snapshot_arguments",
    "build_parser",
    "collect_many",
    "collect_snapshot",
    "compare_configurations",
    "compare_snapshots",
    "describe_failure",
    "find_problems",
    "hash_text",
    "is_configuration_command",
    "list_platforms",
    "normalise_configuration",
    "parse_address",
    "parse_auth_protocol",
    "parse_host",
    "parse_host_key",
    "parse_priv_protocol",
    "redact",
    "run_snapshot",
]


def __getattr__(name: str) -> Any:
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'network' has no attribute {name!r}")
    return getattr(importlib.import_module(_LOADED_LATER[name]), name)
