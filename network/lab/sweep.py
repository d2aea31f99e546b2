"""`python -m network lab-sweep`: read hundreds of lab switches round after round, and print what it costs."""

import argparse
import resource
import sys
import time
from pathlib import Path

from network.fleet import collect_many
from network.lab.quick_switches import DEFAULT_PORT, running_switches, switch_targets
from network.targets import Target


def add_sweep_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lab-sweep`."""
    parser.add_argument("--devices", type=int, default=500, help="how many switches of 48 ports answer")
    parser.add_argument("--rounds", type=int, default=3, help="how often all of them are read")
    parser.add_argument("--at-once", type=int, default=50, help="how many devices are read at one time")
    parser.add_argument("--v3", action="store_true", help="SNMPv3 with SHA and AES-128 instead of SNMPv2c")
    parser.add_argument("--whole", action="store_true", help="read everything, not the ports only")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="UDP port the switches answer on")


def run_lab_sweep(arguments: argparse.Namespace) -> int:
    """Sweep the lab's switches; 0 when every reading of every round was whole."""
    targets = switch_targets(arguments.devices, arguments.port, version_3=arguments.v3)
    missed = 0
    try:
        with running_switches(arguments.devices, arguments.port):
            for number in range(1, arguments.rounds + 1):
                missed += _sweep(number, targets, arguments.at_once, only_ports=not arguments.whole)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 1 if missed else 0


def _sweep(number: int, targets: list[Target], at_once: int, *, only_ports: bool) -> int:
    begun, used = time.perf_counter(), _cpu_seconds()
    whole = ports = 0
    for _, snapshot in collect_many(targets, concurrency=at_once, jitter_seconds=0, only_ports=only_ports):
        whole += snapshot.complete
        ports += len(snapshot.interfaces)
    seconds, cpu = time.perf_counter() - begun, _cpu_seconds() - used
    sys.stdout.write(
        f"round {number}: {whole} of {len(targets)} devices read whole, {ports:,} ports, {seconds:.2f} s"
        f" ({len(targets) / seconds:,.0f} devices a second), {cpu / len(targets) * 1e3:.2f} ms CPU a device,"
        f" {_resident_megabytes():.0f} MB, {_descriptors()} descriptors\n"
    )
    sys.stdout.flush()
    return len(targets) - whole


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
