"""CPU a device of reading 48 ports over SNMP: our fleet, snmp_exporter, net-snmp and tuned pysnmp."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from benchmarks import snmp_peers as peers
from helpdesk.evidence.rules import canonical_json, freeze
from network import collect_snapshot, compare_snapshots
from network.lab.quick_switches import running_switches, switch_targets

DEVICES, FEW = 500, 15
PORT, LARGE_PORT, LARGE_SWITCH = 16_171, 16_172, 500
ROUNDS = 2
AIM_OVER_EXPORTER, AIM_OF_REFERENCE, AIM_OF_COLLECTION = 3.0, 1.2, 0.2
MISSING = {
    "snmp_exporter": "apt install prometheus-snmp-exporter",
    "snmpbulkwalk": "apt install snmp",
}


def lines() -> Iterator[str]:
    """Yield a line a comparison; a peer that is not there is said in one line and left out."""
    exporter = peers.exporter_program()
    there = {"snmp_exporter": exporter, "snmpbulkwalk": shutil.which("snmpbulkwalk")}
    for name, program in there.items():
        if program is None:
            yield f"{name} is not installed and is left out: {MISSING[name]}"
    yield f"SNMP: {DEVICES} switches of {peers.PORTS} ports, system group and {len(peers.COLUMNS)} columns"
    with ExitStack() as stack:
        responder = stack.enter_context(running_switches(DEVICES, PORT))
        running = stack.enter_context(peers.running_exporter(exporter)) if exporter else None
        for version in ("v2c", "v3"):
            yield from _fleet_against_peers(version, responder, running, has_walk=bool(there["snmpbulkwalk"]))
            ours, tuned = (_best(_reference, way, version) for way in ("ours", "tuned"))
            yield _line(f"{version} reference engine", ours, "tuned pysnmp", tuned, aim=1 / AIM_OF_REFERENCE)
    yield from _snapshot_of_a_large_switch()


def _fleet_against_peers(
    version: str, responder: int, running: tuple[int, int] | None, *, has_walk: bool
) -> Iterator[str]:
    ours, theirs, busy = [], [], []
    for _ in range(ROUNDS):  # by turns, so that a busy machine is busy for both
        before, begun = peers.cpu_seconds_of(responder), time.perf_counter()
        ours.append(_child("benchmarks.snmp_fleet", version, DEVICES))
        used = peers.cpu_seconds_of(responder) - before
        busy.append(used / (time.perf_counter() - begun))
        if running is not None:
            theirs.append(peers.exporter_cpu(*running, version, DEVICES, PORT))
    yield f"{version} responder: busy {max(busy):.0%} of one core while our fleet reads"
    if theirs:
        yield _line(
            f"{version} fleet", min(ours), "snmp_exporter", min(theirs), aim=AIM_OVER_EXPORTER, count=True
        )
    if has_walk:
        walk = peers.bulkwalk_cpu(version, FEW, PORT)
        yield _line(f"{version} fleet", min(ours), "snmpbulkwalk", walk, aim=AIM_OVER_EXPORTER, count=True)


def _best(measure: Callable[..., float], *given: str) -> float:
    return min(measure(*given) for _ in range(ROUNDS))


def _reference(way: str, version: str) -> float:
    return _child("benchmarks.snmp_reference", way, version, FEW)


def _child(module: str, *given: str | int) -> float:
    """Measure in a process of its own, so that nothing else is counted."""
    command = [sys.executable, "-m", module, *map(str, given), str(PORT)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(found.stdout.split()[0])


def _line(what: str, ours: float, peer: str, theirs: float, *, aim: float, count: bool = False) -> str:
    ratio = theirs / ours
    verdict = "as aimed" if ratio >= aim else f"MISSED (aim {aim:.2f})"
    rate = f"   {1 / ours:5,.0f} a CPU-second" if count else ""
    return (
        f"{what:<22} {ours * 1e3:7.2f} ms   {peer:<14} {theirs * 1e3:7.2f} ms   ratio {ratio:5.2f}"
        f"   {verdict}{rate}"
    )


def _snapshot_of_a_large_switch() -> Iterator[str]:
    """What is done with a snapshot, against the CPU of collecting it."""
    (target,) = switch_targets(1, LARGE_PORT)
    with running_switches(1, LARGE_PORT, ports=LARGE_SWITCH):
        first = collect_snapshot(target)
        if not first.complete or len(first.interfaces) != LARGE_SWITCH:
            raise SystemExit(f"the large switch was not read whole: {first.failures}")
        collecting = _cpu_of(lambda: collect_snapshot(target))
        second = collect_snapshot(target)
    base = canonical_json(first.to_dict())
    for what, work in (
        ("freezing", lambda: freeze(first.to_dict())),
        ("freezing beside it", lambda: freeze(second.to_dict(), base)),
        ("comparison", lambda: compare_snapshots(first, second)),
    ):
        part = _cpu_of(work)
        share = part / collecting
        verdict = "as aimed" if share <= AIM_OF_COLLECTION else f"MISSED (aim {AIM_OF_COLLECTION:.0%})"
        costs = f"{part * 1e3:7.2f} ms   its collection {collecting * 1e3:7.2f} ms"
        yield f"{what} of {LARGE_SWITCH} ports   {costs}   share {share:.0%}   {verdict}"


def _cpu_of(work: Callable[[], object], times: int = 12) -> float:
    """Return the CPU seconds of the best of some calls."""
    best = float("inf")
    for _ in range(times):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best
