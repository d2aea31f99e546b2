"""Facts that SNMP did not give, from the rows of commands: who the device is, its ports, its neighbours."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from network.observations import CommandOutput, Failure, Interface, Neighbour, SystemFacts
from network.platforms.catalogue import find_command
from network.platforms.definition import PlatformDefinition

# Which keys of a row say what; the first that says something wins.
_NAME: Final = ("hostname", "name")
_VERSION: Final = (
    "version",
    "junos_version",
    "base_os_boot",
    "os",
    "software_version",
    "vrp_version",
    "image_version",
    "image",
    "kernel",
)
_MODEL: Final = ("model", "hardware_model", "hardware", "board_name", "switch_model", "platform", "product")
_SERIAL: Final = ("serial", "serial_number")
_PORT: Final = ("interface", "port", "name")
_PORT_DESCRIPTION: Final = ("description", "interface_desc", "interface_description")
_MAC: Final = ("mac_address", "hw_address")

_UNIT_SECONDS: Final[Mapping[str, int]] = {
    "year": 31_536_000,
    "week": 604_800,
    "day": 86_400,
    "hour": 3600,
    "minute": 60,
    "second": 1,
    "y": 31_536_000,
    "w": 604_800,
    "d": 86_400,
    "h": 3600,
    "m": 60,
    "s": 1,
}
_DURATION: Final = re.compile(
    r"(\d+)\s*(year|week|day|hour|minute|second|[ywdhms](?=\d|\b))(?:s|\(s\))?", re.IGNORECASE
)
_CLOCK: Final = re.compile(r"(?<![\d:])(\d{1,3}):(\d{2})(?::(\d{2}))?(?![\d:])")
_SPEED: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)", re.IGNORECASE)
_PREFIXES: Final = {"": 1_000_000, "k": 1000, "m": 1_000_000, "g": 10**9, "t": 10**12}
# What IOS calls a port in `show interfaces`, and what its ifName says of the same port.
_IOS_SHORT: Final = (
    ("HundredGigE", "Hu"),
    ("FortyGigabitEthernet", "Fo"),
    ("TwentyFiveGigE", "Twe"),
    ("TenGigabitEthernet", "Te"),
    ("FiveGigabitEthernet", "Fi"),
    ("TwoGigabitEthernet", "Tw"),
    ("GigabitEthernet", "Gi"),
    ("FastEthernet", "Fa"),
    ("Port-channel", "Po"),
    ("Loopback", "Lo"),
    ("Tunnel", "Tu"),
    ("Vlan", "Vl"),
    ("Serial", "Se"),
)
# The name in `sw1#`, `<sw1>`, `[admin@sw1] >`, `admin@sw1:~$`.
_PROMPT: Final = re.compile(r"[<\[]?(?:[\w.-]+@)?([A-Za-z][\w.-]*)[\s:>#\]$]")
_FORTIGATE: Final = re.compile(r"(\S+) v(\d[^,\s]*)")

# How makers write that a person has switched the port off.
_DISABLED: Final = ("admin", "*", "disabled", "deleted")

Facts = dict[str, Any]


@dataclass
class _Found:
    system: SystemFacts
    interfaces: tuple[Interface, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


def fill_from_commands(
    platform: PlatformDefinition | None,
    system: SystemFacts,
    interfaces: Sequence[Interface],
    neighbours: Sequence[Neighbour],
    commands: Iterable[CommandOutput],
    *,
    names_as_in_snmp: bool,
    prompt: str | None = None,
) -> tuple[Facts, list[Failure]]:
    """Return what the commands add to a snapshot, and notes that say which command gave what."""
    vendor = platform.system.vendor if platform else None
    ios = names_as_in_snmp and platform is not None and platform.platform in ("cisco_ios", "cisco_iosxe")
    found, sources = _Found(system), list[str]()
    for command in commands:
        listed = find_command(platform.ssh if platform else None, command.command)
        # One port asked for is not the table of ports.
        if not command.rows or (listed and listed.parameter):
            continue
        what = _kind_of(command.command)
        if what == "neighbours" and not neighbours:
            found.neighbours += tuple(read_neighbour(row, command.command) for row in command.rows)
        elif what == "interfaces" and not interfaces and not found.interfaces:
            found.interfaces = read_interfaces(command.rows, shorten=ios)
        elif what == "system" and _fill(found.system, read_system(command.rows[0])) != found.system:
            found.system = _fill(found.system, read_system(command.rows[0]))
        else:
            continue
        sources.append(f"{what}: {command.command}")
    if sources:
        found.system = _fill(found.system, {"vendor": vendor, "name": name_in_prompt(prompt)})
    notes = [Failure.of("facts_from_commands", "ssh", detail="; ".join(sources))] if sources else []
    return {name: value for name, value in vars(found).items() if value}, notes


def _kind_of(command: str) -> str | None:
    """Return what the rows of a command tell of; a list of addresses is no table of all ports."""
    words = [word.strip("/") for word in command.split()]
    if "lldp" in words or "cdp" in words:
        return "neighbours"
    if any(word.startswith("interface") for word in words):
        return None if "ip" in words else "interfaces"
    return "interfaces" if "link" in words else "system"


def _fill(system: SystemFacts, facts: Mapping[str, Any]) -> SystemFacts:
    known = {field.name for field in fields(system)}
    missing = {
        key: value
        for key, value in facts.items()
        if key in known and value is not None and getattr(system, key) is None
    }
    return replace(system, **missing)


def name_in_prompt(prompt: str | None) -> str | None:
    """Return the name that a device shows in its prompt."""
    found = _PROMPT.match(prompt or "")
    return found[1] if found else None


def read_system(row: Mapping[str, Any]) -> Facts:
    """Return who the device says it is."""
    version, model = _first(row, _VERSION), _first(row, _MODEL)
    fortigate = _FORTIGATE.match(version or "")
    if fortigate and not model:
        model, version = fortigate.groups()
    return {
        "name": _first(row, _NAME),
        "version": version,
        "model": model,
        "serial": _first(row, _SERIAL),
        "uptime_seconds": parse_duration(_first(row, ("uptime",))),
    }


def read_interfaces(rows: Sequence[Mapping[str, Any]], *, shorten: bool) -> tuple[Interface, ...]:
    """Return the ports in the order printed; a port that is printed twice is the first one."""
    ports: dict[str, Interface] = {}
    for row in rows:
        printed = _first(row, _PORT)
        if printed is not None and printed.strip(":") == printed and printed not in ports:
            ports[printed] = _read_interface(row, printed, len(ports) + 1, shorten)
    return tuple(ports.values())


def _read_interface(row: Mapping[str, Any], printed: str, index: int, shorten: bool) -> Interface:
    admin, oper = read_status(row)
    return Interface(
        index=index,
        name=_short_name(printed) if shorten else printed,
        description=printed,
        alias=_first(row, _PORT_DESCRIPTION),
        mtu=_number(_first(row, ("mtu", "actual_mtu", "l2mtu"))),
        speed_bps=read_speed(row),
        mac=read_mac(_first(row, _MAC)),
        admin_status=admin,
        oper_status=oper,
        duplex=_duplex(_first(row, ("duplex", "mode"))),
        in_octets=_number(row.get("rx_total_bytes")),
        out_octets=_number(row.get("tx_total_bytes")),
        in_unicast_packets=_number(row.get("rx_unicast_packets")),
        out_unicast_packets=_number(row.get("tx_unicast_packets")),
        in_errors=_number(row.get("input_errors") or row.get("rx_errors")),
        out_errors=_number(row.get("output_errors") or row.get("tx_errors")),
        in_discards=_number(row.get("input_discards") or row.get("rx_dropped")),
        out_discards=_number(row.get("output_discards") or row.get("tx_dropped")),
    )


def read_status(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the wanted and the true state of a port; None where the command does not say."""
    if "slave" in row and "default_name" in row:  # RouterOS prints letters, and none for a port without link
        letters = f"{row.get('status', '')}{row.get('slave', '')}"
        return ("down" if "X" in letters else "up"), ("up" if "R" in letters else "down")
    text = (_first(row, ("link_status", "line_status", "state", "status")) or "").lower()
    wanted = _first(row, ("link_admin", "admin_state", "enabled")) or ""
    flags = (_first(row, ("flags",)) or "").split(",")
    oper = _up_or_down(text.lstrip("*^"))
    if text == "unknown" and "LOWER_UP" in flags:  # a loopback has no carrier to speak of
        oper = "up"
    protocol = (_first(row, ("protocol_status",)) or "").lower()
    if oper == "up" and protocol.startswith(("down", "lowerlayerdown")):
        oper = "down"
    if flags != [""]:
        return ("up" if "UP" in flags else "down"), oper
    if text.startswith(_DISABLED):
        return "down", oper
    return _up_or_down(wanted) or (oper and "up"), oper


def _up_or_down(text: str) -> str | None:
    lowered = text.lower().strip()
    if lowered.startswith(("up", "yes", "enabled", "connected")):
        return "up"
    if lowered.startswith(("down", "no", "disabled", "deleted", "admin", "stp down", "lowerlayerdown")):
        return "down"
    return None


def read_speed(row: Mapping[str, Any]) -> int | None:
    """Return the speed of a port: its negotiated speed where it is printed, else its bandwidth."""
    for key, plain in (("speed", "m"), ("bandwidth", "k")):
        text = _first(row, (key,)) or ""
        match = _SPEED.search(text)
        if match and float(match[1]):
            return round(float(match[1]) * _PREFIXES[match[2].lower() or plain])
    return None


def read_mac(text: str | None) -> str | None:
    """Return a hardware address as the rest of the snapshot writes it, None for what is none."""
    digits = re.sub(r"[.:-]", "", text or "").lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits) or set(digits) == {"0"}:
        return None
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))


def read_neighbour(row: Mapping[str, Any], command: str) -> Neighbour:
    """Return a device seen on a port."""
    chassis = _first(row, ("chassis_id",))
    return Neighbour(
        protocol="cdp" if " cdp " in f" {command} " else "lldp",
        local_interface=_first(row, ("local_interface",)),
        remote_name=_first(row, ("neighbor_name",)),
        remote_port=_first(row, ("neighbor_interface", "neighbor_port_id")),
        remote_chassis=read_mac(chassis) or chassis,
        remote_description=_first(row, ("neighbor_description",)),
        remote_platform=_first(row, ("platform",)),
        remote_address=_first(row, ("mgmt_address",)),
    )


def parse_duration(text: str | None) -> float | None:
    """Return the seconds of `2 weeks, 3 days`, of `1w2d3h` and of `12 days, 4:31`."""
    parts = {
        match[2].lower(): int(match[1]) * _UNIT_SECONDS[match[2].lower()]
        for match in _DURATION.finditer(text or "")
    }
    clock = _CLOCK.search(text or "")
    seconds = sum(parts.values())
    if clock:
        seconds += int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    return float(seconds) if parts or clock else None


def _short_name(printed: str) -> str:
    for long, short in _IOS_SHORT:
        if printed.startswith(long):
            return short + printed.removeprefix(long)
    return printed


def _duplex(text: str | None) -> str | None:
    lowered = (text or "").lower()
    return next((word for word in ("full", "half") if word in lowered), None)


def _first(row: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    for key in keys:
        value = row.get(key)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text.strip() not in ("", "--", "N/A", "not advertised"):
                return text.strip()
    return None


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() else None
