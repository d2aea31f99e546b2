"""Rules of NetBox's list of devices: from its JSON to rows of an import. Pure."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from helpdesk.devices.importing import MAXIMUM_ROWS, ImportRefused, ImportRow

MAXIMUM_BYTES: Final = 10 * 1024 * 1024
# What is not there to be read: it is named in the preview and left out.
NOT_IN_SERVICE: Final = frozenset({"planned", "staged", "inventory", "decommissioning"})

# NetBox's slug of a platform, as `_plain` spells it → ours.
_PLATFORMS: Final = {
    "ios": "cisco_ios",
    "iosxe": "cisco_iosxe",
    "ios_xe": "cisco_iosxe",
    "cisco_ios_xe": "cisco_iosxe",
    "nxos": "cisco_nxos",
    "nx_os": "cisco_nxos",
    "cisco_nx_os": "cisco_nxos",
    "asa": "cisco_asa",
    "junos": "juniper_junos",
    "routeros": "mikrotik_routeros",
    "vrp": "huawei_vrp",
    "comware": "hp_comware",
    "h3c_comware": "hp_comware",
    "procurve": "hp_procurve",
    "aos_cx": "aruba_aoscx",
    "aruba_aos_cx": "aruba_aoscx",
    "fortios": "fortinet",
    "fortinet_fortios": "fortinet",
    "eos": "arista_eos",
    "edgeos": "ubiquiti_edgeos",
    "unifi": "ubiquiti_unifi",
    "linux": "linux_netsnmp",
}
# A maker whose devices all run one system.
_MAKERS: Final = {
    "juniper": "juniper_junos",
    "juniper_networks": "juniper_junos",
    "mikrotik": "mikrotik_routeros",
    "huawei": "huawei_vrp",
    "h3c": "hp_comware",
    "fortinet": "fortinet",
    "arista": "arista_eos",
    "arista_networks": "arista_eos",
    "ruijie": "ruijie",
    "zte": "zte_zxr10",
    "tp_link": "tplink",
    "d_link": "dlink",
    "apc": "apc_ups",
}

LeftOut = tuple[str, str]  # name and English msgid


def parse_export(content: bytes) -> tuple[list[Any], bool]:
    """Return the devices of a file, and whether NetBox says that there are more; or raise ImportRefused."""
    if len(content) > MAXIMUM_BYTES:
        raise ImportRefused(reason="The file is too large: at most 10 MB.")
    return read_page(parse_json(content))


def parse_json(content: bytes) -> Any:
    """Return the JSON, or raise ImportRefused."""
    try:
        data = json.loads(content)
        # JSON can spell halves of letters, which no text and no database holds.
        return json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ImportRefused(
            reason="This is not JSON. Export the list of devices from NetBox as JSON, or save what its "
            "address /api/dcim/devices/ answers."
        ) from None


def read_page(data: Any) -> tuple[list[Any], bool]:
    """Return the entries of a list or of a page of NetBox's API, and whether another page follows."""
    entries = data.get("results") if isinstance(data, Mapping) else data
    if not isinstance(entries, list):
        raise ImportRefused(reason="This JSON is not a list of devices from NetBox.")
    return entries, isinstance(data, Mapping) and bool(data.get("next"))


def devices_to_rows(
    devices: Sequence[Any],
    *,
    sites: Collection[str],
    default_site: str,
    platforms: Collection[str],
    more_follow: bool = False,
) -> tuple[list[ImportRow], list[LeftOut]]:
    """Return a row for each device in service, and what is left out, with why; or raise ImportRefused.

    `sites` are the codes of our own, in small letters; a device of another place gets the default.
    """
    if not devices:
        raise ImportRefused(reason="NetBox lists no devices here.")
    if len(devices) > MAXIMUM_ROWS:
        raise ImportRefused(reason="NetBox lists too many devices: at most 1000 at a time. Choose a site.")
    if not any(_is_device(each) for each in devices):
        raise ImportRefused(reason="This JSON is not a list of devices from NetBox.")
    rows: list[ImportRow] = []
    left_out: list[LeftOut] = []
    for line, device in enumerate(devices, start=1):
        name = _name_of(device) or f"#{line}"
        why = _why_left_out(device)
        if why is not None:
            left_out.append((name, why))
            continue
        rows.append(ImportRow(line, _values(device, sites, default_site, platforms)))
    if more_follow:
        left_out.append(("…", "The file is only the first page of NetBox's list; export the others as well."))
    return rows, left_out


def _is_device(entry: Any) -> bool:
    return isinstance(entry, Mapping) and "name" in entry and "site" in entry


def _name_of(device: Any) -> str:
    name = device.get("name") if isinstance(device, Mapping) else None
    return name.strip() if isinstance(name, str) else ""


def _why_left_out(device: Any) -> str | None:
    if not _is_device(device):
        return "This entry is not a device."
    if not _name_of(device):
        return "The device has no name in NetBox."
    if _word(device.get("status"), "value") in NOT_IN_SERVICE:
        return "NetBox does not list it as in service."
    if not _address(device):
        return "The device has no primary IP address in NetBox."
    return None


def _values(
    device: Mapping[str, Any], sites: Collection[str], default_site: str, platforms: Collection[str]
) -> dict[str, str]:
    values = {
        "name": _name_of(device),
        "address": _address(device),
        "site": _site(device, sites, default_site),
        "platform": _platform(device, platforms),
        "description": _description(device),
    }
    return {column: value for column, value in values.items() if value}


def _address(device: Mapping[str, Any]) -> str:
    """Return the primary address without its prefix length."""
    for key in ("primary_ip", "primary_ip4", "primary_ip6"):
        text = _word(device.get(key), "address").partition("/")[0]
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return ""


def _site(device: Mapping[str, Any], sites: Collection[str], default_site: str) -> str:
    names = (_word(device.get("site"), key) for key in ("slug", "name"))
    return next((name for name in names if name.lower() in sites), default_site)


def _platform(device: Mapping[str, Any], platforms: Collection[str]) -> str:
    kind = device.get("device_type")
    maker = kind.get("manufacturer") if isinstance(kind, Mapping) else None
    for key in ("slug", "name"):
        spelled = _plain(_word(device.get("platform"), key))
        for code in (spelled, _PLATFORMS.get(spelled, ""), _MAKERS.get(_plain(_word(maker, key)), "")):
            if code in platforms:
                return code
    return ""


def _description(device: Mapping[str, Any]) -> str:
    model = _word(device.get("device_type"), "model")
    serial = device.get("serial")
    number = f"SN {serial.strip()}" if isinstance(serial, str) and serial.strip() else ""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", ", ".join(part for part in (model, number) if part))[:300]


def _word(value: Any, key: str) -> str:
    """Return a word of a nested object; older exports write the word itself."""
    found = value.get(key) if isinstance(value, Mapping) else value
    return found.strip() if isinstance(found, str) else ""


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
