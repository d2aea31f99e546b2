"""Ports for servers that must be told theirs before they start."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

HOST = "127.0.0.1"
LOWEST = 20_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that nobody has, and that the system gives to nobody of itself.

    One of those that it hands to whoever asks for any port would now and then be somebody else's by the time
    its server starts: two test runs, and every client's socket, draw from them all the time.
    """
    for _ in range(1000):
        port = LOWEST + secrets.randbelow(_first_given_away() - LOWEST)
        # The next one is for a relay in front of the server.
        if _is_free(port, kind) and _is_free(port + 1, kind):
            return port
    raise AssertionError("no port is free here")


def _first_given_away() -> int:
    try:
        first = int(_RANGE.read_text("ascii").split()[0])
    except OSError:
        first = 0
    # A system with another range than the usual one gives away nearly all: then one is as good as another.
    return first if first > LOWEST + 1000 else 32_768


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
