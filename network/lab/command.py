"""`python -m network lab`: run the demo network until told to stop."""

import argparse
import asyncio
import json
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path

from network.lab.agent import SnmpAgent, start_agent
from network.lab.cli_texts import render_command
from network.lab.definition import LabDeviceFile, list_device_files
from network.lab.host_keys import load_or_make_host_key
from network.lab.inventory import (
    DEFAULT_PORT_BASE,
    DEFAULT_SSH_PORT_BASE,
    DEFAULT_STATE_FOLDER,
    LAB_ADDRESS,
    LabDevice,
    inventory,
)
from network.lab.ssh_device import FakeSshDevice, SshIdentity

_BANNERS = {"cisco_ios": "SSH-2.0-Cisco-1.25", "huawei_vrp": "SSH-2.0-HUAWEI-1.5"}


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lab`."""
    parser.add_argument("--port-base", type=int, default=DEFAULT_PORT_BASE, help="first UDP port")
    parser.add_argument("--ssh-port-base", type=int, default=DEFAULT_SSH_PORT_BASE, help="first TCP port")
    parser.add_argument("--address", default=LAB_ADDRESS, help="address of loopback to answer on")
    parser.add_argument(
        "--state", type=Path, default=DEFAULT_STATE_FOLDER, help="folder that keeps the host keys"
    )
    parser.add_argument("--describe", choices=("json",), help="print the devices and end")


def run_lab(arguments: argparse.Namespace) -> int:
    """Answer as every device of the lab until SIGINT or SIGTERM."""
    devices = inventory(
        arguments.port_base, arguments.ssh_port_base, address=arguments.address, state_folder=arguments.state
    )
    if arguments.describe:
        sys.stdout.write(
            json.dumps([device.to_dict() for device in devices], ensure_ascii=False, indent=2) + "\n"
        )
        return 0
    return asyncio.run(_serve(devices, arguments.state))


async def _serve(devices: list[LabDevice], state_folder: Path) -> int:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    taken = [device.snmp_port for device in devices if _is_taken(device.address, device.snmp_port)]
    if taken:
        sys.stderr.write(
            f"The lab cannot start: UDP port {taken[0]} is in use; choose another --port-base.\n"
        )
        return 1
    agents: list[SnmpAgent] = []
    shells: list[FakeSshDevice] = []
    try:
        for device, file in zip(devices, list_device_files(), strict=True):
            agents.append(start_agent(file, device.address, device.snmp_port))
            if device.ssh_port is not None:
                shells.append(start_shell(file, device.address, device.ssh_port, state_folder))
            _say(f"ready {device.name} {device.platform} {_endpoints(device)}")
        _say(f"ready lab {len(devices)} devices")
        await stopping.wait()
    except OSError as error:
        sys.stderr.write(f"The lab cannot start: {error}\n")
        return 1
    finally:
        for agent in agents:
            agent.close()
        for shell in shells:
            shell.close()
    return 0


def _is_taken(address: str, port: int) -> bool:
    """Tell whether somebody has the port; pysnmp itself would start and stay deaf."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return True
    return False


def start_shell(file: LabDeviceFile, address: str, port: int, state_folder: Path) -> FakeSshDevice:
    """Start the SSH side of a lab device."""
    if file.ssh is None:
        raise ValueError(f"{file.name} has no SSH login")
    identity = SshIdentity(
        file.ssh.username, file.ssh.password, load_or_make_host_key(state_folder, file.name)
    )
    return FakeSshDevice(
        identity,
        prompt=file.ssh.prompt,
        answer=partial(_answer, file),
        address=address,
        port=port,
        banner=_BANNERS.get(file.platform, "SSH-2.0-OpenSSH_9.2p1"),
    )


def _answer(file: LabDeviceFile, command: str) -> str | None:
    return render_command(file, command, time.time())


def _endpoints(device: LabDevice) -> str:
    shell = f" ssh {device.address}:{device.ssh_port}" if device.ssh_port else ""
    return f"snmp {device.address}:{device.snmp_port}{shell}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
