"""Read network devices over SNMP and SSH: the names below are all that other packages use."""

import importlib
from typing import TYPE_CHECKING, Any

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
    from network.fleet import collect_many
    from network.platforms.catalogue import list_platforms

# What needs a protocol library is loaded when it is first used: importing `network` stays cheap.
_LOADED_LATER = {
    "collect_snapshot": "network.collector",
    "collect_many": "network.fleet",
    "list_platforms": "network.platforms.catalogue",
}

__all__ = [
    "MESSAGES",
    "AuthProtocol",
    "CommandOutput",
    "Failure",
    "Interface",
    "InvalidTarget",
    "MemoryPool",
    "Neighbour",
    "PrivProtocol",
    "Processor",
    "Secret",
    "Sensor",
    "Snapshot",
    "SnmpCredentials",
    "SnmpV2cCredentials",
    "SnmpV3Credentials",
    "SshCredentials",
    "StorageVolume",
    "SystemFacts",
    "Target",
    "TargetSummary",
    "UnreadableSnapshot",
    "collect_many",
    "collect_snapshot",
    "describe_failure",
    "list_platforms",
    "parse_address",
    "parse_auth_protocol",
    "parse_host",
    "parse_host_key",
    "parse_priv_protocol",
]


def __getattr__(name: str) -> Any:
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'network' has no attribute {name!r}")
    return getattr(importlib.import_module(_LOADED_LATER[name]), name)
