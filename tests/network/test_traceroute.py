"""The way to a device: each hop by who answers for it, and an honest end where nobody does."""

from __future__ import annotations

import errno
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from network import traceroute
from network.traceroute import FIRST_PORT, MOST_SILENT, read_error, trace_route

END = 3  # ICMP: destination unreachable, as the device says of a port where nobody listens
ON_THE_WAY = 11  # ICMP: time exceeded
DEVICE = "10.77.3.2"


def as_the_kernel_tells(kind: int, address: str, origin: int = 2) -> bytes:
    return struct.pack("=IBBBBIIHH4s8x", 113, origin, kind, 0, 0, 0, 0, 2, 0, socket.inet_aton(address))


@dataclass
class Routers:
    """A socket whose datagrams are answered by routers of a table: hops → (ICMP type, who says it)."""

    answers: dict[int, tuple[int, str]]
    # Hops whose answer is told at the next sending, as an error of that, and only then.
    told_late: frozenset[int] = frozenset()
    family: int = socket.AF_INET
    limit: int = 0
    sent: list[int] = field(default_factory=list)
    queue: deque[tuple[int, bytes]] = field(default_factory=deque)
    held: deque[tuple[int, bytes]] = field(default_factory=deque)

    def __enter__(self) -> Routers:
        return self

    def __exit__(self, *_: object) -> None: ...

    def fileno(self) -> int:
        return 0

    def setblocking(self, _: bool) -> None: ...

    def setsockopt(self, _: int, option: int, value: int) -> None:
        if option == socket.IP_TTL:
            self.limit = value

    def sendto(self, _: bytes, where: Any) -> None:
        if self.held:
            self.queue.extend(self.held)
            self.held.clear()
            raise OSError(errno.ECONNREFUSED, "told late")
        assert where == (DEVICE, FIRST_PORT + self.limit)
        self.sent.append(self.limit)
        if self.limit in self.answers:
            told = (self.limit, as_the_kernel_tells(*self.answers[self.limit]))
            (self.held if self.limit in self.told_late else self.queue).append(told)

    def recvmsg(self, *_: int) -> tuple[bytes, list[tuple[int, int, bytes]], int, tuple[str, int]]:
        if not self.queue:
            raise BlockingIOError
        number, data = self.queue.popleft()
        return b"", [(socket.IPPROTO_IP, 11, data)], 0, (DEVICE, FIRST_PORT + number)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trace through a table of routers; whoever is silent is waited for without any time passing."""

    def trace(routers: Routers) -> list[tuple[int, str | None, bool]]:
        poll = SimpleNamespace(register=lambda *_: None, poll=lambda _: bool(routers.queue))
        monkeypatch.setattr(traceroute.select, "poll", lambda: poll)
        monkeypatch.setattr(traceroute.socket, "socket", lambda *_: routers)
        return [(hop.number, hop.address, hop.is_end) for hop in trace_route(DEVICE)]

    return trace


def test_the_way_ends_at_the_device_that_says_so() -> None:
    (hop,) = trace_route("127.0.0.1")
    assert (hop.number, hop.address, hop.is_end) == (1, "127.0.0.1", True)
    assert hop.milliseconds is not None


def test_each_router_on_the_way_is_told_in_order(ask: Any) -> None:
    routers = Routers({1: (ON_THE_WAY, "10.77.1.2"), 2: (ON_THE_WAY, "10.77.2.2"), 3: (END, DEVICE)})
    assert ask(routers) == [(1, "10.77.1.2", False), (2, "10.77.2.2", False), (3, DEVICE, True)]
    assert routers.sent == [1, 2, 3], "nothing is sent beyond the device"


def test_a_router_that_says_nothing_is_a_gap_and_no_end(ask: Any) -> None:
    assert ask(Routers({1: (ON_THE_WAY, "10.77.1.2"), 4: (END, DEVICE)})) == [
        (1, "10.77.1.2", False),
        (2, None, False),
        (3, None, False),
        (4, DEVICE, True),
    ]


def test_where_nobody_answers_any_more_the_way_stops_with_the_first_silence(ask: Any) -> None:
    routers = Routers({1: (ON_THE_WAY, "10.77.1.2"), 2: (ON_THE_WAY, "10.77.2.2")})
    assert ask(routers) == [(1, "10.77.1.2", False), (2, "10.77.2.2", False), (3, None, False)]
    assert max(routers.sent) == 2 + MOST_SILENT


def test_a_router_that_knows_no_way_on_is_the_end(ask: Any) -> None:
    assert ask(Routers({1: (ON_THE_WAY, "10.77.1.2"), 2: (END, "10.77.2.2")})) == [
        (1, "10.77.1.2", False),
        (2, "10.77.2.2", True),
    ]


def test_an_answer_that_is_told_as_an_error_of_the_next_sending_is_not_lost(ask: Any) -> None:
    routers = Routers({1: (ON_THE_WAY, "10.77.1.2"), 2: (END, DEVICE)}, told_late=frozenset({1}))
    assert ask(routers) == [(1, "10.77.1.2", False), (2, DEVICE, True)]


def test_a_name_that_is_not_known_has_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(traceroute.socket, "getaddrinfo", unknown)
    assert trace_route("tidak-ada.invalid") == ()


@pytest.mark.parametrize(
    ("family", "told", "expected"),
    [
        (
            socket.AF_INET,
            "71000000020b00000000000000000000020000000a4d01020000000000000000",
            (False, "10.77.1.2"),
        ),
        (
            socket.AF_INET,
            "6f000000020303000000000000000000020000000a4d03020000000000000000",
            (True, "10.77.3.2"),
        ),
        (
            socket.AF_INET6,
            "6f0000000301040000000000000000000a000000000000000000000000000000000000000000000100000000",
            (True, "::1"),
        ),
        (socket.AF_INET, as_the_kernel_tells(END, "0.0.0.0", origin=1).hex(), None),
    ],
    ids=["router", "device", "IPv6", "this machine"],
)
def test_what_the_kernel_tells_is_read(family: int, told: str, expected: tuple[bool, str] | None) -> None:
    assert read_error(family, bytes.fromhex(told)) == expected
