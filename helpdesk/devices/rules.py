"""Rules of devices: what is an address, a port, a usable credential. Pure."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SNMP_V1: Final = "snmp_v1"
SNMP_V2C: Final = "snmp_v2c"
SNMP_V3: Final = "snmp_v3"
SSH: Final = "ssh"
KINDS: Final = (SNMP_V1, SNMP_V2C, SNMP_V3, SSH)
SNMP_KINDS: Final = (SNMP_V1, SNMP_V2C, SNMP_V3)
AUTH_PROTOCOLS: Final = ("MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIV_PROTOCOLS: Final = ("DES", "AES-128", "AES-192", "AES-256")
SNMPV3_KEY_MINIMUM: Final = 8
DEFAULT_PORTS: Final = {"snmp_port": 161, "ssh_port": 22}

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class DeviceInput:
    """A device as a person describes it."""

    site_id: int
    name: str
    address: str
    snmp_port: int = DEFAULT_PORTS["snmp_port"]
    ssh_port: int = DEFAULT_PORTS["ssh_port"]
    platform: str | None = None
    description: str = ""
    snmp_credential_id: int | None = None
    ssh_credential_id: int | None = None
    allow_old_ciphers: bool = False
    parent_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class SiteInput:
    """A site as a person describes it."""

    code: str
    name: str
    address: str = ""
    snapshot_minutes: int | None = None


def address_problem(text: str) -> str | None:
    """Return the English msgid of what is wrong with an address, or None."""
    host = _bare(text)
    if not host or len(host) > 253 or _CONTROL.search(host) or " " in host:
        return "Write an IP address or a host name, without spaces."
    if "/" in host or "@" in host:
        return "Write the address only, without http://, user name or path."
    try:
        return _ip_problem(ipaddress.ip_address(host))
    except ValueError:
        pass
    if host.count(":") == 1:
        return "Write the port in its own field."
    if re.fullmatch(r"[0-9.]+", host) or ":" in host:
        return "This is not an IP address."
    if not all(_LABEL.match(label) for label in host.lower().split(".")):
        return "A host name has only letters, digits, hyphens and dots."
    return None


def _ip_problem(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
    is_broadcast = address == ipaddress.IPv4Address("255.255.255.255")
    if address.is_unspecified or address.is_multicast or is_broadcast:
        return "This address does not belong to a single device."
    return None


def normalise_address(text: str) -> str:
    """Return the one spelling of an address, so that the same device is recognised."""
    host = _bare(text)
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower()


def _bare(text: str) -> str:
    return text.strip().removeprefix("[").removesuffix("]").removesuffix(".")


def name_problem(text: str, *, maximum: int = 120) -> str | None:
    """Return the English msgid of what is wrong with a name, or None."""
    if not text.strip():
        return "Fill in a name."
    if len(text) > maximum or any(unicodedata.category(letter)[0] == "C" for letter in text):
        return "The name is too long or has characters that cannot be printed."
    return None


def parent_problem(
    device_id: int | None, parent_id: int | None, parents: Mapping[int, int | None]
) -> str | None:
    """Return the English msgid of why a device cannot be reached through another, or None."""
    if parent_id is None:
        return None
    if parent_id not in parents:
        return "This device does not exist."
    if parent_id == device_id:
        return "A device cannot be reached through itself. Choose another one, or none."
    passed: set[int] = set()
    before: int | None = parent_id
    while before is not None and before not in passed:
        passed.add(before)
        before = parents.get(before)
        if before == device_id and device_id is not None:
            return "That device is itself reached through this one. Choose another one, or none."
    return None


def secret_names(kind: str, public: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which secrets a credential of the kind has."""
    if kind in (SNMP_V1, SNMP_V2C):
        return ("community",)
    if kind == SSH:
        return ("password",)
    names = ("auth_key",) if public.get("auth_protocol") else ()
    return (*names, "priv_key") if public.get("priv_protocol") else names


def credential_problem(
    kind: str, public: Mapping[str, Any], secret: Mapping[str, str]
) -> tuple[str, str] | None:
    """Return the field and the English msgid of what makes a credential unusable, or None."""
    if kind == SNMP_V3 and not public.get("user"):
        return "user", "Fill in the user name."
    if kind == SSH and not public.get("username"):
        return "username", "Fill in the user name."
    if kind == SNMP_V3 and public.get("priv_protocol") and not public.get("auth_protocol"):
        return "auth_protocol", "Encryption needs authentication as well."
    for name in secret_names(kind, public):
        if not secret.get(name):
            return name, "Fill in the secret."
        if kind == SNMP_V3 and len(secret[name]) < SNMPV3_KEY_MINIMUM:
            return name, "An SNMPv3 key has at least 8 characters."
    return None
