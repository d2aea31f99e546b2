"""A real router's command line: FRR's vtysh behind a real OpenSSH server, with a BGP process to tell of."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories.daemons import SYSTEM_PATH, Server, find_program, running, ssh_server, wait_until

BGPD = Path("/usr/lib/frr/bgpd")
CONFIGURATION = """\
hostname router-uji
router bgp 65001
 bgp router-id 192.0.2.1
 neighbor 192.0.2.2 remote-as 65002
 neighbor 192.0.2.2 password rahasia-bgp
"""


@contextmanager
def frr_router(folder: Path) -> Iterator[Server]:
    """Run bgpd as whoever we are, listening nowhere, and vtysh as the shell of an SSH user."""
    if not BGPD.exists():
        pytest.fail("bgpd is missing here: sudo apt install frr", pytrace=False)
    # The SSH user must reach the socket, whose path may be 107 bytes long.
    with tempfile.TemporaryDirectory(prefix="frr-", dir="/tmp") as place:
        home = Path(place)
        home.chmod(0o755)
        (home / "bgpd.conf").write_text(CONFIGURATION, "utf-8")
        (home / "vtysh.conf").write_text("", "utf-8")
        socket = home / "bgpd.vty"
        command = (str(BGPD), "-S", "-P", "0", "-p", "0", "-z", str(home / "zserv.api"))
        command += ("--vty_socket", place, "-i", str(home / "bgpd.pid"), "-f", str(home / "bgpd.conf"))
        environment = {**os.environ, "PATH": SYSTEM_PATH}
        with running("bgpd", command, folder=folder, environment=environment, is_ready=socket.exists):
            wait_until(lambda: _opened(socket), "the socket of bgpd")
            shell = (find_program("vtysh"), "--vty_socket", place, "--config_dir", place)
            with ssh_server(folder, instead_of_a_shell=shlex.join(shell)) as server:
                yield server


def _opened(socket: Path) -> bool:
    """Let the SSH user speak with the router; the socket is for a group of the system otherwise."""
    socket.chmod(0o777)
    return socket.is_socket()
