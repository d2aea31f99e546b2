"""Our own sweep in a process of its own: `python -m benchmarks.snmp_fleet v2c 500 PORT` prints its CPU."""

from __future__ import annotations

import resource
import sys
import time

from network import collect_many
from network.lab.quick_switches import PORTS, switch_targets
from network.targets import Target


def cpu_seconds() -> float:
    """Return what this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def sweep(targets: list[Target]) -> None:
    """Read the ports of all targets, and refuse to count a reading that is not whole."""
    for target, snapshot in collect_many(targets, concurrency=50, jitter_seconds=0, only_ports=True):
        whole = snapshot.complete and len(snapshot.interfaces) == PORTS
        if not whole or not all(port.in_octets and port.alias for port in snapshot.interfaces):
            raise SystemExit(f"{target.name} was not read whole: {snapshot.failures}")


def main() -> None:
    """Sweep once, as a fleet that is not new, then count."""
    version, count, port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    targets = switch_targets(count, port, version_3=version == "v3")
    sweep(targets)
    before, begun = cpu_seconds(), time.perf_counter()
    sweep(targets)
    seconds = (cpu_seconds() - before) / count
    sys.stdout.write(f"{seconds:.6f} {(time.perf_counter() - begun) / count:.6f}\n")


if __name__ == "__main__":
    main()
