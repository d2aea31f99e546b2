"""SNMP traps and informs: a receiver that nobody can stop from outside, turning each into a plain record."""

import asyncio
import socket
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]
from pysnmp.carrier.asyncio.dgram import udp, udp6  # type: ignore[import-untyped]
from pysnmp.entity import config, engine  # type: ignore[import-untyped]
from pysnmp.entity.rfc3413 import ntfrcv  # type: ignore[import-untyped]
from pysnmp.error import PySnmpError  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902  # type: ignore[import-untyped]
from pysnmp.proto.secmod.rfc2576 import (  # type: ignore[import-untyped]
    SnmpV1SecurityModel,
    SnmpV2cSecurityModel,
)

from network.snmp.pysnmp_engine import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from network.targets import SnmpCredentials, SnmpV2cCredentials, SnmpV3Credentials
from network.trap_kinds import TrapKind, find_trap_kind, object_name
from network.trap_limits import TrapLimits
from network.trap_messages import CommunityMessage, MalformedMessage, UserMessage, read_outside
from network.trap_users import TrapUsers

MAXIMUM_VARBINDS: Final = 64
MAXIMUM_VALUE_LENGTH: Final = 500
_RECEIVE_BUFFER_BYTES: Final = 1024 * 1024
_ENGINE_IDS_REMEMBERED: Final = 1000
# pysnmp keeps a little of every odd message for good; a fresh engine forgets it.
_MESSAGES_PER_ENGINE: Final = 50_000
_WEAR_OF_AN_ERROR: Final = 100
_UPTIME: Final = "1.3.6.1.2.1.1.3.0"
_TRAP_OID: Final = "1.3.6.1.6.3.1.1.4.1.0"
# snmpTrapCommunity and snmpTrapEnterprise: the first is a secret, the second stands in the trap's OID.
_LEFT_OUT: Final = frozenset({_UPTIME, _TRAP_OID, "1.3.6.1.6.3.18.1.4.0", "1.3.6.1.6.3.1.1.4.3.0"})
# pysnmp decodes what a stranger sent and lets whatever that leads to come through, a KeyError for instance.
# A kind that is missing here would still only end up in the event loop's log.
_RAISED_OVER_HOSTILE_BYTES: Final = (
    PySnmpError,
    PyAsn1Error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
_VERSIONS: Final = {0: "v1", 1: "v2c"}


@dataclass(frozen=True)
class TrapVarbind:
    """One object that a trap carries, its value as text."""

    oid: str
    kind: str
    value: str

    @property
    def name(self) -> str:
        """The object's name, as ifDescr.3, or its number."""
        return object_name(self.oid)


@dataclass(frozen=True, kw_only=True)
class Trap:
    """One notification, without the community or key that it came with."""

    received_at: datetime
    source: str
    version: str
    oid: str
    uptime_seconds: float | None
    varbinds: tuple[TrapVarbind, ...] = ()
    left_out: int = 0

    @property
    def kind(self) -> TrapKind | None:
        """What the trap means, where it is known."""
        return find_trap_kind(self.oid)


@dataclass
class TrapReceiver:
    """Listens on one address. `accept` gets each trap; it must be quick and may raise nothing.

    `counts` says what came of the datagrams: accepted, flood, malformed, unauthorised, other.
    """

    accept: Callable[[Trap], None]
    credentials: Iterable[SnmpCredentials] = ()
    any_community: bool = False
    limits: TrapLimits = field(default_factory=lambda: TrapLimits(clock=time.monotonic))
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    tell_flood: Callable[[str], None] = lambda _source: None

    def __post_init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.address: tuple[str, int] = ("", 0)
        self._transport: asyncio.DatagramTransport | None = None
        self._flooding: OrderedDict[str, None] = OrderedDict()
        self._engine: _Engine | None = None
        self.use_credentials(self.credentials)

    def use_credentials(self, credentials: Iterable[SnmpCredentials]) -> None:
        """Accept what these credentials prove from now on."""
        kept = list(credentials)
        self._communities = {
            each.community.reveal().encode() for each in kept if isinstance(each, SnmpV2cCredentials)
        }
        self._users = TrapUsers(each for each in kept if isinstance(each, SnmpV3Credentials))
        # The engine knows users that may have lost their right.
        self._drop_engine()

    async def start(self, host: str, port: int) -> None:
        """Begin to listen, or raise OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
            bound.bind((host, port))
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(lambda: _Front(self), sock=bound)
        except OSError:
            bound.close()
            raise
        self._carrier = udp6 if family == socket.AF_INET6 else udp
        self.address = bound.getsockname()[:2]

    def close(self) -> None:
        """Stop listening."""
        self._drop_engine()
        if self._transport is not None:
            self._transport.close()

    def take(self, datagram: bytes, sender: tuple[Any, ...]) -> None:
        """Look at one datagram; whatever it holds, the receiver goes on."""
        # A socket for both families spells IPv4 this way; a link-local address carries its interface.
        source = str(sender[0]).partition("%")[0].removeprefix("::ffff:")
        if not self.limits.allow(source):
            self.counts["flood"] += 1
            self._note_flood(source)
            return
        try:
            self.counts[self._treat(datagram, sender, source)] += 1
        except MalformedMessage:
            self.counts["malformed"] += 1
        except _RAISED_OVER_HOSTILE_BYTES:
            self.counts["malformed"] += 1
            if self._engine is not None:
                self._engine.wear()

    def _note_flood(self, source: str) -> None:
        """Tell of a source once, and again only after many others were told of."""
        if source not in self._flooding:
            self._flooding[source] = None
            if len(self._flooding) > _ENGINE_IDS_REMEMBERED:
                self._flooding.popitem(last=False)
            self.tell_flood(source)

    def _treat(self, datagram: bytes, sender: tuple[Any, ...], source: str) -> str:
        outside = read_outside(datagram)
        sent_with: SnmpV3Credentials | None = None
        if isinstance(outside, CommunityMessage):
            if not outside.notifies:
                return "other"
            if not self.any_community and outside.community not in self._communities:
                return "unauthorised"
        else:
            sent_with = self._users.sender_of(outside, datagram)
            if sent_with is None and not outside.asks_who_we_are:
                return "unauthorised"
        return self._through_engine(datagram, sender, source, outside, sent_with)

    def _through_engine(
        self,
        datagram: bytes,
        sender: tuple[Any, ...],
        source: str,
        outside: CommunityMessage | UserMessage,
        sent_with: SnmpV3Credentials | None,
    ) -> str:
        if self._engine is not None and self._engine.is_worn:
            self._drop_engine()
        if self._engine is None:
            self._engine = _Engine(self._transport, self._carrier)
        if isinstance(outside, UserMessage) and sent_with is not None:
            self._engine.introduce(outside.engine_id, sent_with)
        varbinds = self._engine.read(datagram, sender)
        if varbinds is None:
            return "other" if isinstance(outside, UserMessage) else "malformed"
        version = _VERSIONS.get(outside.version, "") if isinstance(outside, CommunityMessage) else "v3"
        trap = build_trap(varbinds, source=source, version=version, received_at=self.now())
        if trap is None:
            return "malformed"
        self.accept(trap)
        return "accepted"

    def _drop_engine(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


class _Front(asyncio.DatagramProtocol):
    """The socket: everything that comes goes to the receiver, and no error ends it."""

    def __init__(self, receiver: TrapReceiver) -> None:
        self._receiver = receiver

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._receiver.take(data, addr)


class _AnyV1(SnmpV1SecurityModel):  # type: ignore[misc]
    """The community was compared before the engine saw the message."""

    def _com2sec(self, _engine: Any, _community: Any, _transport: Any) -> tuple[Any, Any, Any]:
        empty = rfc1902.OctetString(b"")
        return rfc1902.OctetString(b"trap"), _engine.snmpEngineID, empty


class _AnyV2c(_AnyV1, SnmpV2cSecurityModel):  # type: ignore[misc]
    SECURITY_MODEL_ID = SnmpV2cSecurityModel.SECURITY_MODEL_ID


class _Engine:
    """pysnmp's notification receiver behind our own socket: decodes, decrypts, acknowledges."""

    def __init__(self, transport: Any, carrier: Any) -> None:
        self._carrier = carrier
        self._engine = engine.SnmpEngine()
        self._engine.security_models[1] = _AnyV1()
        self._engine.security_models[2] = _AnyV2c()
        address_type = udp6.Udp6AsyncioTransport if carrier is udp6 else udp.UdpAsyncioTransport
        self._replies = address_type()
        self._replies.transport = transport
        config.add_transport(self._engine, carrier.DOMAIN_NAME, self._replies)
        self._found: Any = None
        self._messages = 0
        self._known: dict[tuple[bytes, str], SnmpV3Credentials] = {}
        ntfrcv.NotificationReceiver(self._engine, self._note)

    @property
    def is_worn(self) -> bool:
        """Whether it holds so much that a fresh one is better."""
        return self._messages >= _MESSAGES_PER_ENGINE or len(self._known) >= _ENGINE_IDS_REMEMBERED

    def wear(self) -> None:
        """Count an error: each may leave more behind than a message does."""
        self._messages += _WEAR_OF_AN_ERROR

    def close(self) -> None:
        """End its timer; the socket stays open for the next one."""
        self._replies.transport = None
        self._engine.close_dispatcher()

    def introduce(self, engine_id: bytes, user: SnmpV3Credentials) -> None:
        """Let the engine know a user at an engine: a trap's keys are those of its sender's engine."""
        if self._known.get((engine_id, user.user)) == user:
            return
        options: dict[str, Any] = {}
        if user.auth_protocol and user.auth_key:
            options |= {"authProtocol": AUTH_PROTOCOLS[user.auth_protocol], "authKey": user.auth_key.reveal()}
        if user.priv_protocol and user.priv_key:
            options |= {"privProtocol": PRIV_PROTOCOLS[user.priv_protocol], "privKey": user.priv_key.reveal()}
        config.add_v3_user(
            self._engine, user.user, securityEngineId=rfc1902.OctetString(engine_id), **options
        )
        self._known[engine_id, user.user] = user

    def read(self, datagram: bytes, sender: tuple[Any, ...]) -> Any:
        """Return the objects of the notification, or None where the message held none."""
        self._messages += 1
        self._found = None
        address = self._replies.ADDRESS_TYPE(sender)
        self._engine.message_dispatcher.receive_message(
            self._engine, self._carrier.DOMAIN_NAME, address, datagram
        )
        return self._found

    def _note(self, _engine: Any, _state: Any, _id: Any, _name: Any, varbinds: Any, _context: Any) -> None:
        self._found = varbinds


def build_trap(
    varbinds: Iterable[tuple[Any, Any]], *, source: str, version: str, received_at: datetime
) -> Trap | None:
    """Return the trap of the objects as SNMPv2 spells them, or None where they name no trap."""
    named = [(_dotted(oid), value) for oid, value in varbinds]
    values: Mapping[str, Any] = dict(named)
    oid = values.get(_TRAP_OID)
    if oid is None:
        return None
    uptime = values.get(_UPTIME)
    objects = [(name, value) for name, value in named if name not in _LEFT_OUT]
    return Trap(
        received_at=received_at,
        source=source,
        version=version,
        oid=_dotted(oid)[:MAXIMUM_VALUE_LENGTH],
        uptime_seconds=None if uptime is None else int(uptime) / 100,
        varbinds=tuple(_varbind(name, value) for name, value in objects[:MAXIMUM_VARBINDS]),
        left_out=max(0, len(objects) - MAXIMUM_VARBINDS),
    )


def _varbind(oid: str, value: Any) -> TrapVarbind:
    return TrapVarbind(oid[:MAXIMUM_VALUE_LENGTH], type(value).__name__, _text(value)[:MAXIMUM_VALUE_LENGTH])


def _text(value: Any) -> str:
    if isinstance(value, rfc1902.IpAddress):
        return ".".join(str(number) for number in value.asNumbers())
    if isinstance(value, rfc1902.OctetString):
        return _readable(value.asOctets())
    if isinstance(value, rfc1902.ObjectIdentifier):
        return _dotted(value)
    return str(value.prettyPrint())


def _readable(octets: bytes) -> str:
    """Return text where the bytes are text, else their hexadecimal digits."""
    try:
        text = octets.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if all(letter.isprintable() or letter in "\r\n\t" for letter in text):
        return text
    return "0x" + octets[: MAXIMUM_VALUE_LENGTH // 2].hex()


def _dotted(oid: Any) -> str:
    return ".".join(str(number) for number in tuple(oid))
