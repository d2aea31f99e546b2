"""Which ports the demo listens on: the one that was asked for, and a quiet range for its network."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from helpdesk.demo.errors import NoPortsForNetwork, PortInUse, PortNotAllowed

HOST = "127.0.0.1"
# More than the demo network has devices.
RANGE = 20


@dataclass(frozen=True)
class LabPorts:
    """The first port of the SNMP agents and of the SSH devices."""

    snmp: int
    ssh: int


def ensure_free(port: int) -> None:
    """Raise unless we may listen on the port."""
    try:
        _bind(port, socket.SOCK_STREAM)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise PortNotAllowed(port=port, reason=error.strerror) from None
        other = next((each for each in range(port + 1, min(port + 100, 65535)) if is_free(each)), 8080)
        raise PortInUse(port=port, other=other) from None


def is_free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Whether nobody listens on the port."""
    try:
        _bind(port, kind)
    except OSError:
        return False
    return True


def _bind(port: int, kind: socket.SocketKind) -> None:
    with closing(socket.socket(socket.AF_INET, kind)) as probe:
        if kind is socket.SOCK_STREAM:
            # As the server does it: a port that was just closed counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        if kind is socket.SOCK_STREAM:
            probe.listen(1)


def lab_ports(kept: Path) -> LabPorts:
    """Return the ports of the demo network: the kept ones, since its devices are registered under them."""
    if kept.exists():
        return LabPorts(**json.loads(kept.read_text("utf-8")))
    ports = other_lab_ports()
    keep_lab_ports(kept, ports)
    return ports


def other_lab_ports() -> LabPorts:
    """Return the first ports for a demo network where nobody listens."""
    ports = next((each for each in _candidates() if is_range_free(each)), None)
    if ports is None:
        raise NoPortsForNetwork
    return ports


def keep_lab_ports(kept: Path, ports: LabPorts) -> None:
    """Write down under which ports the devices are registered."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(ports)) + "\n", "utf-8")


def trap_port() -> int:
    """Return a port for traps that nobody listens on: 1162, or one shortly after it."""
    first = 1162
    free = (port for port in range(first, first + 100) if is_free(port, socket.SOCK_DGRAM))
    return next(free, first)


def _candidates() -> Iterator[LabPorts]:
    for offset in range(0, 3000, 100):
        yield LabPorts(16100 + offset, 12200 + offset)


def is_range_free(ports: LabPorts) -> bool:
    """Whether nobody listens where the demo network would."""
    agents = all(is_free(port, socket.SOCK_DGRAM) for port in range(ports.snmp, ports.snmp + RANGE))
    return agents and all(is_free(port) for port in range(ports.ssh, ports.ssh + RANGE))
