"""What netmiko's drivers send by themselves: only what ends with the session, on every platform we ship."""

from __future__ import annotations

import re

import paramiko
import pytest
from netmiko.base_connection import BaseConnection
from netmiko.ssh_dispatcher import CLASS_MAPPER

from network.lab.ssh_device import FakeSshDevice, SshFaults, SshIdentity
from network.platforms.catalogue import get_platform, list_platforms
from network.ssh.drivers import SESSION_LINES, DriverWouldChange, driver_of
from network.ssh.host_key import fingerprint_of
from network.ssh.session import run_commands
from network.ssh.waiting import _once
from network.targets import SshCredentials, Target

PASSWORD = "kata-sandi-baca"
WITH_SSH = {name: platform for name, platform in list_platforms().items() if platform.ssh is not None}
# Without the rights that the drivers ask for by themselves, wherever the platform has such a prompt.
PROMPTS = {
    "arista_eos": "sw1>",
    "aruba_aoscx": "sw1>",
    "arubaos": "(ap1) >",
    "cisco_asa": "fw1>",
    "dlink": "DGS:5#",
    "fortinet": "FGT60 $ ",
    "hp_comware": "<sw1>",
    "hp_procurve": "sw1> ",
    "huawei_vrp": "<sw1>",
    "juniper_junos": "baca@r1> ",
    "linux_netsnmp": "baca@srv1:~$ ",
    "mikrotik_routeros": "[baca@r1] > ",
    "ubiquiti_edgeos": "baca@r1:~$ ",
    "ubiquiti_edgeswitch": "(sw1) >",
}
# What the driver waits for before it goes on.
ANSWERS = {
    "terminal width 511": "Width set to 511 columns.",
    "terminal length 0": "Pagination disabled.",
    "set cli screen-width 511": "Screen width set to 511",
    "set cli complete-on-space off": "Disabling complete-on-space",
    "set cli screen-length 0": "Screen length set to 0",
    "get system console": "output              : more",
}
GREETINGS = {
    "hp_procurve": "Copyright (C) contoh\r\nPress any key to continue",
    "huawei_vrp": "Warning: There are security risks in the configuration file. Continue? [Y/N]:",
    "fortinet": "Hanya untuk petugas.\r\n(Press 'a' to accept):",
    "ruijie": "Do you want to change the password? [Y/N]:",
}
# Changes the device or its settings, asks for more rights, or is a second try to sign in.
CHANGES = re.compile(
    r"conf|system-view|enable|disable cli|login|^set (?!cli )|^end$|write|save|commit|copy|^y|sudo",
    re.IGNORECASE,
)


def read(platform: str, faults: SshFaults | None = None, prompt: str | None = None):
    key = paramiko.ECDSAKey.generate()
    device = FakeSshDevice(
        SshIdentity("baca", PASSWORD, key),
        prompt=prompt or PROMPTS.get(platform, "sw1>"),
        answer=lambda line: ANSWERS.get(line, "baris satu\nbaris dua"),
        faults=faults or SshFaults(greeting=GREETINGS.get(platform)),
    )
    # RouterOS takes its terminal's settings with the name.
    if platform == "mikrotik_routeros":
        device.identity.username = "baca+ct511w4098h"
    ssh = SshCredentials.of("baca", PASSWORD, host_key_sha256=fingerprint_of(key))
    target = Target(address="127.0.0.1", ssh_port=device.port, ssh=ssh)
    definition = get_platform(platform)
    assert definition.ssh is not None
    asked = [command.run for command in definition.ssh.commands if command.by_default][:2]
    try:
        return run_commands(target, definition, 20, asked), device, asked
    finally:
        device.close()


@pytest.mark.parametrize("platform", WITH_SSH)
def test_a_session_sends_its_commands_and_nothing_that_outlives_it(platform):
    result, device, asked = read(platform)
    assert not result.failures
    assert [command.complete for command in result.commands] == [True] * len(asked)
    assert [command.output for command in result.commands] == ["baris satu\nbaris dua"] * len(asked)
    prepared = [line for line in device.received if line not in asked]
    assert set(prepared) <= SESSION_LINES[WITH_SSH[platform].ssh.device_type]
    assert not [line for line in prepared if CHANGES.search(line)]
    assert PASSWORD not in " ".join(device.received)
    assert device.login_attempts == 1


@pytest.mark.parametrize("device_type", sorted({each.ssh.device_type for each in WITH_SSH.values()}))
@pytest.mark.parametrize(
    "line", ["configure terminal\n", "enable\n", f"{PASSWORD}\n", "show version\nreload\n"]
)
def test_a_line_that_is_not_on_the_list_of_a_driver_is_not_sent(device_type, line, monkeypatch):
    sent = []
    monkeypatch.setattr(BaseConnection, "write_channel", lambda _, text: sent.append(text))
    connection = driver_of(device_type)(
        device_type=device_type, host="127.0.0.1", username="baca", password=PASSWORD, auto_connect=False
    )
    with pytest.raises(DriverWouldChange) as refused:
        connection.write_channel(line)
    assert PASSWORD not in str(refused.value)
    connection.enable()
    assert sent == []
    assert isinstance(connection, CLASS_MAPPER[device_type])


def test_no_line_of_any_list_changes_more_than_the_session():
    assert not [line for lines in SESSION_LINES.values() for line in lines if CHANGES.search(line)]


def test_a_driver_that_is_refused_something_is_named_and_no_command_runs(monkeypatch):
    monkeypatch.setattr(driver_of("cisco_ios"), "session_lines", frozenset())
    result, device, _ = read("cisco_ios")
    assert [failure.code for failure in result.failures] == ["driver_would_change"]
    assert device.received == []


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("sw1#", "sw1#"),
        ("sw1#sw1#", "sw1#"),
        ("[baca@r1] > [baca@r1] > [baca@r1] >", "[baca@r1] >"),
        ("(sw1) >", "(sw1) >"),
        ("sw11#", "sw11#"),
    ],
)
def test_two_prompts_on_one_line_are_one(line, prompt):
    assert _once(line) == prompt


def test_pages_are_turned_by_a_key_where_paging_is_the_whole_device_s():
    result, device, _ = read("fortinet", SshFaults(page_lines=1), prompt="FGT60 # ")
    assert [command.output for command in result.commands] == ["baris satu\nbaris dua"] * 2
    assert device.keys == [" ", " "]
