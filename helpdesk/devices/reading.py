"""The only door to the network: what the helpdesk uses of the collector, by its public names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpdesk.devices.errors import CredentialUnreadable
from helpdesk.devices.models import Credential, Device
from helpdesk.devices.sealing import KeyRing, Sealed, unseal
from network import (
    Failure,
    InvalidTarget,
    Snapshot,
    SnmpCredentials,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    SshCredentials,
    SystemFacts,
    Target,
    TargetSummary,
    collect_snapshot,
    compare_snapshots,
    describe_failure,
    parse_host,
    parse_host_key,
)

__all__ = [
    "Failure",
    "InvalidTarget",
    "Snapshot",
    "Target",
    "build_target",
    "collect_snapshot",
    "compare_snapshots",
    "describe_failure",
    "parse_host",
    "parse_host_key",
    "unread_snapshot",
]

SNMP_V2C, SNMP_V3, SSH = "snmp_v2c", "snmp_v3", "ssh"


def build_target(device: Device, ring: KeyRing, *, snmp: bool = True, ssh: bool = True) -> Target:
    """Return how the device is reached, with its secrets; or raise CredentialUnreadable, InvalidTarget."""
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
    )


def unread_snapshot(device: Device, code: str, *, now: datetime) -> Snapshot:
    """Return the record of a reading that could not even begin, with the reason as its failure."""
    target = TargetSummary(
        name=device.name, address=device.address, snmp_port=device.snmp_port, ssh_port=device.ssh_port
    )
    failure = Failure(code=code, probe="credentials", message=_UNREAD[code])
    return Snapshot(
        target=target,
        taken_at=now,
        duration_ms=0,
        complete=False,
        platform=device.platform,
        system=SystemFacts(),
        failures=(failure,),
    )


_UNREAD = {
    "credential_unreadable": "The stored secret cannot be opened; enter it again.",
    "target_invalid": "The address or the stored credential of the device cannot be used.",
    "collector_stopped": "The reading stopped several times before its end.",
}


def _open(row: Credential, ring: KeyRing) -> dict[str, str]:
    return unseal(ring, Sealed(row.key_id, row.sealed), binding=row.binding, kind=row.kind)


def _snmp_credentials(row: Credential, ring: KeyRing) -> SnmpCredentials:
    return snmp_credentials(row.kind, row.public, _open(row, ring))


def snmp_credentials(kind: str, public: dict[str, Any], secret: dict[str, str]) -> SnmpCredentials:
    """Return the collector's SNMP credentials; raises InvalidTarget where they cannot work."""
    if kind == SNMP_V2C:
        return SnmpV2cCredentials.of(secret.get("community", ""))
    return SnmpV3Credentials.of(
        public.get("user", ""),
        public.get("auth_protocol"),
        secret.get("auth_key"),
        public.get("priv_protocol"),
        secret.get("priv_key"),
    )


def _ssh_credentials(row: Credential, device: Device, ring: KeyRing) -> SshCredentials:
    return ssh_credentials(
        row.public,
        _open(row, ring),
        host_key=device.ssh_host_key,
        allow_old_ciphers=device.allow_old_ciphers,
    )


def ssh_credentials(
    public: dict[str, Any],
    secret: dict[str, str],
    *,
    host_key: str | None = None,
    allow_old_ciphers: bool = False,
) -> SshCredentials:
    """Return the collector's SSH credentials; raises InvalidTarget where they cannot work."""
    return SshCredentials(
        username=public.get("username", ""),
        password=secret.get("password", ""),
        host_key_sha256=host_key,
        allow_old_ciphers=allow_old_ciphers,
    )


def ensure_credentials_work(kind: str, public: dict[str, Any], secret: dict[str, str]) -> None:
    """Raise InvalidTarget unless the collector would accept them."""
    if kind == SSH:
        ssh_credentials(public, secret)
    else:
        snmp_credentials(kind, public, secret)


def target_or_failure(device: Device, ring: KeyRing) -> Target | str:
    """Return the device's target, or the code of why there is none."""
    try:
        return build_target(device, ring)
    except CredentialUnreadable:
        return "credential_unreadable"
    except InvalidTarget:
        return "target_invalid"
