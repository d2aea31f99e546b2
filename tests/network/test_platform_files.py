"""Platform files are checked when they are loaded, and each device finds its own."""

import pytest
import yaml

from network.lab.definition import list_device_files
from network.platforms.catalogue import (
    BadPlatformFile,
    fit_to_model,
    get_platform,
    list_platforms,
    load_platform,
    recognise,
)
from network.platforms.definition import PlatformDefinition
from network.schemas import build_platform_schema, read_published_schema


def write(tmp_path, text: str, name: str = "new_vendor"):
    file = tmp_path / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_platform_file_loads_and_the_usual_vendors_are_there():
    assert {
        "default",
        "cisco_ios",
        "cisco_nxos",
        "huawei_vrp",
        "mikrotik_routeros",
        "hp_comware",
        "juniper_junos",
        "fortinet",
        "arista_eos",
        "aruba_aoscx",
        "linux_netsnmp",
        "apc_ups",
    } <= set(list_platforms())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("platform: new_vendor\ntitle: X\nsurprise: 1\n", "surprise"),
        ("platform: other\ntitle: X\n", "other"),
        ("platform: new_vendor\ntitle: X\nidentify: {sys_object_id: [9.x]}\n", "identify.sys_object_id.0"),
        ("platform: new_vendor\ntitle: X\nidentify: {sys_object_id: [1.3.*]}\n", "has no star"),
        ("platform: new_vendor\ntitle: X\nidentify: {sys_descr: '('}\n", "identify.sys_descr"),
        ("platform: new_vendor\ntitle: X\nprocessors: [{columns: {value: 1.3.6}, read: magic}]\n", "magic"),
        ("platform: new_vendor\ntitle: X\nsystem: {serial: [{}]}\n", "exactly one of"),
        ("platform: [", "new_vendor.yaml"),
    ],
)
def test_a_bad_file_is_refused_with_file_and_place(tmp_path, text, place):
    with pytest.raises(BadPlatformFile) as refusal:
        load_platform(write(tmp_path, text))
    assert "new_vendor.yaml" in str(refusal.value)
    assert place in str(refusal.value)


@pytest.mark.parametrize(
    "command",
    [
        "show version\nconfigure terminal",
        "show version; reload",
        "show run | redirect flash:x",
        "show ?",
        "a && b",
        "x > y",
    ],
)
def test_no_command_can_separate_redirect_or_complete(tmp_path, command):
    data = {
        "platform": "new_vendor",
        "title": "X",
        "ssh": {"device_type": "linux", "commands": [{"run": command}]},
    }
    with pytest.raises(BadPlatformFile, match="no allowed command"):
        load_platform(write(tmp_path, yaml.safe_dump(data)))


def test_a_platform_fits_by_the_longest_prefix_of_whole_numbers():
    general = PlatformDefinition(platform="general", title="G", identify={"sys_object_id": ["1.3.6.1.4.1.9"]})
    special = PlatformDefinition(
        platform="special", title="S", identify={"sys_object_id": ["1.3.6.1.4.1.9.1.5"]}
    )
    found = recognise("1.3.6.1.4.1.9.1.5.7", "", [general, special])
    assert found is special
    assert recognise("1.3.6.1.4.1.99.1", "", [general, special]) is None


@pytest.mark.parametrize("device", list_device_files(), ids=lambda device: device.name)
def test_each_device_of_the_lab_is_recognised(device):
    found = recognise(device.object_id, device.description)
    assert found is not None
    assert found.platform == device.platform


def test_an_unknown_platform_is_named_with_those_known():
    with pytest.raises(KeyError, match="cisco_ios"):
        get_platform("nobody")


def test_the_published_schema_of_platform_files_is_the_one_in_force():
    assert read_published_schema("platform") == build_platform_schema()


def test_a_star_in_an_oid_is_the_number_that_the_model_has_in_that_place():
    moxa = fit_to_model("moxa", "1.3.6.1.4.1.8691.7.71")
    assert moxa.processors[0].columns == {"value": "1.3.6.1.4.1.8691.7.71.1.54.0"}
    other = fit_to_model("moxa", "1.3.6.1.4.1.8691.7.86")
    assert other.processors[0].columns == {"value": "1.3.6.1.4.1.8691.7.86.1.54.0"}
    assert moxa.title == get_platform("moxa").title


def test_no_star_is_left_for_a_device_that_has_no_number_in_that_place():
    for name in list_platforms():
        fitted = fit_to_model(name, "1.3.6")
        sources = (*fitted.processors, *fitted.memory, *fitted.sensors, *fitted.power, *fitted.alarms)
        assert [oid for source in sources for oid in source.columns.values() if "*" in oid] == []


def test_a_platform_without_stars_is_the_same_for_every_model():
    assert fit_to_model("huawei_vrp", "1.3.6.1.4.1.2011.2.23.1") is get_platform("huawei_vrp")
