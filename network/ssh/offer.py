"""What an SSH server offers, in its own words before any sign-in: to say why two sides do not agree."""

import contextlib
import socket
from typing import Final

_KEX_INIT: Final = 20
_COOKIE_OCTETS: Final = 16
_LONGEST_PACKET: Final = 35_000
# The order of the lists in the message; only these four are told to people.
_LISTS: Final = ("kex", "host key", "cipher", "cipher", "mac")
# Names in the list of key exchanges that only say what else a side can do.
_NO_ALGORITHM: Final = ("kex-strict-", "ext-info-")


def read_offer(host: str, port: int, timeout_seconds: float) -> dict[str, tuple[str, ...]]:
    """Return the algorithms by kind, empty when the server does not say."""
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        socket.create_connection((host, port), timeout=timeout_seconds) as connection,
    ):
        connection.settimeout(timeout_seconds)
        connection.sendall(b"SSH-2.0-Disposisi\r\n")
        with connection.makefile("rb") as stream:
            # Other lines may come before the identification.
            lines = (stream.readline(1024) for _ in range(50))
            if not any(line.startswith(b"SSH-") for line in lines):
                return {}
            length = int.from_bytes(stream.read(4), "big")
            return _parse(stream.read(min(length, _LONGEST_PACKET)))
    return {}


def _parse(packet: bytes) -> dict[str, tuple[str, ...]]:
    if packet[1] != _KEX_INIT:
        return {}
    position, offer = 2 + _COOKIE_OCTETS, dict[str, tuple[str, ...]]()
    for kind in _LISTS:
        length = int.from_bytes(packet[position : position + 4], "big")
        names = packet[position + 4 : position + 4 + length].decode("ascii", "replace")
        offer.setdefault(kind, tuple(name for name in names.split(",") if not name.startswith(_NO_ALGORITHM)))
        position += 4 + length
    return offer
