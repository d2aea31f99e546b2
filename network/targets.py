"""Where a device answers and with which credentials; a secret never shows itself."""

import enum
import ipaddress
import re
from dataclasses import dataclass, field
from typing import Any, Final, Self

SNMP_PORT: Final = 161
SSH_PORT: Final = 22
MINIMUM_V3_KEY_LENGTH: Final = 8

_INDONESIAN: Final = {"authentication": "Autentikasi", "privacy": "Enkripsi"}
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?\Z", re.ASCII)
_HOST_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}\Z", re.ASCII)


class InvalidTarget(ValueError):
    """An address, port or credential that cannot be used; it says which and why, in both languages."""

    def __init__(self, english: str, indonesian: str) -> None:
        super().__init__(english)
        self.indonesian = indonesian

    def describe(self, language: str = "en") -> str:
        """Return the sentence in the language asked for."""
        return self.indonesian if language.startswith("id") else str(self)


class Secret:
    """A value that only `reveal()` gives away: never its repr, its str, a pickle or a comparison message."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the protocol library only."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(********)"

    def __str__(self) -> str:
        return "********"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> Any:
        raise TypeError("A secret is not written to a file or sent to another process.")


def as_secret(value: "str | Secret") -> Secret:
    """Wrap a plain string, leave a secret alone."""
    return value if isinstance(value, Secret) else Secret(value)


class AuthProtocol(enum.StrEnum):
    """How an SNMPv3 message proves who sent it."""

    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class PrivProtocol(enum.StrEnum):
    """How an SNMPv3 message is encrypted."""

    DES = "DES"
    AES128 = "AES-128"
    AES192 = "AES-192"
    AES256 = "AES-256"


@dataclass(frozen=True)
class _Community:
    community: Secret

    def __post_init__(self) -> None:
        object.__setattr__(self, "community", as_secret(self.community))
        if not self.community:
            raise InvalidTarget("The SNMP community is empty.", "Community SNMP kosong.")

    @classmethod
    def of(cls, community: str) -> Self:
        """Build from a plain string."""
        return cls(Secret(community))


@dataclass(frozen=True)
class SnmpV1Credentials(_Community):
    """A community for devices that know nothing newer: no 64-bit counters, one row a request."""


@dataclass(frozen=True)
class SnmpV2cCredentials(_Community):
    """A community, as SNMPv2c sends it in the clear."""


@dataclass(frozen=True)
class SnmpV3Credentials:
    """An SNMPv3 user with none, one or both of authentication and privacy."""

    user: str
    auth_protocol: AuthProtocol | None = None
    auth_key: Secret | None = None
    priv_protocol: PrivProtocol | None = None
    priv_key: Secret | None = None

    def __post_init__(self) -> None:
        if not self.user:
            raise InvalidTarget("The SNMPv3 user name is empty.", "Nama pengguna SNMPv3 kosong.")
        for name in ("auth_key", "priv_key"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, as_secret(value))
        _ensure_protocol_and_key("authentication", self.auth_protocol, self.auth_key)
        _ensure_protocol_and_key("privacy", self.priv_protocol, self.priv_key)
        if self.priv_protocol is not None and self.auth_protocol is None:
            raise InvalidTarget(
                "SNMPv3 privacy needs authentication as well.", "Enkripsi SNMPv3 memerlukan autentikasi juga."
            )

    @classmethod
    def of(
        cls,
        user: str,
        auth_protocol: str | None = None,
        auth_key: str | None = None,
        priv_protocol: str | None = None,
        priv_key: str | None = None,
    ) -> Self:
        """Build from plain strings, with the usual spellings of the protocol names."""
        return cls(
            user=user,
            auth_protocol=parse_auth_protocol(auth_protocol) if auth_protocol else None,
            auth_key=Secret(auth_key) if auth_key else None,
            priv_protocol=parse_priv_protocol(priv_protocol) if priv_protocol else None,
            priv_key=Secret(priv_key) if priv_key else None,
        )

    @property
    def security_level(self) -> str:
        """Return noAuthNoPriv, authNoPriv or authPriv."""
        if self.auth_protocol is None:
            return "noAuthNoPriv"
        return "authNoPriv" if self.priv_protocol is None else "authPriv"


SnmpCredentials = SnmpV1Credentials | SnmpV2cCredentials | SnmpV3Credentials


@dataclass(frozen=True)
class SshCredentials:
    """A login, the host key it is meant for, and whether SHA-1 is allowed for this one device."""

    username: str
    password: Secret
    host_key_sha256: str | None = None
    accept_any_host_key: bool = False
    allow_old_ciphers: bool = False
    # The device refused this login before: it is not tried again, and the snapshot says so.
    stopped: bool = False

    @classmethod
    def of(
        cls,
        username: str,
        password: str,
        *,
        host_key_sha256: str | None = None,
        accept_any_host_key: bool = False,
        allow_old_ciphers: bool = False,
    ) -> Self:
        """Build from plain strings."""
        return cls(username, Secret(password), host_key_sha256, accept_any_host_key, allow_old_ciphers)

    def __post_init__(self) -> None:
        object.__setattr__(self, "password", as_secret(self.password))
        if not self.username:
            raise InvalidTarget("The SSH user name is empty.", "Nama pengguna SSH kosong.")
        if self.host_key_sha256 is not None:
            object.__setattr__(self, "host_key_sha256", parse_host_key(self.host_key_sha256))


@dataclass(frozen=True, kw_only=True)
class Target:
    """One device to read: where it answers, and what may be asked with which credentials."""

    address: str
    snmp_port: int = SNMP_PORT
    ssh_port: int = SSH_PORT
    snmp: SnmpCredentials | None = None
    ssh: SshCredentials | None = None
    platform: str | None = None
    name: str = field(default="")
    parent: str | None = None  # the name of the device it is reached through
    site: str | None = None  # the devices of one site share its SSH sessions

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", parse_host(self.address))
        for port in (self.snmp_port, self.ssh_port):
            _ensure_port(port)
        if not self.name:
            object.__setattr__(self, "name", self.address)


def parse_host(text: str) -> str:
    """Return the host of a target: an IPv4 or IPv6 address, or a host name."""
    host = text.strip().removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if re.fullmatch(r"[0-9.]+", host) or not _HOST_NAME.match(host):
        raise InvalidTarget(
            f"{text!r} is neither an IP address nor a host name.", f"{text!r} bukan alamat IP atau nama host."
        )
    return host.rstrip(".")


def parse_address(text: str, *, default_port: int = SNMP_PORT) -> tuple[str, int]:
    """Split HOST, HOST:PORT, IPV6 or [IPV6]:PORT into host and port."""
    text = text.strip()
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", text)
    if bracketed:
        host, port = bracketed.group(1), bracketed.group(2)
    elif text.count(":") == 1:
        host, port = text.split(":")
    else:
        host, port = text, None
    return parse_host(host), default_port if port is None else parse_port(port)


def parse_port(text: str) -> int:
    """Return a port number from 1 to 65535."""
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII):
        raise InvalidTarget(f"{text!r} is not a port number.", f"{text!r} bukan nomor port.")
    return _ensure_port(int(text))


def parse_host_key(text: str) -> str:
    """Return a fingerprint as OpenSSH prints it: SHA256: and 43 characters."""
    fingerprint = text.strip().rstrip("=")
    if not fingerprint.startswith("SHA256:"):
        fingerprint = f"SHA256:{fingerprint}"
    if not _HOST_KEY.match(fingerprint):
        raise InvalidTarget(
            "A host key fingerprint looks like SHA256: followed by 43 characters.",
            "Sidik jari kunci host ditulis SHA256: diikuti 43 karakter.",
        )
    return fingerprint


def parse_auth_protocol(text: str) -> AuthProtocol:
    """Return the protocol for MD5, SHA, SHA1, SHA256, sha-256 …"""
    return AuthProtocol(_find_protocol(text, {"SHA1": "SHA"}, [p.value for p in AuthProtocol]))


def parse_priv_protocol(text: str) -> PrivProtocol:
    """Return the protocol for DES, AES, AES128, aes-256 …"""
    return PrivProtocol(_find_protocol(text, {"AES": "AES-128"}, [p.value for p in PrivProtocol]))


def _find_protocol(text: str, synonyms: dict[str, str], known: list[str]) -> str:
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    for name in known:
        if plain == name.replace("-", "") or synonyms.get(plain) == name:
            return name
    raise InvalidTarget(
        f"{text!r} is not one of {', '.join(known)}.",
        f"{text!r} tidak dikenal. Pilihannya: {', '.join(known)}.",
    )


def _ensure_port(port: int) -> int:
    if not 1 <= port <= 65535:
        raise InvalidTarget(
            f"Port {port} is not between 1 and 65535.", f"Port {port} tidak terletak antara 1 dan 65535."
        )
    return port


def _ensure_protocol_and_key(what: str, protocol: enum.StrEnum | None, key: Secret | None) -> None:
    if (protocol is None) != (key is None):
        raise InvalidTarget(
            f"SNMPv3 {what} needs both a protocol and a key.",
            f"{_INDONESIAN[what]} SNMPv3 memerlukan protokol dan kunci.",
        )
    if key is not None and len(key.reveal()) < MINIMUM_V3_KEY_LENGTH:
        raise InvalidTarget(
            f"The SNMPv3 {what} key needs at least {MINIMUM_V3_KEY_LENGTH} characters.",
            f"Kunci {_INDONESIAN[what].lower()} SNMPv3 paling sedikit {MINIMUM_V3_KEY_LENGTH} karakter.",
        )
