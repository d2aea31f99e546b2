"""The peers of our SNMP reading, with the same columns asked and their CPU counted in the same way."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from network.lab.quick_switches import COMMUNITY, PORTS, USER, switch_address

SYSTEM = [f"1.3.6.1.2.1.1.{number}.0" for number in range(1, 7)]
COLUMNS = [f"1.3.6.1.2.1.2.2.1.{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 19, 20)]
COLUMNS += [f"1.3.6.1.2.1.31.1.1.1.{number}" for number in (1, 6, 7, 10, 11, 15, 18, 19)]
TEXTS = {"1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.31.1.1.1.18"}
MAC = "1.3.6.1.2.1.2.2.1.6"
AT_ONCE = 20
_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds_of(process_id: int) -> float:
    """Return what a process has used so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def exporter_program() -> str | None:
    """Return the program of Prometheus, under Debian's name or its own."""
    return shutil.which("prometheus-snmp-exporter") or shutil.which("snmp_exporter")


def _module(version: int, auth: dict[str, Any]) -> dict[str, Any]:
    ports = [{"labelname": "ifIndex", "type": "gauge"}]
    metrics: list[dict[str, Any]] = [
        {"name": f"system_{oid.split('.')[-2]}", "oid": oid[:-2], "type": "DisplayString", "help": "."}
        for oid in SYSTEM
    ]
    for oid in COLUMNS:
        kind = "DisplayString" if oid in TEXTS else "PhysAddress48" if oid == MAC else "gauge"
        name = "column_" + oid.replace(".", "_")
        metrics.append({"name": name, "oid": oid, "type": kind, "help": ".", "indexes": ports})
    # As many rows a request as our own reader asks for.
    return {
        "walk": COLUMNS,
        "get": SYSTEM,
        "metrics": metrics,
        "version": version,
        "max_repetitions": PORTS + 1,
        "auth": auth,
    }


def exporter_configuration() -> str:
    """Return a snmp.yml with just these columns, as its generator would write it."""
    version_3 = {
        "security_level": "authPriv",
        "username": USER.user,
        "password": USER.auth_key,
        "auth_protocol": USER.auth_protocol,
        "priv_protocol": "AES",
        "priv_password": USER.priv_key,
    }
    modules = {"v2c": _module(2, {"community": COMMUNITY}), "v3": _module(3, version_3)}
    return yaml.safe_dump(modules)


@contextlib.contextmanager
def running_exporter(program: str) -> Iterator[tuple[int, int]]:
    """Run the exporter; give its process id and its TCP port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "snmp.yml"
        file.write_text(exporter_configuration())
        command = [program, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"]
        with subprocess.Popen([*command, "--log.level=error"], stderr=subprocess.PIPE) as process:
            try:
                _wait_for(process, port)
                yield process.pid, port
            finally:
                process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    said = process.stderr.read().decode() if process.poll() is not None and process.stderr else ""
    raise SystemExit(f"snmp_exporter did not start: {said}")


def exporter_cpu(process_id: int, port: int, module: str, count: int, agent_port: int) -> float:
    """Let the exporter read the devices, and return its CPU seconds a device."""

    def scrape(number: int) -> None:
        target = f"{switch_address(number)}:{agent_port}"
        url = f"http://127.0.0.1:{port}/snmp?target={target}&module={module}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            lines = answer.read().count(b"\ncolumn_")
        if lines != len(COLUMNS) * PORTS:
            raise SystemExit(f"snmp_exporter gave {lines} of {len(COLUMNS) * PORTS} values")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(scrape, range(min(20, count))))
        before = cpu_seconds_of(process_id)
        list(threads.map(scrape, range(count)))
    return (cpu_seconds_of(process_id) - before) / count


def bulkwalk_cpu(version: str, count: int, agent_port: int) -> float:
    """Let net-snmp's own programs read the devices, and return their CPU seconds a device."""
    login = ["-v2c", "-c", COMMUNITY]
    if version == "v3":
        login = ["-v3", "-l", "authPriv", "-u", USER.user, "-a", USER.auth_protocol, "-A", USER.auth_key]
        login += ["-x", "AES", "-X", USER.priv_key]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for number in range(count):
        target = f"{switch_address(number)}:{agent_port}"
        subprocess.run(["snmpget", *login, "-On", target, *SYSTEM], check=True, stdout=subprocess.DEVNULL)
        for table in ("1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"):
            walk = ["snmpbulkwalk", *login, "-On", f"-Cr{PORTS + 1}", target, table]
            subprocess.run(walk, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / count
