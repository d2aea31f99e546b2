"""The reference engine: pysnmp, one SnmpEngine per credential profile, living in one loop."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from weakref import WeakValueDictionary

from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.entity import config  # type: ignore[import-untyped]
from pysnmp.error import PySnmpError  # type: ignore[import-untyped]
from pysnmp.hlapi.v3arch.asyncio import (  # type: ignore[import-untyped]
    USM_AUTH_HMAC96_MD5,
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC128_SHA224,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC256_SHA384,
    USM_AUTH_HMAC384_SHA512,
    USM_PRIV_CBC56_DES,
    USM_PRIV_CFB128_AES,
    USM_PRIV_CFB192_AES,
    USM_PRIV_CFB256_AES,
    CommunityData,
    ContextData,
    SnmpEngine,
    UsmUserData,
    bulk_cmd,
    get_cmd,
    next_cmd,
)
from pysnmp.proto import errind, rfc1902, rfc1905  # type: ignore[import-untyped]
from pysnmp.smi.rfc1902 import ObjectType  # type: ignore[import-untyped]

from network.snmp.addresses import resolve
from network.snmp.pysnmp_transport import open_target
from network.snmp.reader import (
    END_OF_MIB,
    NO_SUCH,
    TOO_BIG,
    NoAnswer,
    Oid,
    Reply,
    SnmpError,
    UnsupportedSecurity,
    Value,
    WrongCredentials,
)
from network.targets import (
    AuthProtocol,
    PrivProtocol,
    Secret,
    SnmpCredentials,
    SnmpV1Credentials,
    SnmpV3Credentials,
    Target,
)

# The same for every request: each distinct pair is one more row that pysnmp never frees.
REQUEST_TIMEOUT_SECONDS: Final = 1.5
REQUEST_RETRIES: Final = 1
TARGETS_PER_ENGINE: Final = 200
RECEIVE_BUFFER_BYTES: Final = 4 * 1024 * 1024

AUTH_PROTOCOLS: Final = {
    AuthProtocol.MD5: USM_AUTH_HMAC96_MD5,
    AuthProtocol.SHA: USM_AUTH_HMAC96_SHA,
    AuthProtocol.SHA224: USM_AUTH_HMAC128_SHA224,
    AuthProtocol.SHA256: USM_AUTH_HMAC192_SHA256,
    AuthProtocol.SHA384: USM_AUTH_HMAC256_SHA384,
    AuthProtocol.SHA512: USM_AUTH_HMAC384_SHA512,
}
PRIV_PROTOCOLS: Final = {
    PrivProtocol.DES: USM_PRIV_CBC56_DES,
    PrivProtocol.AES128: USM_PRIV_CFB128_AES,
    PrivProtocol.AES192: USM_PRIV_CFB192_AES,
    PrivProtocol.AES256: USM_PRIV_CFB256_AES,
}

# What pysnmp reports, and what it means to a person.
_INDICATIONS: Final[dict[type, type[SnmpError]]] = {
    errind.RequestTimedOut: NoAnswer,
    errind.UnknownUserName: WrongCredentials,
    errind.UnknownSecurityName: WrongCredentials,
    errind.UnknownCommunityName: WrongCredentials,
    errind.WrongDigest: WrongCredentials,
    errind.AuthenticationFailure: WrongCredentials,
    errind.AuthenticationError: WrongCredentials,
    errind.DecryptionError: WrongCredentials,
    errind.NoGroupName: WrongCredentials,
    errind.NoAccessEntry: WrongCredentials,
    errind.NoSuchView: WrongCredentials,
    errind.NotInView: WrongCredentials,
    errind.UnsupportedSecurityLevel: UnsupportedSecurity,
    errind.UnsupportedAuthProtocol: UnsupportedSecurity,
    errind.UnsupportedPrivProtocol: UnsupportedSecurity,
    errind.EncryptionError: UnsupportedSecurity,
}


class _EngineShard:
    """One SnmpEngine and how many targets it has met."""

    def __init__(self) -> None:
        self.engine = SnmpEngine()
        self.endpoints: set[tuple[str, int]] = set()
        self.enlarged: set[tuple[int, ...]] = set()
        self.users = 0
        self.retired = False

    def enlarge_receive_buffer(self, domain: tuple[int, ...]) -> None:
        """Give the socket room for the large answers of many devices at once, one time."""
        if domain in self.enlarged:
            return
        self.enlarged.add(domain)
        endpoint = getattr(config.get_transport(self.engine, domain), "transport", None)
        udp_socket = endpoint.get_extra_info("socket") if endpoint else None
        if udp_socket is not None:
            udp_socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def close_if_idle(self) -> None:
        """Close the engine once nobody asks through it any more."""
        if self.retired and not self.users:
            self.engine.close_dispatcher()


class EnginePool:
    """The engines of one event loop: one per credential profile and two hundred targets."""

    def __init__(self) -> None:
        self._shards: dict[SnmpCredentials, _EngineShard] = {}
        self._turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    def turn(self, target: Target) -> asyncio.Lock:
        """Return the lock of a device: who holds it has the only request in flight."""
        return self._turns.setdefault((target.address, target.snmp_port), asyncio.Lock())

    async def connect(
        self, target: Target, credentials: SnmpCredentials, vlan: int | None = None
    ) -> "PysnmpExchange":
        """Return an exchange with one device, or with what Cisco IOS keeps for one VLAN of it."""
        transport = await _open_transport(target)
        shard = self._shard_for(credentials, transport.transport_address[:2])
        if vlan is None:
            return PysnmpExchange(shard, _auth_data(credentials), transport)
        if isinstance(credentials, SnmpV3Credentials):
            return PysnmpExchange(shard, _auth_data(credentials), transport, f"vlan-{vlan}".encode())
        of_vlan = replace(credentials, community=Secret(f"{credentials.community.reveal()}@{vlan}"))
        return PysnmpExchange(shard, _auth_data(of_vlan), transport)

    def _shard_for(self, credentials: SnmpCredentials, endpoint: tuple[str, int]) -> _EngineShard:
        shard = self._shards.get(credentials)
        if (
            shard is not None
            and endpoint not in shard.endpoints
            and len(shard.endpoints) >= TARGETS_PER_ENGINE
        ):
            self.forget(credentials)
            shard = None
        if shard is None:
            shard = self._shards[credentials] = _EngineShard()
        shard.endpoints.add(endpoint)
        return shard

    def forget(self, credentials: SnmpCredentials) -> None:
        """Retire the engine of a profile; the next request makes a fresh one."""
        shard = self._shards.pop(credentials, None)
        if shard is not None:
            shard.retired = True
            shard.close_if_idle()

    def close(self) -> None:
        """Close every engine."""
        for credentials in list(self._shards):
            self.forget(credentials)


class PysnmpExchange:
    """Requests to one device through one engine."""

    def __init__(self, shard: _EngineShard, auth_data: Any, transport: Any, context: bytes = b"") -> None:
        self._shard, self._auth_data, self._transport = shard, auth_data, transport
        self._context = ContextData(contextName=context)
        shard.users += 1

    def close(self) -> None:
        """Give the engine back."""
        self._shard.users -= 1
        self._shard.close_if_idle()

    async def get(self, oids: Sequence[Oid]) -> Reply:
        """Send GET."""
        return await self._send(get_cmd, (), oids)

    async def get_next(self, oids: Sequence[Oid]) -> Reply:
        """Send GETNEXT."""
        return await self._send(next_cmd, (), oids)

    async def get_bulk(self, oids: Sequence[Oid], repetitions: int) -> Reply:
        """Send GETBULK without non-repeaters."""
        return await self._send(bulk_cmd, (0, repetitions), oids)

    async def _send(self, command: Any, counts: tuple[int, ...], oids: Sequence[Oid]) -> Reply:
        try:
            indication, status, place, varbinds = await command(
                self._shard.engine,
                self._auth_data,
                self._transport,
                self._context,
                *counts,
                *map(_Asked, oids),
                lookupMib=False,
            )
        except PySnmpError as error:
            raise SnmpError(type(error).__name__) from error
        self._shard.enlarge_receive_buffer(self._transport.TRANSPORT_DOMAIN)
        if indication:
            return _indicated(indication)
        return Reply([(tuple(name), _plain(value)) for name, value in varbinds], int(status), int(place))


class _Asked(ObjectType):  # type: ignore[misc]
    """An instance asked for by its numbers: nothing about it is looked up in pysnmp's MIBs."""

    def __init__(self, oid: Oid) -> None:
        self._varbind = (rfc1902.ObjectName(oid), _NOTHING)

    def resolve_with_mib(self, *_: Any, **__: Any) -> Any:
        """Return what goes into the request."""
        return self._varbind


_NOTHING: Final = rfc1905.unSpecified


def _indicated(indication: Any) -> Reply:
    if isinstance(indication, errind.TooBig):
        return Reply((), TOO_BIG)
    if isinstance(indication, errind.EmptyResponse | errind.OidNotIncreasing):
        return Reply(())
    raise _INDICATIONS.get(type(indication), SnmpError)(str(indication))


def _plain(value: Any) -> Value:
    kind = type(value)
    if kind in _CONVERTERS:
        return _CONVERTERS[kind](value)  # type: ignore[no-any-return]
    for known, convert in _CONVERTERS.items():
        if isinstance(value, known):
            return convert(value)  # type: ignore[no-any-return]
    return NO_SUCH


_CONVERTERS: Final[dict[Any, Any]] = {
    rfc1905.EndOfMibView: lambda _: END_OF_MIB,
    rfc1905.NoSuchObject: lambda _: NO_SUCH,
    rfc1905.NoSuchInstance: lambda _: NO_SUCH,
    rfc1902.Counter32: int,
    rfc1902.Counter64: int,
    rfc1902.Gauge32: int,
    rfc1902.Unsigned32: int,
    rfc1902.TimeTicks: int,
    rfc1902.Integer32: int,
    rfc1902.Integer: int,
    rfc1902.IpAddress: lambda value: value.asOctets(),
    rfc1902.Opaque: lambda value: value.asOctets(),
    rfc1902.Bits: lambda value: value.asOctets(),
    rfc1902.OctetString: lambda value: value.asOctets(),
    univ.ObjectIdentifier: tuple,
    rfc1902.Null: lambda _: NO_SUCH,
}


def _auth_data(credentials: SnmpCredentials) -> Any:
    if not isinstance(credentials, SnmpV3Credentials):
        model = 0 if isinstance(credentials, SnmpV1Credentials) else 1
        return CommunityData(credentials.community.reveal(), mpModel=model)
    options: dict[str, Any] = {}
    if credentials.auth_protocol and credentials.auth_key:
        options["authKey"] = credentials.auth_key.reveal()
        options["authProtocol"] = AUTH_PROTOCOLS[credentials.auth_protocol]
    if credentials.priv_protocol and credentials.priv_key:
        options["privKey"] = credentials.priv_key.reveal()
        options["privProtocol"] = PRIV_PROTOCOLS[credentials.priv_protocol]
    return UsmUserData(credentials.user, **options)  # noqa: S509  the level is the administrator's choice


async def _open_transport(target: Target) -> Any:
    host, port = await resolve(target.address, target.snmp_port)
    return await open_target(host, port, timeout=REQUEST_TIMEOUT_SECONDS, retries=REQUEST_RETRIES)
