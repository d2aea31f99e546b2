"""Each platform file reads a recording of our own, with the traps of its vendor in the values."""

from pathlib import Path

import pytest
import yaml
from pysnmp.proto import rfc1902

from network import SnmpV2cCredentials, Target, collect_snapshot
from network.lab.agent import SnmpAgent
from network.lab.mib import MibView, constant
from network.platforms.catalogue import list_platforms
from network.snmp.reader import parse_oid

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.yaml"))
SYSTEM = "1.3.6.1.2.1.1"


def load(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def as_snmp(value):
    if isinstance(value, dict):
        return rfc1902.ObjectIdentifier(value["oid"])
    if isinstance(value, str):
        return rfc1902.OctetString(value)
    if value < 2**31:
        return rfc1902.Integer32(value)
    return rfc1902.Counter64(value)


@pytest.fixture
def read(serve_agent):
    """Serve a recording and return what the collector makes of it."""

    def collect(recording):
        cells = recording["cells"] | {
            f"{SYSTEM}.1.0": recording["description"],
            f"{SYSTEM}.2.0": {"oid": recording["object_id"]},
            f"{SYSTEM}.5.0": "perangkat-uji",
        }
        view = MibView({parse_oid(oid): constant(as_snmp(value)) for oid, value in cells.items()})
        port = serve_agent(
            lambda port: SnmpAgent(name="r", view=view, address="127.0.0.1", port=port, community="c")
        )
        return collect_snapshot(
            Target(address="127.0.0.1", snmp_port=port, snmp=SnmpV2cCredentials.of("c"))
        ).to_dict()

    return collect


def facts_of(snapshot):
    """The facts in the short form of the recordings."""
    return {
        "processors": [item["usage_percent"] for item in snapshot["processors"]],
        "memory": [[m["used_bytes"], m["total_bytes"], m["usage_percent"]] for m in snapshot["memory"]],
        "temperatures": [s["value"] for s in snapshot["sensors"] if s["kind"] == "temperature"],
        "storage": [[v["used_bytes"], v["total_bytes"]] for v in snapshot["storage"]],
        "power": [item["status"] for item in snapshot["power"]],
        "alarms": [[item["name"], item["severity"]] for item in snapshot["alarms"]],
        "vlans": [[item["number"], item["name"]] for item in snapshot["vlans"]],
        "notes": [item["code"] for item in snapshot["notes"]],
    }


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_every_platform_reads_its_recording_right_and_adds_nothing(read, file):
    recording = load(file)
    snapshot = read(recording)
    expected = dict(recording["expect"])
    told = {key: value for key, value in snapshot["system"].items() if value is not None}
    assert snapshot["complete"], snapshot["failures"]
    assert snapshot["platform"] == recording["platform"]
    identity = {key: told.get(key) for key in ("vendor", "model", "version", "serial") if told.get(key)}
    assert identity == expected.pop("system")
    ups = {key: value for key, value in (snapshot["ups"] or {}).items() if value is not None}
    assert ups == expected.pop("ups", {})
    found = facts_of(snapshot)
    assert found == {key: expected.get(key, []) for key in found}


def test_every_platform_has_a_recording():
    over_ssh_only = {"frr"}
    assert {load(file)["platform"] for file in RECORDINGS} == set(list_platforms()) - over_ssh_only
