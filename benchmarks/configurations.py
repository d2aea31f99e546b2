"""What keeping a configuration of 5,000 lines costs, beside the CPU of reading it over SSH."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

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

Result = TypeVar("Result")
ROUNDS = 9
AIM_OF_COLLECTION = 0.2
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
    collecting, parts = float("inf"), dict.fromkeys(("masking", "normalising", "comparison"), float("inf"))
    for _ in range(ROUNDS):
        whole, facts = _timed(lambda: collect_snapshot(target, commands=[COMMAND]))
        if not facts.commands or not facts.commands[0].complete:
            raise SystemExit(f"the configuration was not read: {facts.failures}")
        costs, changed = _kept(text)
        if len(changed) != 2:
            raise SystemExit(f"two lines differ, {len(changed)} were found")
        collecting = min(collecting, whole)
        parts = {part: min(parts[part], cost) for part, cost in costs.items()}
    ours.send(None)
    process.join(5)
    for part, cost in parts.items():
        share = cost / collecting
        verdict = "as aimed" if share <= AIM_OF_COLLECTION else f"MISSED (aim {AIM_OF_COLLECTION:.0%})"
        costs_so = f"{cost * 1e3:6.2f} ms   its collection {collecting * 1e3:6.1f} ms"
        yield f"{part:<12} of 5,000 lines   {costs_so}   share {share:.0%}   {verdict}"


def _kept(text: str) -> tuple[dict[str, float], Sequence[object]]:
    """Return the CPU seconds of each part of keeping the text, and what the comparison found."""
    masking, masked = _timed(lambda: redact(text, PLATFORM))
    normalising, first = _timed(lambda: normalise_configuration(masked, PLATFORM))
    second = normalise_configuration(masked.replace("ruang 500", "ruang rapat"), PLATFORM)
    comparison, found = _timed(lambda: compare_configurations(first, second))
    return {"masking": masking, "normalising": normalising, "comparison": comparison}, found.changed


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result
