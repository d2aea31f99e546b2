"""One session a device, a few a site, of all processes of a machine."""

import subprocess
import sys
from dataclasses import replace

import pytest

from network.platforms.catalogue import get_platform
from network.ssh import turns
from network.ssh.session import run_commands
from network.ssh.turns import limit_ssh_sessions, take_turn
from network.targets import Target

HOLDER = """
import sys
from pathlib import Path
from network.ssh.turns import limit_ssh_sessions, take_turn
from network.targets import Target

limit_ssh_sessions(Path(sys.argv[1]), 1)
turn = take_turn(Target(address="192.0.2.9", site="1"), 5)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def one_at_a_site(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_limit", None)
    limit_ssh_sessions(tmp_path, 1)


def target(number: int, site: str | None = "1") -> Target:
    return Target(address=f"192.0.2.{number}", site=site)


def test_a_site_bears_so_many_sessions_and_the_next_begins_when_one_ends():
    first = take_turn(target(1), 1)
    assert take_turn(target(2), 0.1) == "site_sessions"
    first.release()
    take_turn(target(2), 1).release()


def test_other_sites_and_devices_without_one_do_not_wait():
    held = [take_turn(one, 1) for one in (target(1), target(2, "2"), target(3, None), target(4, None))]
    assert not [one for one in held if isinstance(one, str)]
    for turn in held:
        turn.release()


def test_a_device_has_one_session_whatever_its_site_bears(tmp_path):
    limit_ssh_sessions(tmp_path, 8)
    first = take_turn(target(1), 1)
    assert take_turn(target(1), 0.05) == "other_session"
    first.release()


def test_a_name_of_a_site_is_never_a_path(tmp_path):
    take_turn(target(1, "../../etc"), 1).release()
    assert [file.parent for file in tmp_path.rglob("*.lock")] == [tmp_path]


def test_the_sessions_of_another_process_count_and_end_with_it(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        assert take_turn(target(1), 0.1) == "site_sessions"
    finally:
        holder.kill()
        holder.communicate()
    take_turn(target(1), 5).release()


def test_who_waited_in_vain_signs_in_nowhere_and_says_for_what(cisco, target_of):
    device = cisco()
    wanted = replace(target_of(device), site="1")
    held = take_turn(target(1), 1)
    (failure,) = run_commands(wanted, get_platform("cisco_ios"), 0.2, ["show version"]).failures
    assert (failure.code, failure.stopped_by) == ("timeout_budget", "site_sessions")
    assert device.login_attempts == 0
    held.release()
    assert not run_commands(wanted, get_platform("cisco_ios"), 20, ["show version"]).failures
