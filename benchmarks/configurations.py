"""What keeping a configuration of 5,000 lines costs, beside the CPU of reading it over SSH."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import paramiko

from network import (
    Secret,
    SshCredentials,
    Target,
    collect_snapshot,
    compare_configurations,
    normalise_configuration,
    redact,
)
from network.lab.ssh_device import FakeSshDevice, SshIdentity

ROUNDS = 5
PLATFORM, COMMAND = "cisco_ios", "show running-config"


def configuration() -> str:
    """Return 5,000 lines as a large switch has them, some with secrets."""
    ports = (
        f"interface GigabitEthernet{number // 48 + 1}/0/{number % 48 + 1}\n description ruang {number}\n"
        f" switchport access vlan {number % 90 + 2}\n spanning-tree portfast\n!"
        for number in range(980)
    )
    users = (f"username petugas{number} privilege 1 secret 5 $1$ab{number}$xyz" for number in range(99))
    return "\n".join([*ports, *users, "end"])


def _serve(text: str, told: Connection) -> None:
    """Be the device, in a process of its own: its CPU is not ours."""
    device = FakeSshDevice(
        SshIdentity("baca", "baca", paramiko.RSAKey.generate(2048)), prompt="sw1#", answer={COMMAND: text}.get
    )
    told.send((device.port, device.identity.host_key.fingerprint))
    told.recv()
    device.close()


def lines() -> Iterator[str]:
    """Yield what the keeping costs, as a part of the collecting; raise where the text came incomplete."""
    text = configuration()
    ours, told = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(text, told), daemon=True)
    process.start()
    port, fingerprint = ours.recv()
    target = Target(
        address="127.0.0.1",
        ssh_port=port,
        ssh=SshCredentials(username="baca", password=Secret("baca"), host_key_sha256=fingerprint),
        platform=PLATFORM,
    )
    alone, keeping = float("inf"), float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        facts = collect_snapshot(target, commands=[COMMAND])
        collecting = time.process_time() - started
        if not facts.commands or not facts.commands[0].complete:
            raise SystemExit(f"the configuration was not read: {facts.failures}")
        started = time.process_time()
        masked = redact(text, PLATFORM)
        first = normalise_configuration(masked, PLATFORM)
        # The reading masks and normalises once itself: what is left is the collecting alone.
        alone = min(alone, collecting - (time.process_time() - started))
        second = normalise_configuration(masked.replace("ruang 500", "ruang rapat"), PLATFORM)
        changed = compare_configurations(first, second).changed
        keeping = min(keeping, time.process_time() - started)
        if len(changed) != 2:
            raise SystemExit(f"two lines differ, {len(changed)} were found")
    ours.send(None)
    process.join(5)
    if alone <= 0:
        raise SystemExit("the machine is too busy to tell the parts of a reading apart: run it again")
    yield (
        f"{'a configuration of 5,000 lines':<40} mask, normalise, compare {keeping * 1e3:6.1f} ms"
        f"   read over SSH {alone * 1e3:6.1f} ms   part {keeping / alone:5.2f}"
    )
