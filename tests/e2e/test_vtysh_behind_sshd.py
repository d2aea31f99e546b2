"""FRR's vtysh behind a real OpenSSH server is a network device like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from network.collector import collect_snapshot
from network.observations import Failure, Snapshot
from network.targets import SshCredentials, Target
from tests.factories.daemons import Server
from tests.factories.ports import HOST
from tests.factories.router import frr_router

COMMANDS = ("show version", "show bgp summary", "show running-config")


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give the router."""
    with frr_router(tmp_path_factory.mktemp("router")) as server:
        yield server


@pytest.fixture(scope="module")
def read(router: Server) -> Callable[..., Snapshot]:
    """Return what reads the router over SSH, rightly unless told otherwise."""

    def collect(*commands: str, **changes: object) -> Snapshot:
        login = {"password": router.password, "host_key_sha256": router.fingerprint}
        ssh = SshCredentials.of(router.username, **(login | changes))
        target = Target(address=HOST, ssh_port=router.port, ssh=ssh, platform="frr")
        return collect_snapshot(target, commands=commands, budget_seconds=30)

    return collect


def codes(failures: tuple[Failure, ...]) -> list[str]:
    return [failure.code for failure in failures]


def test_a_router_tells_its_version_its_peers_and_its_whole_configuration(
    read: Callable[..., Snapshot],
) -> None:
    snapshot = read(*COMMANDS)
    assert snapshot.failures == ()
    version, peers, configuration = snapshot.commands
    assert version.output.startswith("FRRouting")
    assert "65002" in peers.output
    assert configuration.output.splitlines()[-1] == "end"
    assert configuration.complete
    assert (snapshot.system.vendor, snapshot.system.version) == ("FRRouting", version.rows[0]["version"])
    assert snapshot.system.name


def test_the_secret_of_a_peer_is_masked_in_what_the_router_prints(read: Callable[..., Snapshot]) -> None:
    (configuration,) = read("show running-config").commands
    assert "neighbor 192.0.2.2 password" in configuration.output
    assert "rahasia-bgp" not in configuration.output


def test_no_line_break_reaches_the_router_which_needs_no_enable_to_be_changed(
    read: Callable[..., Snapshot],
) -> None:
    before = read("show running-config").commands[0].output
    for mark in ("\n", "\r"):
        refused = read(f"show version{mark}configure terminal{mark}no router bgp 65001")
        assert codes(refused.failures) == ["command_refused"]
    assert read("show running-config").commands[0].output == before


def test_a_wrong_password_and_another_key_are_named(read: Callable[..., Snapshot]) -> None:
    assert codes(read("show version", password="salah").failures) == ["wrong_credentials"]
    changed = read("show version", host_key_sha256="SHA256:" + "A" * 43)
    assert codes(changed.failures) == ["host_key_changed"]
    assert changed.ssh_host_key_sha256 in changed.failures[0].detail


def test_many_who_read_at_once_have_one_session_each_and_all_are_answered(
    read: Callable[..., Snapshot],
) -> None:
    with ThreadPoolExecutor(4) as pool:
        snapshots = list(pool.map(lambda _: read("show version"), range(4)))
    assert [snapshot.failures for snapshot in snapshots] == [()] * 4
