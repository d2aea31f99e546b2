"""A command is built from the platform file and a value of a known type; nothing else reaches a device."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from network.collector import collect_snapshot
from network.platforms.catalogue import find_command, get_platform, list_platforms
from network.platforms.definition import Command
from network.platforms.parameters import PARAMETERS, BadArgument, argument_of, build_command

IOS = get_platform("cisco_ios").ssh
HOSTILE = list('\n\r;|?\t\x03\x1a\x16\x1b\0 >&$`"\\{')
GOOD = {
    "interface": ["Gi1/0/1", "ge-0/0/0.0", "Bridge-Aggregation1", "1/1/1", "Eth1/1", "xe-0/0/1:0", "ether1"],
    "address": ["192.0.2.1", "2001:db8::1"],
    "vlan": ["1", "4094"],
    "mac": ["00:50:56:aa:bb:01"],
}
BAD = {
    "interface": ["", "-all", "Gi1/0/1 | redirect flash:x", "lan utama", "G" * 65],
    "address": ["192.0.2.01", "192.0.2.1/24", "fe80::1%eth0", "example.org", "1"],
    "vlan": ["0", "4095", "01", "1-4094", "٣"],
    "mac": ["0050.56aa.bb01", "00:50:56:aa:bb", "00:50:56:AA:BB:01"],
}


@pytest.mark.parametrize(("parameter", "value"), [(kind, one) for kind, all_ in GOOD.items() for one in all_])
def test_a_value_of_the_type_stands_in_its_place(parameter, value):
    assert build_command(f"show x {{{parameter}}} y", value) == f"show x {value} y"


@pytest.mark.parametrize(("parameter", "value"), [(kind, one) for kind, all_ in BAD.items() for one in all_])
def test_a_value_of_another_type_is_refused(parameter, value):
    with pytest.raises(BadArgument):
        build_command(f"show x {{{parameter}}}", value)


@pytest.mark.parametrize("mark", HOSTILE)
@pytest.mark.parametrize("parameter", list(PARAMETERS))
def test_nothing_that_separates_redirects_or_completes_passes(parameter, mark):
    value = GOOD[parameter][0]
    for hostile in (f"{value}{mark}", f"{mark}{value}", f"{value}{mark}reload", mark):
        with pytest.raises(BadArgument):
            build_command(f"show x {{{parameter}}}", hostile)
        assert argument_of(f"show x {{{parameter}}}", f"show x {hostile}") is None


@given(st.text(max_size=30))
def test_whatever_is_built_has_plain_characters_only(value):
    for parameter in PARAMETERS:
        try:
            command = build_command(f"show x {{{parameter}}}", value)
        except BadArgument:
            continue
        assert set(command) <= set(string.ascii_letters + string.digits + " /._:-")
        assert argument_of(f"show x {{{parameter}}}", command) == value


def test_a_value_is_given_where_one_is_asked_for_and_only_there():
    for template, value in (("show version", "x"), ("show vlan {vlan}", None)):
        with pytest.raises(BadArgument):
            build_command(template, value)


@pytest.mark.parametrize("run", ["show {all}", "show {vlan} {vlan}", "show {vlan", "show {}"])
def test_a_platform_file_leaves_only_places_of_known_types(run):
    with pytest.raises(ValidationError):
        Command(run=run, by_default=False)


def test_what_takes_a_value_or_sends_traffic_is_never_run_by_itself():
    for extra in ({"run": "show vlan {vlan}"}, {"run": "ping x", "kind": "probe"}):
        with pytest.raises(ValidationError, match="by_default"):
            Command(**extra)
    for platform in list_platforms().values():
        for command in platform.ssh.commands if platform.ssh else ():
            reads_all = command.run.endswith(("running-config", "configuration", "export terse"))
            assert (command.kind == "configuration") == reads_all, command.run


def test_a_listed_command_is_found_with_its_value_and_nothing_beside_it():
    assert find_command(IOS, "show interfaces Gi1/0/1").run == "show interfaces {interface}"
    assert find_command(IOS, "show interfaces").run == "show interfaces"
    for text in (
        "show interfaces {interface}",
        "show interfaces Gi1/0/1 ",
        "ping 192.0.2.1 repeat 9",
        "reload",
    ):
        assert find_command(IOS, text) is None


def test_a_picked_command_is_run_beside_the_usual_ones_and_one_port_is_no_table_of_ports(cisco, target_of):
    port = "GigabitEthernet1/0/1 is up, line protocol is up (connected)\n  MTU 1500 bytes, BW 1000 Kbit/sec,"
    device = cisco(**{"show interfaces Gi1/0/1": port, "show interfaces": ""})
    also = ["show interfaces Gi1/0/1", "show interfaces Gi1/0/1\nreload"]
    snapshot = collect_snapshot(target_of(device), also=also)
    assert [one.code for one in snapshot.failures] == ["command_refused"]
    picked = snapshot.commands[-1]
    assert picked.command == "show interfaces Gi1/0/1"
    assert picked.rows[0]["interface"] == "GigabitEthernet1/0/1"
    assert "show version" in device.received
    assert "reload" not in device.received
    assert snapshot.interfaces == ()
