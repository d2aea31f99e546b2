"""SSH sessions: allowed commands only, one try, checked keys, partial text kept, a limit that holds."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import paramiko
import pytest
from netmiko.base_connection import BaseConnection

from network.collector import collect_snapshot
from network.lab.ssh_device import SshFaults
from network.platforms.catalogue import get_platform
from network.ssh import session
from network.ssh.answers import Answer
from network.ssh.host_key import fingerprint_of
from network.ssh.session import run_commands

IOS = get_platform("cisco_ios")
BUDGET = 200.0


def codes(result) -> list[str]:
    return [failure.code for failure in result.failures]


def test_commands_are_run_and_their_texts_come_without_echo_and_prompt(cisco, target_of):
    result = run_commands(target_of(cisco()), IOS, 20, ["show version", "show interfaces"])
    assert not result.failures
    assert [command.output for command in result.commands] == [
        "Cisco IOS Software, Version 15.2\nProcessor board ID TEST1",
        "GigabitEthernet1/0/1 is up, line protocol is up",
    ]
    assert all(command.complete for command in result.commands)


def test_a_long_text_in_small_pieces_is_whole_although_the_prompt_stands_in_it(cisco, target_of):
    device = cisco(SshFaults(chunk_octets=700, chunk_pause_seconds=0.005))
    (command,) = run_commands(target_of(device), IOS, 30, ["show running-config"]).commands
    assert command.complete
    assert command.output.count("description sw1# port") == 400
    assert command.output.endswith("end")
    assert "topsecret" not in command.output


def test_a_configuration_without_its_last_line_is_no_evidence(cisco, target_of):
    device = cisco(**{"show running-config": "Building configuration...\nhostname sw1"})
    result = run_commands(target_of(device), IOS, 60, ["show running-config"])
    assert codes(result) == ["incomplete_output"]
    assert not result.commands[0].complete


def test_only_commands_of_the_platform_file_are_sent(cisco, target_of):
    device = cisco()
    wanted = ["show version", "reload", "show version\nconfigure terminal"]
    result = run_commands(target_of(device), IOS, 20, wanted)
    assert codes(result) == ["command_refused", "command_refused"]
    assert [line for line in device.received if not line.startswith("terminal ")] == ["show version"]


def test_a_wrong_password_is_tried_once_and_named(cisco, target_of):
    device = cisco()
    result = run_commands(target_of(device, password="salah-sekali"), IOS, 20)
    assert codes(result) == ["wrong_credentials"]
    assert device.login_attempts == 1


def test_an_unknown_host_key_stops_before_the_password_and_shows_its_fingerprint(cisco, target_of, host_key):
    device = cisco()
    result = run_commands(target_of(device, host_key_sha256=None), IOS, 20)
    assert codes(result) == ["host_key_unknown"]
    assert result.failures[0].detail == result.host_key_sha256 == fingerprint_of(host_key)
    assert device.login_attempts == 0


def test_a_changed_host_key_stops_with_both_fingerprints(cisco, target_of, host_key):
    device = cisco()
    approved = fingerprint_of(paramiko.ECDSAKey.generate())
    result = run_commands(target_of(device, host_key_sha256=approved), IOS, 20)
    assert codes(result) == ["host_key_changed"]
    assert approved in result.failures[0].detail
    assert fingerprint_of(host_key) in result.failures[0].detail
    assert device.login_attempts == 0


def test_old_key_exchange_is_named_and_used_only_where_allowed(cisco, target_of):
    device = cisco(SshFaults(old_key_exchange=True))
    (refused,) = run_commands(target_of(device), IOS, 20).failures
    assert refused.code == "no_common_key_exchange"
    assert refused.detail == "kex: diffie-hellman-group14-sha1, diffie-hellman-group1-sha1"
    allowed = run_commands(target_of(device, allow_old_ciphers=True), IOS, 20, ["show version"])
    assert not allowed.failures
    snapshot = collect_snapshot(target_of(device, allow_old_ciphers=True), commands=["show version"])
    assert snapshot.old_ciphers_allowed


def test_a_device_that_closes_before_its_banner_is_asked_twice_more_and_no_more(cisco, target_of):
    device = cisco(SshFaults(close_before_banner=2))
    assert not run_commands(target_of(device), IOS, 20, ["show version"]).failures
    assert device.login_attempts == 1
    busy = cisco(SshFaults(close_before_banner=9))
    assert codes(run_commands(target_of(busy), IOS, 20, ["show version"])) == ["session_throttled"]
    assert busy.faults.close_before_banner == 6


def test_a_device_that_is_gone_at_the_goodbye_takes_nothing_from_what_it_said(
    cisco, target_of, monkeypatch: pytest.MonkeyPatch
):
    def gone(_connection: object) -> None:
        raise EOFError

    monkeypatch.setattr(BaseConnection, "paramiko_cleanup", gone)
    result = run_commands(target_of(cisco()), IOS, 20, ["show version"])
    assert not result.failures
    assert result.commands[0].complete


@pytest.fixture
def leap(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the clock of sessions leap ahead, so that no test waits for the end of its budget."""
    ahead = [0.0]
    leaping = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0], sleep=time.sleep)
    monkeypatch.setattr(session, "time", leaping)

    def leap(seconds: float) -> None:
        ahead[0] += seconds

    return leap


def test_a_stalled_command_ends_at_the_budget_and_its_part_is_kept(
    cisco, target_of, leap, monkeypatch: pytest.MonkeyPatch
):
    class Stalling(Answer):
        def add(self, data: str) -> None:
            super().add(data)
            if "GigabitEthernet1/0/1" in data:
                leap(BUDGET)

    monkeypatch.setattr(session, "Answer", Stalling)
    device = cisco(SshFaults(stall_on="show interfaces"))
    result = run_commands(target_of(device), IOS, BUDGET, ["show version", "show interfaces"])
    assert [command.complete for command in result.commands] == [True, False]
    assert result.commands[1].output.startswith("GigabitEthernet1/0/1")
    assert codes(result) == ["command_timeout"]


def test_a_connection_closed_in_the_middle_is_named_at_once_and_its_part_is_kept(cisco, target_of):
    device = cisco(SshFaults(close_on="show interfaces"))
    result = run_commands(target_of(device), IOS, BUDGET, ["show interfaces", "show version"])
    assert codes(result) == ["connection_closed"]
    assert [(command.command, command.complete) for command in result.commands] == [
        ("show interfaces", False)
    ]


def test_a_server_that_says_nothing_is_given_up_at_the_budget(
    cisco, target_of, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "_LOGIN_SECONDS", 280.0)
    result = run_commands(target_of(cisco(SshFaults(silent_banner=True))), IOS, 0.5)
    assert codes(result) == ["timeout_budget"]


def test_a_port_where_nobody_listens_is_refused_by_name(cisco, target_of):
    device = cisco()
    device.close()
    assert codes(run_commands(target_of(device), IOS, 10)) == ["connection_refused"]


def test_the_platform_is_found_by_the_banner_when_nobody_knows_it(cisco, target_of):
    result = run_commands(target_of(cisco()), None, 20, ["show version"])
    assert result.platform == "cisco_ios"
    assert result.commands[0].complete


def test_a_command_the_device_does_not_know_is_marked(cisco, target_of):
    result = run_commands(target_of(cisco()), IOS, 20, ["show logging"])
    assert result.commands[0].error == "rejected_by_device"


@pytest.mark.parametrize("fault", [SshFaults(), SshFaults(prompt="y" * 200)], ids=["good", "menu"])
def test_no_password_stands_in_what_a_session_gives(cisco, target_of, fault):
    result = run_commands(target_of(cisco(fault)), IOS, 8)
    assert "benar-sekali" not in repr(result)
