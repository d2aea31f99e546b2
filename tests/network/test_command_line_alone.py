"""`python -m network` runs without the helpdesk, and prints what scripts can rely on."""

import json
import subprocess
import sys

import pytest

from network.command_line import build_parser, build_target, main
from network.targets import SnmpV2cCredentials, SnmpV3Credentials


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "network", *arguments],
        input=stdin,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_snapshot_as_json_is_all_that_stands_on_standard_output(serve_lab):
    done = run("snapshot", f"127.0.0.1:{serve_lab('sw-inti-jkt')}", "--community", "lab-jkt", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["complete"] is True
    assert data["system"]["name"] == "sw-inti-jkt"
    assert {"index", "name", "in_octets", "oper_status", "speed_bps"} <= set(data["interfaces"][0])


def test_a_snapshot_as_a_table_speaks_indonesian_and_english(serve_lab):
    address = f"127.0.0.1:{serve_lab('sw-inti-jkt')}"
    indonesian = run("snapshot", address, "--community", "lab-jkt").stdout
    english = run("snapshot", address, "--lang", "en", NETWORK_COMMUNITY="lab-jkt").stdout
    assert "Antarmuka" in indonesian
    assert "Interfaces" in english
    assert "Gi1/0/24" in english


def test_an_unreachable_device_ends_with_one_and_its_failures_in_json(unused_udp_port):
    done = run("snapshot", f"127.0.0.1:{unused_udp_port}", "--community", "rahasia-sekali", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["failures"][0]["code"] == "connection_refused"
    assert "rahasia-sekali" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["snapshot"], ["snapshot", "300.1.1.1", "--community", "c"], ["snapshot", "127.0.0.1"], ["unheard-of"]],
)
def test_a_wrong_call_ends_with_two_and_a_sentence(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "indonesian", "english"),
    [
        (["127.0.0.1:99999", "--community", "c"], "tidak terletak antara", "is not between 1 and 65535"),
        (["127.0.0.1"], "Berikan --community", "Give --community"),
        (["127.0.0.1", "--community-file", "/nowhere/secret"], "tidak dapat dibaca", "cannot be read"),
        (["127.0.0.1", "--community-file", sys.executable], "bukan teks UTF-8", "is not UTF-8 text"),
        (["127.0.0.1", "--community", "c", "--timeout", "0"], "lebih dari 0", "more than 0"),
        (
            ["127.0.0.1", "--v3-user", "u", "--auth-protocol", "SHA", "--auth-key", "brief"],
            "paling sedikit 8 karakter",
            "at least 8 characters",
        ),
    ],
)
def test_what_is_wrong_with_a_call_is_said_in_both_languages(arguments, indonesian, english, capsys):
    for language, sentence in (("id", indonesian), ("en", english)):
        assert main(["snapshot", *arguments, "--lang", language]) == 2
        said = capsys.readouterr().err
        assert sentence in said
        assert len(said.splitlines()) == 1


def test_redact_masks_what_comes_in():
    done = run("redact", "--platform", "cisco_ios", stdin="hostname a\nsnmp-server community topsecret RO\n")
    assert done.stdout == "hostname a\nsnmp-server community <secret hidden> RO\n"


def test_redact_passes_on_bytes_that_are_no_text():
    command = [sys.executable, "-m", "network", "redact"]
    given = b"enable secret \xff\xfeabc\nbanner \xe9\n"
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    assert done.stdout == b"enable secret <secret hidden>\nbanner \xe9\n"


def test_the_collector_loads_neither_flask_nor_sqlalchemy_nor_the_helpdesk():
    program = (
        "import sys, network, network.command_line, network.fleet, network.lab, network.schemas\n"
        "network.build_parser()\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('flask', 'sqlalchemy', 'helpdesk', 'config')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_importing_the_package_loads_no_protocol_library():
    program = (
        "import sys, network\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('pysnmp', 'netmiko', 'paramiko', 'yaml')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_secrets_may_come_from_a_file_or_the_environment(tmp_path, monkeypatch):
    (tmp_path / "community").write_text("dari-berkas\n", encoding="utf-8")
    parse = build_parser().parse_args
    target = build_target(parse(["snapshot", "10.0.0.1", "--community-file", str(tmp_path / "community")]))
    assert isinstance(target.snmp, SnmpV2cCredentials)
    assert target.snmp.community.reveal() == "dari-berkas"
    monkeypatch.setenv("NETWORK_AUTH_KEY", "dari-lingkungan")
    target = build_target(parse(["snapshot", "10.0.0.1", "--v3-user", "u", "--auth-protocol", "sha256"]))
    assert isinstance(target.snmp, SnmpV3Credentials)
    assert target.snmp.auth_key.reveal() == "dari-lingkungan"


def test_the_lab_describes_itself(tmp_path, capsys):
    assert main(["lab", "--describe", "json", "--state", str(tmp_path), "--port-base", "20000"]) == 0
    devices = json.loads(capsys.readouterr().out)
    assert len(devices) >= 8
    assert len({device["vendor"] for device in devices}) >= 5
    assert {device["snmp_port"] for device in devices} == set(range(20000, 20000 + len(devices)))
    # The keys are made once: a second look shows the same fingerprints.
    main(["lab", "--describe", "json", "--state", str(tmp_path), "--port-base", "20000"])
    assert json.loads(capsys.readouterr().out) == devices


def test_a_port_in_use_stops_the_lab_with_a_sentence(serve_lab, tmp_path):
    port = serve_lab("ups-dc")
    done = run("lab", "--port-base", str(port), "--ssh-port-base", "41200", "--state", str(tmp_path))
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr
