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
from helpdesk.demo.errors import ProgramStopped
from helpdesk.demo.programs import Program


class Neighbour:
    """A supervisor beside which another office takes the port of the traps while its receiver starts."""

    is_stopping = False

    def __init__(self, taken: socket.socket) -> None:
        self.taken = taken
        self.is_taken = False
        self.broken = ""
        self.ports: dict[str, str] = {}

    def run_once(self, command: object) -> int:
        """Prepare nothing."""
        return 0

    def start(self, program: Program) -> None:
        """Note what the part listens on; the first receiver finds its port taken."""
        self.ports[program.name] = program.command[-1]
        if program.name == "traps" and not self.is_taken:
            self.is_taken = True
            self.taken.bind((ports.HOST, int(program.command[-1].rpartition(":")[2])))
            raise ProgramStopped(program="traps", log="traps.log")
        if program.name == self.broken:
            raise ProgramStopped(program=program.name, log="log")


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    """Return the supervisor; the port it loses is given back."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
        yield Neighbour(taken)


def start_all(neighbour: Neighbour, folder: Path) -> None:
    settings = build_settings(data_directory=folder)
    cli._start_all(neighbour, Console(quiet=True), settings, 8000)  # type: ignore[arg-type]


def test_a_receiver_whose_port_was_taken_while_it_began_gets_another(
    neighbour: Neighbour, tmp_path: Path
) -> None:
    start_all(neighbour, tmp_path)
    taken = neighbour.taken.getsockname()[1]
    assert int(neighbour.ports["traps"].rpartition(":")[2]) > taken


def test_a_part_that_ends_for_another_reason_is_not_begun_again(neighbour: Neighbour, tmp_path: Path) -> None:
    neighbour.broken = "web"
    with pytest.raises(ProgramStopped):
        start_all(neighbour, tmp_path)
