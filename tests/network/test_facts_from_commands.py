"""What commands say becomes rows and facts; the text is kept whatever the template makes of it."""

import pytest

from network.collector import collect_snapshot
from network.observations import CommandOutput, Interface, Snapshot, SystemFacts
from network.platforms.catalogue import get_platform, list_platforms
from network.ssh import parsing
from network.ssh.facts_from_commands import (
    fill_from_commands,
    name_in_prompt,
    parse_duration,
    read_mac,
    read_speed,
    read_status,
)
from network.ssh.parsing import TEMPLATES, parse_output

SHOW_VERSION = """\
Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE (fc2)
ROM: Bootstrap program is C2960X boot loader
sw-lantai-2 uptime is 3 weeks, 2 days, 1 hour, 5 minutes
System returned to ROM by power-on
System image file is "flash:c2960x-universalk9-mz.152-7.E4.bin"
cisco WS-C2960X-24TS-L (APM86XXX) processor (revision A0) with 524288K bytes of memory.
Processor board ID LAB0001
Model number                    : WS-C2960X-24TS-L
System serial number            : LAB0001
Configuration register is 0xF
"""
SHOW_INTERFACES = """\
GigabitEthernet1/0/1 is up, line protocol is up (connected)
  Hardware is Gigabit Ethernet, address is 0050.56aa.bb01 (bia 0050.56aa.bb01)
  Description: Ruang rapat
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX
     100 packets input, 6400 bytes, 0 no buffer
     7 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     90 packets output, 5800 bytes, 0 underruns
     2 output errors, 0 collisions, 1 interface resets
GigabitEthernet1/0/2 is administratively down, line protocol is down (disabled)
  Hardware is Gigabit Ethernet, address is 0050.56aa.bb02 (bia 0050.56aa.bb02)
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
"""


def command_of(platform: str, command: str, text: str) -> CommandOutput:
    template, rows = parse_output(platform, command, text)
    return CommandOutput(
        command=command, output=text, complete=True, duration_ms=1, template=template, rows=rows
    )


def facts_of(platform: str, *outputs: CommandOutput, like_snmp: bool = False, **known: object) -> dict:
    interfaces = known.get("interfaces", ())
    system = known.get("system", SystemFacts())
    return fill_from_commands(
        get_platform(platform), system, interfaces, (), outputs, names_as_in_snmp=like_snmp, prompt="sw-9#"
    )


def test_a_device_read_over_ssh_alone_says_who_it_is_and_how_its_ports_are(cisco, target_of):
    device = cisco(**{"show version": SHOW_VERSION, "show interfaces": SHOW_INTERFACES})
    snapshot = collect_snapshot(target_of(device), commands=["show version", "show interfaces"])
    system = snapshot.system
    assert (system.name, system.vendor, system.version) == ("sw-lantai-2", "Cisco", "15.2(7)E4")
    assert (system.model, system.serial) == ("WS-C2960X-24TS-L", "LAB0001")
    assert system.uptime_seconds == ((3 * 7 + 2) * 24 + 1) * 3600 + 5 * 60
    first, second = snapshot.interfaces
    assert (first.name, first.alias, first.mac) == (
        "GigabitEthernet1/0/1",
        "Ruang rapat",
        "00:50:56:aa:bb:01",
    )
    assert (first.admin_status, first.oper_status, first.speed_bps, first.duplex) == (
        "up",
        "up",
        10**9,
        "full",
    )
    assert (first.in_errors, first.out_errors, first.mtu) == (7, 2, 1500)
    assert (second.admin_status, second.oper_status) == ("down", "down")
    assert [note.code for note in snapshot.notes] == ["facts_from_commands"]
    assert "interfaces: show interfaces" in snapshot.notes[0].detail
    again = Snapshot.from_dict(snapshot.to_dict())
    assert again.to_dict() == snapshot.to_dict()
    assert again.commands[0].rows == snapshot.commands[0].rows
    assert again.commands[0].started_at.tzinfo is not None


def test_a_port_has_the_name_snmp_gives_it_where_the_device_is_also_read_over_snmp():
    output = command_of("cisco_ios", "show interfaces", SHOW_INTERFACES)
    found, _ = facts_of("cisco_ios", output, like_snmp=True)
    assert [(port.name, port.description) for port in found["interfaces"]] == [
        ("Gi1/0/1", "GigabitEthernet1/0/1"),
        ("Gi1/0/2", "GigabitEthernet1/0/2"),
    ]


def test_what_snmp_gave_is_never_replaced():
    known = {"system": SystemFacts(name="dari-snmp"), "interfaces": (Interface(index=7, name="Gi1/0/1"),)}
    outputs = [
        command_of("cisco_ios", "show version", SHOW_VERSION),
        command_of("cisco_ios", "show interfaces", SHOW_INTERFACES),
    ]
    found, notes = facts_of("cisco_ios", *outputs, **known)
    assert found["system"].name == "dari-snmp"
    assert found["system"].serial == "LAB0001"
    assert "interfaces" not in found
    assert notes[0].detail == "system: show version"


def test_every_template_of_the_table_exists_and_its_command_is_one_of_the_platform():
    for (platform, command), name in TEMPLATES.items():
        settings = get_platform(platform).ssh
        assert settings is not None
        assert command in {one.run for one in settings.commands}, (platform, command)
        assert parsing._load_template(name).header


def test_a_template_that_cannot_read_the_text_leaves_the_text_and_no_rows():
    template, rows = parse_output("huawei_vrp", "display interface", "Error: tidak dikenal\n!!\n")
    assert (template, rows) == ("huawei_vrp_display_interface", None)
    assert parse_output("cisco_ios", "show running-config", "hostname sw1\nend") == (None, None)
    assert parse_output(None, "show version", SHOW_VERSION) == (None, None)


def test_no_command_is_read_by_the_template_of_another_with_the_same_beginning():
    assert ("huawei_vrp", "display device") not in TEMPLATES
    assert parse_output("huawei_vrp", "display device", "S5720's Device status:") == (None, None)


@pytest.mark.parametrize(
    ("platform", "command", "text", "expected"),
    [
        (
            "hp_comware",
            "display version",
            "H3C Comware Software, Version 7.1.070, Release 6126P20\n"
            "Copyright (c) 2004-2019\nH3C S5560X-30C-EI uptime is 1 week, 2 days, 0 hours, 10 minutes\n",
            ("sw-9", "7.1.070", "S5560X-30C-EI", 778_200.0),
        ),
        (
            "linux_netsnmp",
            "uname -a",
            "Linux gerbang 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n",
            ("gerbang", "6.1.0-18-amd64", "x86_64", None),
        ),
        ("frr", "show version", "FRRouting 8.4.4 (r1) on Linux(6.1).\n", ("r1", "8.4.4", None, None)),
    ],
)
def test_templates_of_our_own_say_who_the_device_is(platform, command, text, expected):
    found, _ = facts_of(platform, command_of(platform, command, text))
    system = found["system"]
    assert (system.name, system.version, system.model, system.uptime_seconds) == expected


def test_the_ports_of_linux_and_frr_are_read_by_templates_of_our_own():
    links = "lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \n"
    links += "eth0@if7         UP             02:42:ac:11:00:02 <BROADCAST,UP,LOWER_UP> \n"
    links += "eth1             DOWN           02:42:ac:11:00:03 <BROADCAST,MULTICAST> \n"
    found, _ = facts_of("linux_netsnmp", command_of("linux_netsnmp", "ip -br link", links))
    assert [(port.name, port.admin_status, port.oper_status, port.mac) for port in found["interfaces"]] == [
        ("lo", "up", "up", None),
        ("eth0", "up", "up", "02:42:ac:11:00:02"),
        ("eth1", "down", "down", "02:42:ac:11:00:03"),
    ]
    brief = "Interface       Status  VRF             Addresses\n"
    brief += "---------       ------  ---             ---------\n"
    brief += "eth0            up      default         10.0.0.1/24\nr1-r2           down    default         \n"
    found, _ = facts_of("frr", command_of("frr", "show interface brief", brief))
    assert [(port.name, port.oper_status) for port in found["interfaces"]] == [
        ("eth0", "up"),
        ("r1-r2", "down"),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"link_status": "up", "protocol_status": "up"}, ("up", "up")),
        ({"link_status": "up", "protocol_status": "down"}, ("up", "down")),
        ({"link_status": "administratively down", "protocol_status": "down"}, ("down", "down")),
        ({"link_status": "*down", "protocol_status": "down"}, ("down", "down")),
        ({"link_status": "down (SFP not inserted)", "admin_state": "up"}, ("up", "down")),
        ({"link_status": "Up", "admin_state": "Enabled"}, ("up", "up")),
        ({"line_status": "STP DOWN", "protocol_status": "DOWN"}, ("up", "down")),
        ({"default_name": "ether1", "slave": "", "status": "X"}, ("down", "down")),
        ({}, (None, None)),
    ],
)
def test_the_state_of_a_port_is_what_the_makers_words_mean(row, expected):
    assert read_status(row) == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1w2d3h4m5s", 788_645.0),
        ("123 day(s), 5 hour(s), 15 minute(s), 19 second(s)", 10_646_119.0),
        ("1 hour and 5 minutes", 3900.0),
        ("12 days, 4:31", 1_053_060.0),
        ("tidak diketahui", None),
        (None, None),
    ],
)
def test_an_uptime_is_read_in_the_ways_makers_print_it(text, seconds):
    assert parse_duration(text) == seconds


def test_a_speed_and_an_address_that_are_none_are_none():
    assert read_speed({"speed": "Unknown-speed", "bandwidth": "1000000 kbps"}) == 10**9
    assert read_speed({"speed": "40Gbps-speed"}) == 40 * 10**9
    assert read_speed({"speed": "auto-speed"}) is None
    assert read_mac("0050.56aa.bb01") == "00:50:56:aa:bb:01"
    assert read_mac("00de.333.111") is None
    assert read_mac("0000.0000.0000") is None


@pytest.mark.parametrize("prompt", ["sw1#", "<sw1>", "[admin@sw1] >", "admin@sw1:~$", "sw1 #", "admin@sw1>"])
def test_the_name_stands_in_the_prompt_when_no_command_prints_it(prompt: str):
    assert name_in_prompt(prompt) == "sw1"


def test_every_platform_with_commands_is_parsed_but_the_three_that_have_no_template():
    parsed = {platform for platform, _ in TEMPLATES}
    names = {name for name, one in list_platforms().items() if one.ssh is not None and name not in parsed}
    assert names == {"dlink", "ruijie", "tplink"}
