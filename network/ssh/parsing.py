"""Turn the text of a command into rows: the exact command has its template, never its beginning."""

import importlib.resources
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import ntc_templates
import textfsm

from network.platforms.catalogue import find_command, list_platforms

Value = str | list[str]
Row = dict[str, Value]
Parsed = tuple[str | None, tuple[Row, ...] | None]

# Templates of our own, for what ntc-templates does not know.
_OWN: Final = importlib.resources.files("network.ssh") / "templates"
_OWN_PREFIX: Final = "own_"

# An index of patterns would let `dir` read `display current-configuration`; here a command has its template.
TEMPLATES: Final[Mapping[tuple[str, str], str]] = {
    ("arista_eos", "show version"): "arista_eos_show_version",
    ("arista_eos", "show interfaces"): "arista_eos_show_interfaces",
    ("arista_eos", "show lldp neighbors detail"): "arista_eos_show_lldp_neighbors_detail",
    ("aruba_aoscx", "show system"): "aruba_aoscx_show_system",
    ("aruba_aoscx", "show interface"): "aruba_aoscx_show_interface",
    ("aruba_aoscx", "show lldp neighbor-info detail"): "aruba_aoscx_show_lldp_neighbors-info_detail",
    ("arubaos", "show version"): "aruba_os_show_version",
    ("arubaos", "show ip interface brief"): "aruba_os_show_ip_interface_brief",
    ("cisco_asa", "show version"): "cisco_asa_show_version",
    ("cisco_asa", "show interface"): "cisco_asa_show_interface",
    ("cisco_nxos", "show version"): "cisco_nxos_show_version",
    ("cisco_nxos", "show interface"): "cisco_nxos_show_interface",
    ("cisco_nxos", "show lldp neighbors detail"): "cisco_nxos_show_lldp_neighbors_detail",
    ("cisco_nxos", "show cdp neighbors detail"): "cisco_nxos_show_cdp_neighbors_detail",
    ("fortinet", "get system status"): "fortinet_get_system_status",
    ("fortinet", "get system interface physical"): "fortinet_get_system_interface_physical",
    ("frr", "show version"): "own_frr_show_version",
    ("frr", "show interface brief"): "own_frr_show_interface_brief",
    ("hp_comware", "display version"): "own_hp_comware_display_version",
    ("hp_comware", "display interface"): "hp_comware_display_interface",
    (
        "hp_comware",
        "display lldp neighbor-information verbose",
    ): "hp_comware_display_lldp_neighbor-information_verbose",
    ("hp_procurve", "show system"): "hp_procurve_show_system",
    ("hp_procurve", "show interfaces brief"): "hp_procurve_show_interfaces_brief",
    ("huawei_vrp", "display version"): "huawei_vrp_display_version",
    ("huawei_vrp", "display interface"): "huawei_vrp_display_interface",
    ("huawei_vrp", "display lldp neighbor"): "huawei_vrp_display_lldp_neighbor",
    ("juniper_junos", "show version"): "juniper_junos_show_version",
    ("juniper_junos", "show interfaces"): "juniper_junos_show_interfaces",
    ("juniper_junos", "show lldp neighbors"): "juniper_junos_show_lldp_neighbors",
    ("linux_netsnmp", "uname -a"): "own_linux_uname",
    ("linux_netsnmp", "ip -br link"): "own_linux_ip_br_link",
    ("mikrotik_routeros", "/system resource print"): "mikrotik_routeros_system_resource_print",
    (
        "mikrotik_routeros",
        "/interface print detail without-paging",
    ): "mikrotik_routeros_interface_print_detail",
    ("ubiquiti_edgeos", "show version"): "ubiquiti_edgerouter_show_version",
    ("ubiquiti_edgeos", "show interfaces"): "ubiquiti_edgerouter_show_interfaces",
    ("ubiquiti_edgeswitch", "show version"): "ubiquiti_edgeswitch_show_version",
    ("zte_zxr10", "show version"): "zte_zxros_show_version",
    ("zte_zxr10", "show interface"): "zte_zxros_show_interface",
    **{
        (platform, command): f"cisco_ios_{command.replace(' ', '_')}"
        for platform in ("cisco_ios", "cisco_iosxe")
        for command in (
            "show version",
            "show interfaces",
            "show ip interface brief",
            "show lldp neighbors detail",
            "show cdp neighbors detail",
        )
    },
    **{
        (platform, f"{command} {{interface}}"): f"{prefix}_{command.replace(' ', '_')}"
        for platform, prefix, command in (
            ("arista_eos", "arista_eos", "show interfaces"),
            ("cisco_ios", "cisco_ios", "show interfaces"),
            ("cisco_iosxe", "cisco_ios", "show interfaces"),
            ("cisco_nxos", "cisco_nxos", "show interface"),
            ("hp_comware", "hp_comware", "display interface"),
            ("huawei_vrp", "huawei_vrp", "display interface"),
            ("juniper_junos", "juniper_junos", "show interfaces"),
        )
    },
}

# A template keeps what it is in the middle of, so one text at a time; under the GIL nothing is lost by it.
_one_at_a_time: Final = threading.Lock()


def parse_output(platform: str | None, command: str, text: str) -> Parsed:
    """Return the name of the template and the rows it found; never raises, and the text stays what counts."""
    known = list_platforms().get(platform or "")
    listed = find_command(known.ssh, command) if known else None
    name = TEMPLATES.get((platform or "", listed.run)) if listed else None
    if name is None:
        return None, None
    try:
        with _one_at_a_time:
            template = _load_template(name)
            rows = template.ParseTextToDicts(text)
            template.Reset()
    except (textfsm.TextFSMError, textfsm.TextFSMTemplateError, OSError, IndexError, ValueError):
        _load_template.cache_clear()
        return name, None
    return name, tuple({key.lower(): value for key, value in row.items()} for row in rows)


@cache
def _load_template(name: str) -> textfsm.TextFSM:
    ours = name.startswith(_OWN_PREFIX)
    folder = _OWN if ours else Path(ntc_templates.__file__).parent / "templates"
    with (folder / f"{name.removeprefix(_OWN_PREFIX)}.textfsm").open(encoding="utf-8") as file:
        return textfsm.TextFSM(file)
