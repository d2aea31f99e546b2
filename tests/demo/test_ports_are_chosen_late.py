"""Two demo offices can be started side by side: neither keeps to a port that was free a minute ago."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from config import build_settings
from helpdesk.demo import cli, ports
from helpdesk.demo.programs import Program


class Neighbour:
    """A supervisor beside which another office takes the port of the traps while the first parts start."""

    is_stopping = False

    def __init__(self, taken: socket.socket) -> None:
        self.taken = taken
        self.ports: dict[str, str] = {}

    def run_once(self, command: object) -> int:
        """Prepare nothing."""
        return 0

    def start(self, program: Program) -> None:
        """Note what the part would listen on."""
        self.ports[program.name] = program.command[-1]
        if program.name == "scheduler":
            self.taken.bind((ports.HOST, ports.trap_port()))


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    """Return the supervisor; the port it loses is given back."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
        yield Neighbour(taken)


def test_the_port_of_the_traps_is_free_when_their_receiver_starts(
    neighbour: Neighbour, tmp_path: Path
) -> None:
    cli._start_all(neighbour, Console(quiet=True), build_settings(data_directory=tmp_path), 8000)  # type: ignore[arg-type]
    taken = neighbour.taken.getsockname()[1]
    assert int(neighbour.ports["traps"].rpartition(":")[2]) > taken
