"""Sessions over SSH: devices a minute with 32 at a time, against netmiko as it comes; one worker and two."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import paramiko
from netmiko import ConnectHandler

from network.lab.ssh_device import FakeSshDevice, SshFaults, SshIdentity
from network.platforms.catalogue import get_platform
from network.ssh.host_key import fingerprint_of
from network.ssh.session import run_commands
from network.targets import SshCredentials, Target

SESSIONS = 32
PEERS = 2
# What small switches need to answer a line, each a time of its own around it: if all took the same, all
# sessions would want the CPU at one moment and leave it idle at the next. 0 shows what reading itself costs.
THINKING_SECONDS = 0.1
SPREAD = 0.2
LONGEST_SECONDS = 120
USERNAME, PASSWORD = "pemantau", "hanya-di-sini"
INTERFACE = """GigabitEthernet1/0/{0} is up, line protocol is up (connected)
  Hardware is Gigabit Ethernet, address is 0200.0000.{0:04d} (bia 0200.0000.{0:04d})
  Description: lantai 2 ruang {0}
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX
  Last input never, output 00:00:01, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0
  5 minute input rate 1000 bits/sec, 1 packets/sec
  5 minute output rate 2000 bits/sec, 2 packets/sec
     123456 packets input, 12345678 bytes, 0 no buffer
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     654321 packets output, 87654321 bytes, 0 underruns
     0 output errors, 0 collisions, 1 interface resets
"""
PORT = "interface GigabitEthernet1/0/{0}\n description lantai 2 ruang {0}\n switchport access vlan 20\n!\n"
TEXTS = {
    "show version": "Cisco IOS Software, C2960X Software, Version 15.2(7)E4, RELEASE SOFTWARE\n" * 14,
    "show interfaces": "".join(INTERFACE.format(number) for number in range(1, 88)).rstrip(),
    "show running-config": "".join(PORT.format(number) for number in range(1, 120)) + "end",
}
Ports = list[tuple[int, str]]
# Reads every switch so often, and returns how many texts did not come whole.
Way = Callable[[Ports, int], int]
_context = multiprocessing.get_context("spawn")


def serve(count: int, thinking_seconds: float, told: Connection) -> None:
    """Be so many switches, in a process of our own, until the other side closes; say what CPU it took."""
    # Made anew at each start: a key in a file would be a secret in the repository.
    key = paramiko.ECDSAKey.generate()
    identity = SshIdentity(USERNAME, PASSWORD, key)
    parts = (1 - SPREAD + 2 * SPREAD * number / (count - 1) for number in range(count))
    faults = (SshFaults(think_seconds=thinking_seconds * part) for part in parts)
    devices = [FakeSshDevice(identity, prompt="sw1#", answer=TEXTS.get, faults=each) for each in faults]
    told.send([(device.port, fingerprint_of(key)) for device in devices])
    try:
        while told.recv():
            told.send(cpu_seconds())
    except EOFError:
        return


def read_our_way(ports: Ports, rounds: int) -> int:
    """Read every device with our sessions: keys checked, secrets masked, all of it whole."""

    def read(port: int, fingerprint: str) -> None:
        ssh = SshCredentials.of(USERNAME, PASSWORD, host_key_sha256=fingerprint)
        target = Target(address="127.0.0.1", ssh_port=port, ssh=ssh, platform="cisco_ios")
        result = run_commands(target, get_platform("cisco_ios"), 60, list(TEXTS))
        outputs = [command.output for command in result.commands if command.complete]
        if result.failures or outputs != [text.rstrip() for text in TEXTS.values()]:
            raise RuntimeError(f"a session failed: {result.failures}")

    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(lambda one: read(*one), ports * rounds))
    return 0


def read_as_it_comes(ports: Ports, rounds: int) -> int:
    """Read every device as netmiko's own examples do; its texts are looked at as ours are, and counted."""

    def read(port: int) -> int:
        given = {"device_type": "cisco_ios", "host": "127.0.0.1", "port": port}
        with ConnectHandler(**given, username=USERNAME, password=PASSWORD) as connection:
            return sum(
                connection.send_command(command).rstrip() != text.rstrip() for command, text in TEXTS.items()
            )

    with ThreadPoolExecutor(SESSIONS) as pool:
        return sum(pool.map(lambda one: read(one[0]), ports * rounds))


def work(way: Way, ports: Ports, rounds: int, told: Connection) -> None:
    """Be one worker process: say when the libraries are loaded, begin when told, say when done."""
    way(ports[:1], 1)
    told.send("ready")
    told.recv()
    before = cpu_seconds()
    told.send((way(ports, rounds), cpu_seconds() - before))
    told.recv()


def cpu_seconds() -> float:
    """Return the CPU of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def hear(end: Connection, of: str) -> Any:
    """Return what the other side says; stop where it died or is silent for too long."""
    if not end.poll(LONGEST_SECONDS):
        raise SystemExit(f"{of} did not come to an end in {LONGEST_SECONDS} s")
    try:
        return end.recv()
    except EOFError:
        raise SystemExit(f"{of} failed; its own words stand above") from None


@dataclass
class Peers:
    """Switches in processes of their own, and how busy those are."""

    ports: Ports
    ends: list[Connection]

    def cpu_seconds(self) -> float:
        """Return the CPU that the switches used so far."""
        for end in self.ends:
            end.send(True)
        return sum(hear(end, "a responder") for end in self.ends)


@dataclass(frozen=True)
class Measured:
    """Devices a minute, CPU of a device, the responders' part of one core, texts that were not whole."""

    a_minute: float
    cpu_ms: float
    responders: float
    not_whole: int

    def __str__(self) -> str:
        return f"{self.a_minute:6,.0f} devices a minute, {self.cpu_ms:4.1f} ms CPU"


def measure(way: Way, peers: Peers, workers: int, rounds: int) -> Measured:
    """Let so many workers read, each the same number of switches of its own."""
    pipes = [_context.Pipe() for _ in range(workers)]
    shares = [peers.ports[number::2] for number in range(workers)]
    processes = [
        _context.Process(target=work, args=(way, share, rounds, theirs), daemon=True)
        for share, (_, theirs) in zip(shares, pipes, strict=True)
    ]
    for process, (_, theirs) in zip(processes, pipes, strict=True):
        process.start()
        # Else a worker that died would never be seen to have closed.
        theirs.close()
    ends = [ours for ours, _ in pipes]
    for end in ends:
        hear(end, way.__name__)
    before, started = peers.cpu_seconds(), time.perf_counter()
    for end in ends:
        end.send("go")
    done = [hear(end, way.__name__) for end in ends]
    seconds = time.perf_counter() - started
    responders = (peers.cpu_seconds() - before) / seconds
    for end, process in zip(ends, processes, strict=True):
        end.send("enough")
        process.join(10)
    devices = sum(map(len, shares)) * rounds
    not_whole, cpu = (sum(values) for values in zip(*done, strict=True))
    return Measured(devices * 60 / seconds, cpu * 1000 / devices, responders, not_whole)


@contextmanager
def peers(thinking_seconds: float) -> Iterator[Peers]:
    """Give twice as many switches as there are sessions: one session a device, and two workers at once."""
    started = Peers([], [])
    try:
        for _ in range(PEERS):
            ours, theirs = _context.Pipe()
            started.ends.append(ours)
            given = (2 * SESSIONS // PEERS, thinking_seconds, theirs)
            _context.Process(target=serve, args=given, daemon=True).start()
            theirs.close()
            started.ports += hear(ours, "a responder")
        yield started
    finally:
        for end in started.ends:
            end.close()


def lines() -> Iterator[str]:
    """Yield what was measured, in one run: switches that answer at once, and such as need their time."""
    for title, seconds, rounds in (
        ("at once", 0.0, 6),
        (f"in {THINKING_SECONDS * 1000:.0f} ms", THINKING_SECONDS, 8),
    ):
        with peers(seconds) as found:
            theirs = measure(read_as_it_comes, found, 1, rounds)
            ours = measure(read_our_way, found, 1, rounds)
            both = measure(read_our_way, found, 2, rounds)
        cut = f", {theirs.not_whole} texts not whole" if theirs.not_whole else ""
        yield (
            f"{f'SSH, 32 sessions, a line {title}':<40} {ours}   netmiko as it comes {theirs}{cut}"
            f"   ratio {ours.a_minute / theirs.a_minute:5.2f}   responders {ours.responders:4.2f} of a core"
        )
        yield (
            f"{f'SSH, two workers, a line {title}':<40} {both}   one worker          {ours}"
            f"   ratio {both.a_minute / ours.a_minute:5.2f}   responders {both.responders:4.2f} of a core"
        )


if __name__ == "__main__":
    for line in lines():
        print(line, flush=True)  # noqa: T201
