"""The outside of an SNMP message, read before any engine sees it: version, community, or the v3 header."""

from dataclasses import dataclass

V1, V2C, V3 = 0, 1, 3
_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04
_AUTH_FLAG, _PRIV_FLAG, _REPORTABLE_FLAG = 0x01, 0x02, 0x04
# What notifies: TrapPDU of v1, InformRequest and SNMPv2-Trap; only they are worth an engine's time.
_NOTIFYING = frozenset({0xA4, 0xA6, 0xA7})


class MalformedMessage(ValueError):
    """Bytes that are no SNMP message."""


@dataclass(frozen=True)
class CommunityMessage:
    """A message of SNMPv1 or SNMPv2c; the community is for comparing, never for keeping."""

    version: int
    community: bytes
    notifies: bool

    def __repr__(self) -> str:
        return f"CommunityMessage(version={self.version}, community=********)"


@dataclass(frozen=True)
class UserMessage:
    """The header of a message of SNMPv3."""

    flags: int
    engine_id: bytes
    user: bytes
    digest_at: int
    digest: bytes

    @property
    def security_level(self) -> str:
        """Return noAuthNoPriv, authNoPriv or authPriv."""
        if not self.flags & _AUTH_FLAG:
            return "noAuthNoPriv"
        return "authPriv" if self.flags & _PRIV_FLAG else "authNoPriv"

    @property
    def asks_who_we_are(self) -> bool:
        """Whether this is the discovery that comes before an inform."""
        is_open = self.security_level == "noAuthNoPriv"
        return is_open and bool(self.flags & _REPORTABLE_FLAG) and not self.engine_id


def read_outside(datagram: bytes) -> CommunityMessage | UserMessage:
    """Return what the outside of a message says, or raise MalformedMessage."""
    start, end = _enter(datagram, 0, len(datagram), _SEQUENCE)
    version, at = _integer(datagram, start, end)
    if version in (V1, V2C):
        community_at, community_end = _enter(datagram, at, end, _OCTETS)
        notifies = community_end < end and datagram[community_end] in _NOTIFYING
        return CommunityMessage(version, datagram[community_at:community_end], notifies)
    if version != V3:
        raise MalformedMessage("no version of SNMP")
    return _user_message(datagram, at, end)


def _user_message(datagram: bytes, at: int, end: int) -> UserMessage:
    header, header_end = _enter(datagram, at, end, _SEQUENCE)
    _, header = _integer(datagram, header, header_end)
    _, header = _integer(datagram, header, header_end)
    flags_at, flags_end = _enter(datagram, header, header_end, _OCTETS)
    if flags_end - flags_at != 1:
        raise MalformedMessage("no flags")
    octets, octets_end = _enter(datagram, header_end, end, _OCTETS)
    inner, inner_end = _enter(datagram, octets, octets_end, _SEQUENCE)
    engine_at, engine_end = _enter(datagram, inner, inner_end, _OCTETS)
    _, at = _integer(datagram, engine_end, inner_end)
    _, at = _integer(datagram, at, inner_end)
    user_at, user_end = _enter(datagram, at, inner_end, _OCTETS)
    digest_at, digest_end = _enter(datagram, user_end, inner_end, _OCTETS)
    if engine_end - engine_at > 32 or user_end - user_at > 32:
        raise MalformedMessage("an engine id or user name that is too long")
    return UserMessage(
        flags=datagram[flags_at],
        engine_id=datagram[engine_at:engine_end],
        user=datagram[user_at:user_end],
        digest_at=digest_at,
        digest=datagram[digest_at:digest_end],
    )


def _integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    start, after = _enter(data, at, end, _INTEGER)
    if not 1 <= after - start <= 5:
        raise MalformedMessage("an odd number")
    return int.from_bytes(data[start:after], "big", signed=True), after


def _enter(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at `at` begins and ends."""
    if at + 2 > end or data[at] != tag:
        raise MalformedMessage("another element was expected")
    length, start = data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or start + size > end:
            raise MalformedMessage("an odd length")
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > end:
        raise MalformedMessage("cut off")
    return start, start + length
