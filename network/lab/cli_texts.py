"""What the fake devices print: the recorded texts with the state of the moment put in."""

import time
from typing import Final

from network.lab import simulation
from network.lab.definition import LabDeviceFile, Port

_ETHERNET: Final = 6


def render_command(device: LabDeviceFile, command: str, now: float) -> str | None:
    """Return the output of a command, None when the device does not know it."""
    if device.ssh is None or command not in device.ssh.commands:
        return None
    text = device.ssh.commands[command]
    uptime = simulation.uptime_seconds(device, now)
    moment = time.gmtime(now)
    replacements = {
        "@UPTIME@": _uptime_words(uptime),
        "@LINUX_UPTIME@": _linux_uptime(int(uptime)),
        "@TIME@": time.strftime("%H:%M:%S", moment),
        "@CLOCK@": time.strftime("%b %d %H:%M:%S", moment),
    }
    for mark, value in replacements.items():
        text = text.replace(mark, value)
    blocks = {
        "@CISCO_INTERFACES@": _cisco_interfaces,
        "@CISCO_BRIEF@": _cisco_brief,
        "@CISCO_LLDP@": _cisco_lldp,
        "@HUAWEI_INTERFACES@": _huawei_interfaces,
    }
    for mark, render in blocks.items():
        if mark in text:
            text = text.replace(mark, render(device, uptime))
    return text.rstrip("\n")


def _uptime_words(uptime: float) -> str:
    weeks, rest = divmod(int(uptime), 7 * 86_400)
    days, rest = divmod(rest, 86_400)
    return f"{weeks} weeks, {days} days, {rest // 3600} hours, {rest % 3600 // 60} minutes"


def _linux_uptime(uptime: int) -> str:
    return f"{uptime // 86_400} days, {uptime % 86_400 // 3600}:{uptime % 3600 // 60:02d}"


def _cisco_interfaces(device: LabDeviceFile, uptime: float) -> str:
    return "\n".join(_cisco_interface(port, uptime) for port in device.all_ports())


def _cisco_interface(port: Port, uptime: float) -> str:
    status = (
        "up" if simulation.is_up(port, uptime) else ("down" if port.admin_up else "administratively down")
    )
    plain = port.mac.replace(":", "")
    mac = f"{plain[:4]}.{plain[4:8]}.{plain[8:]}"
    errors = simulation.events(port.errors_per_hour, port, uptime)
    out_errors = simulation.events(port.errors_per_hour / 4, port, uptime)
    kind = "Gigabit Ethernet" if port.type == _ETHERNET else "EtherSVI"
    lines = [
        f"{port.description} is {status}, line protocol is {'up' if status == 'up' else 'down'}",
        f"  Hardware is {kind}, address is {mac} (bia {mac})",
    ]
    if port.alias:
        lines.append(f"  Description: {port.alias}")
    lines += [
        f"  MTU {port.mtu} bytes, BW {port.speed_mbps * 1000} Kbit/sec, DLY 10 usec,",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        f"  5 minute input rate {int(port.in_kbps * 1000)} bits/sec, {int(port.in_kbps / 5)} packets/sec",
        f"  5 minute output rate {int(port.out_kbps * 1000)} bits/sec, {int(port.out_kbps / 5)} packets/sec",
        f"     {simulation.packets(port.in_kbps, port, uptime)} packets input, "
        f"{simulation.octets(port.in_kbps, port, uptime)} bytes, 0 no buffer",
        f"     {errors} input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored",
        f"     {simulation.packets(port.out_kbps, port, uptime)} packets output, "
        f"{simulation.octets(port.out_kbps, port, uptime)} bytes, 0 underruns",
        f"     {out_errors} output errors, 0 collisions, 0 interface resets",
    ]
    return "\n".join(lines)


def _cisco_brief(device: LabDeviceFile, uptime: float) -> str:
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for port in device.all_ports():
        up = simulation.is_up(port, uptime)
        status = "up" if up else ("down" if port.admin_up else "administratively down")
        lines.append(
            f"{port.description:<22} unassigned      YES unset  {status:<21} {'up' if up else 'down'}"
        )
    return "\n".join(lines)


def _cisco_lldp(device: LabDeviceFile, _uptime: float) -> str:
    ethernet = [port for port in device.all_ports() if port.type == _ETHERNET]
    blocks = []
    for seen in device.neighbours:
        chassis = seen.chassis.replace(":", "")
        blocks.append(
            "------------------------------------------------\n"
            f"Local Intf: {ethernet[seen.port - 1].name}\n"
            f"Chassis id: {chassis[:4]}.{chassis[4:8]}.{chassis[8:]}\n"
            f"Port id: {seen.remote_port}\n"
            f"System Name: {seen.name}\n\n"
            f"System Description:\n{seen.description}\n"
        )
    return "\n".join([*blocks, f"\nTotal entries displayed: {len(blocks)}"])


def _huawei_interfaces(device: LabDeviceFile, uptime: float) -> str:
    blocks = []
    for port in device.all_ports():
        up = simulation.is_up(port, uptime)
        state = "UP" if up else ("DOWN" if port.admin_up else "Administratively DOWN")
        blocks.append(
            f"{port.name} current state : {state}\n"
            f"Line protocol current state : {'UP' if up else 'DOWN'}\n"
            f"Description:{port.alias}\n"
            f"The Maximum Frame Length is 9216\n"
            f"Speed : {port.speed_mbps},  Loopback: NONE\n"
            f"Input:  {simulation.packets(port.in_kbps, port, uptime)} packets, "
            f"{simulation.octets(port.in_kbps, port, uptime)} bytes\n"
            f"Output:  {simulation.packets(port.out_kbps, port, uptime)} packets, "
            f"{simulation.octets(port.out_kbps, port, uptime)} bytes\n"
        )
    return "\n".join(blocks)
