"""Let only authentic SNMPv3 answers reach the fast engine, which does not check their digest itself."""

import hmac
import os
import socket
from typing import Final

from network.targets import AuthProtocol

# Digest name, and how much of it stands in a message (RFC 3414, RFC 7860).
DIGESTS: Final = {
    AuthProtocol.MD5: ("md5", 12),
    AuthProtocol.SHA: ("sha1", 12),
    AuthProtocol.SHA224: ("sha224", 16),
    AuthProtocol.SHA256: ("sha256", 24),
    AuthProtocol.SHA384: ("sha384", 32),
    AuthProtocol.SHA512: ("sha512", 48),
}
_LARGEST_DATAGRAM: Final = 65_535
_AUTHENTICATED: Final = 0x01
_HEADERS: Final = 256  # the digest stands before this place in every message


class Malformed(ValueError):
    """A datagram that is no SNMPv3 message."""


class Unsigned(ValueError):
    """A message that carries no digest at all: a report of an agent that refuses our key, or a forgery."""


class Unwanted(ValueError):
    """A message whose digest is wrong: as if it had never come."""


class Gate:
    """Look at each datagram while it waits in the engine's socket, and throw away what must not pass."""

    def __init__(self, engine_socket: int) -> None:
        self._wire = socket.socket(fileno=os.dup(engine_socket))
        self._wire.setblocking(False)
        self._key: tuple[AuthProtocol, bytes] | None = None
        self._before_digest = b""

    def demand(self, protocol: AuthProtocol, localized_key: bytes, user: str) -> None:
        """From now on let in only what this key has signed for this user."""
        self._key = (protocol, localized_key)
        name = user.encode()
        self._before_digest = bytes((0x04, len(name))) + name + bytes((0x04, DIGESTS[protocol][1]))

    def inspect(self) -> None:
        """Leave the next datagram to the engine; raise `Unwanted` or `Unsigned` for what it shall not see."""
        datagram = self._wire.recv(_LARGEST_DATAGRAM, socket.MSG_PEEK)
        if self._key is None or self._is_signed_as_usual(datagram, *self._key):
            return
        try:
            is_welcome = is_authentic(datagram, *self._key)
        except Unsigned:
            self._drop()
            raise
        if not is_welcome:
            self._drop()
            raise Unwanted

    def _is_signed_as_usual(self, datagram: bytes, protocol: AuthProtocol, key: bytes) -> bool:
        """Find the digest by what stands before it: it covers all the rest, so none fits a wrong place."""
        found = datagram.find(self._before_digest, 0, _HEADERS)
        if found < 0:
            return False
        start = found + len(self._before_digest)
        return _is_signed(datagram, start, start + DIGESTS[protocol][1], protocol, key)

    def _drop(self) -> None:
        self._wire.recv(1)

    def close(self) -> None:
        """Give back our own hold of the socket."""
        self._wire.close()


def is_authentic(datagram: bytes, protocol: AuthProtocol, localized_key: bytes) -> bool:
    """Tell whether a message carries the digest that this key gives it; raise `Unsigned` if it has none."""
    _, length = DIGESTS[protocol]
    try:
        flags, start, end = _find_digest(datagram)
    except (IndexError, Malformed):
        return False
    if not flags & _AUTHENTICATED:
        raise Unsigned
    if end - start != length:
        return False
    return _is_signed(datagram, start, end, protocol, localized_key)


def _is_signed(datagram: bytes, start: int, end: int, protocol: AuthProtocol, localized_key: bytes) -> bool:
    unsigned = datagram[:start] + bytes(end - start) + datagram[end:]
    expected = hmac.digest(localized_key, unsigned, DIGESTS[protocol][0])[: end - start]
    return hmac.compare_digest(expected, datagram[start:end])


def _find_digest(datagram: bytes) -> tuple[int, int, int]:
    """Return the message's flags, and where its authentication parameters begin and end."""
    position, _ = _enter(datagram, 0, 0x30)
    position = _skip(datagram, position)  # version
    header, header_end = _enter(datagram, position, 0x30)
    header = _skip(datagram, _skip(datagram, header))  # message id, largest size
    flags_at, _ = _enter(datagram, header, 0x04)
    security, _ = _enter(datagram, header_end, 0x04)
    security, _ = _enter(datagram, security, 0x30)
    for _part in ("engine id", "boots", "time", "user"):
        security = _skip(datagram, security)
    start, end = _enter(datagram, security, 0x04)
    return datagram[flags_at], start, end


def _enter(datagram: bytes, position: int, tag: int) -> tuple[int, int]:
    """Return where the contents of an element begin and end."""
    if datagram[position] != tag:
        raise Malformed
    length, start = datagram[position + 1], position + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(datagram[start : start + count]), start + count
    if start + length > len(datagram):
        raise Malformed
    return start, start + length


def _skip(datagram: bytes, position: int) -> int:
    return _enter(datagram, position, datagram[position])[1]
