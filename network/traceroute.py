"""The way to a device, router by router, without any privilege: datagrams that may go only so many hops.

Linux hands the ICMP answers to the datagrams of a socket to that socket (ip(7), IP_RECVERR), so that no raw
socket is needed; the libraries that trace a way all open one, which only root may.
"""

import select
import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

MOST_HOPS: Final = 20
# So long a router may take to say that a datagram ended there.
PATIENCE_SECONDS: Final = 1.0
# After so many in a row that say nothing, those behind them say nothing either.
MOST_SILENT: Final = 4
# Nobody listens there, so that the device itself says that the datagram came. The hop is added to it.
FIRST_PORT: Final = 33_434
# Between two datagrams: what is near answers before what is far is asked.
_PAUSE_SECONDS: Final = 0.02
_ERROR: Final = struct.Struct("=IBBBBII")  # sock_extended_err: errno, origin, type, code, padding, info, data
_ICMP_ORIGINS: Final = (2, 3)
# family → level, option that asks for errors, option that limits the hops, ICMP type "ended on the way",
# where the address stands in what follows the error
_FAMILIES: Final = {
    socket.AF_INET: (socket.IPPROTO_IP, 11, socket.IP_TTL, 11, slice(4, 8)),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25, socket.IPV6_UNICAST_HOPS, 3, slice(8, 24)),
}


@dataclass(frozen=True, kw_only=True)
class Hop:
    """Who said that a datagram ended there, and after how long; without an address nobody did."""

    number: int
    address: str | None = None
    milliseconds: float | None = None
    # The device itself, or a router that knows no way on.
    is_end: bool = False


def trace_route(address: str, *, most_hops: int = MOST_HOPS) -> tuple[Hop, ...]:
    """Return the hops to the address and the first silent one behind them; () where none can be asked."""
    if sys.platform != "linux":
        return ()
    try:
        family, _, _, _, where = socket.getaddrinfo(address, FIRST_PORT, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            return _Trace(asking, where).run(most_hops)
    except OSError:
        return ()


def read_error(family: int, data: bytes) -> tuple[bool, str] | None:
    """Return whether a datagram came to its end, and who says so; None where this machine itself refused it.

    `data` is a sock_extended_err of the kernel with the address behind it.
    """
    _, origin, kind, _, _, _, _ = _ERROR.unpack_from(data)
    _, _, _, ended_on_the_way, place = _FAMILIES[socket.AddressFamily(family)]
    if origin not in _ICMP_ORIGINS:
        return None
    return kind != ended_on_the_way, socket.inet_ntop(family, data[_ERROR.size :][place])


class _Trace:
    def __init__(self, asking: socket.socket, where: Any) -> None:
        self._socket, self._where = asking, where
        self._level, receive_errors, self._limit, _, _ = _FAMILIES[socket.AddressFamily(asking.family)]
        asking.setblocking(False)
        asking.setsockopt(self._level, receive_errors, 1)
        self._poll = select.poll()
        self._poll.register(asking, select.POLLERR)
        self._sent: dict[int, float] = {}
        self._heard: dict[int, Hop] = {}

    def run(self, most_hops: int) -> tuple[Hop, ...]:
        for number in range(1, most_hops + 1):
            self._send(number)
            self._hear(_PAUSE_SECONDS)
            if self._end or (self._is_silent and not self._hear(PATIENCE_SECONDS)):
                break
        until = time.monotonic() + PATIENCE_SECONDS
        while self._lacks_any and self._hear(until - time.monotonic()):
            pass
        last = self._end or max(self._heard, default=0) + 1
        return tuple(self._heard.get(one, Hop(number=one)) for one in self._sent if one <= last)

    @property
    def _end(self) -> int | None:
        return min((one.number for one in self._heard.values() if one.is_end), default=None)

    @property
    def _is_silent(self) -> bool:
        return max(self._sent) - max(self._heard, default=0) >= MOST_SILENT

    @property
    def _lacks_any(self) -> bool:
        return any(one not in self._heard for one in range(1, (self._end or max(self._sent)) + 1))

    def _send(self, number: int) -> None:
        self._socket.setsockopt(self._level, self._limit, number)
        where = (self._where[0], FIRST_PORT + number, *self._where[2:])
        self._sent[number] = time.monotonic()
        try:
            self._socket.sendto(b"disposisi", where)
        except OSError:
            # The answer to an earlier one is told here too, and this one was not sent.
            self._take()
            self._sent[number] = time.monotonic()
            self._socket.sendto(b"disposisi", where)

    def _hear(self, seconds: float) -> bool:
        """Take what is said in that time; False where it is nothing."""
        if seconds <= 0 or not self._poll.poll(seconds * 1000):
            return False
        self._take()
        return True

    def _take(self) -> None:
        while True:
            try:
                _, told, _, asked = self._socket.recvmsg(64, 256, socket.MSG_ERRQUEUE)
            except BlockingIOError:
                return
            at, number = time.monotonic(), asked[1] - FIRST_PORT
            for level, _, data in told:
                answer = read_error(self._socket.family, data) if level == self._level else None
                if answer is not None and number in self._sent:
                    milliseconds = (at - self._sent[number]) * 1000
                    hop = Hop(number=number, address=answer[1], milliseconds=milliseconds, is_end=answer[0])
                    self._heard.setdefault(number, hop)
