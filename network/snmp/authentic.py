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


class Malformed(ValueError):
    """A datagram that is no SNMPv3 message."""


class Unsigned(ValueError):
    """A message that carries no digest at all: a report of an agent that refuses our key, or a forgery."""


class Unwanted(ValueError):
    """A message whose digest is wrong: as if it had never come."""


class Gate:
    """A UDP socket of our own in the place of the engine's: it hands on what passes and drops the rest."""

    def __init__(self, engine_socket: int, family: int, address: tuple[str, int]) -> None:
        self._wire = socket.socket(family, socket.SOCK_DGRAM)
        self._wire.setblocking(False)
        self._wire.connect(address)
        self._inside, engine_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._inside.setblocking(False)
        # The engine goes on with the same number; behind it is now our end of the pair.
        os.dup2(engine_end.fileno(), engine_socket)
        os.set_blocking(engine_socket, False)
        engine_end.close()
        self._key: tuple[AuthProtocol, bytes] | None = None

    def fileno(self) -> int:
        """Return the socket on which answers arrive."""
        return self._wire.fileno()

    def demand(self, protocol: AuthProtocol, localized_key: bytes) -> None:
        """From now on hand on only what this key has signed."""
        self._key = (protocol, localized_key)

    def hand_out(self) -> None:
        """Send what the engine has just written."""
        self._wire.send(self._inside.recv(_LARGEST_DATAGRAM))

    def hand_in(self) -> None:
        """Give the next datagram to the engine; raise `Unwanted` or `Unsigned` for what must not pass."""
        datagram = self._wire.recv(_LARGEST_DATAGRAM)
        if self._key is not None and not is_authentic(datagram, *self._key):
            raise Unwanted
        self._inside.send(datagram)

    def close(self) -> None:
        """Close both sockets."""
        self._wire.close()
        self._inside.close()


def is_authentic(datagram: bytes, protocol: AuthProtocol, localized_key: bytes) -> bool:
    """Tell whether a message carries the digest that this key gives it; raise `Unsigned` if it has none."""
    name, length = DIGESTS[protocol]
    try:
        flags, start, end = _find_digest(datagram)
    except (IndexError, Malformed):
        return False
    if not flags & _AUTHENTICATED:
        raise Unsigned
    if end - start != length:
        return False
    unsigned = datagram[:start] + bytes(length) + datagram[end:]
    expected = hmac.digest(localized_key, unsigned, name)[:length]
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
