"""net-snmp's own agent is read in every version and with every algorithm it has, by both engines."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from network import SnmpCredentials, SnmpV1Credentials, SnmpV2cCredentials, SnmpV3Credentials, Target
from network.collector import collect_snapshot_async
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.suitability import OneDevice, Suitability
from tests.factories.daemons import find_program, running
from tests.factories.ports import HOST, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

COMMUNITY, AUTH_KEY, PRIV_KEY = "uji-umum", "kunci-autentikasi-uji", "kunci-privasi-uji"
# As this project names them, and as net-snmp does.
ALGORITHMS = {
    "md5des": ("MD5", "DES", "MD5", "DES"),
    "shaaes": ("SHA", "AES-128", "SHA", "AES"),
    "sha224aes": ("SHA-224", "AES-128", "SHA-224", "AES"),
    "sha256aes": ("SHA-256", "AES-128", "SHA-256", "AES"),
    "sha384aes": ("SHA-384", "AES-128", "SHA-384", "AES"),
    "sha512aes": ("SHA-512", "AES-128", "SHA-512", "AES"),
    "sha256aes192": ("SHA-256", "AES-192", "SHA-256", "AES-192"),
    "sha512aes256": ("SHA-512", "AES-256", "SHA-512", "AES-256"),
    "sha256only": ("SHA-256", None, "SHA-256", None),
}


def credentials_of(name: str) -> SnmpCredentials:
    if name == "v1":
        return SnmpV1Credentials.of(COMMUNITY)
    if name == "v2c":
        return SnmpV2cCredentials.of(COMMUNITY)
    auth, priv, _, _ = ALGORITHMS[name]
    return SnmpV3Credentials.of(name, auth, AUTH_KEY, priv, PRIV_KEY if priv else None)


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run snmpd with a user for every algorithm, and give its port."""
    folder, port = tmp_path_factory.mktemp("snmpd"), free_port(socket.SOCK_DGRAM)
    lines = [f"agentaddress udp:{HOST}:{port}", f"rocommunity {COMMUNITY} {HOST}", "sysName peladen-uji"]
    for name, (_, _, auth, priv) in ALGORITHMS.items():
        lines.append(f"createUser {name} {auth} {AUTH_KEY}" + (f" {priv} {PRIV_KEY}" if priv else ""))
        lines.append(f"rouser {name} {'priv' if priv else 'auth'}")
    configuration = folder / "snmpd.conf"
    configuration.write_text("\n".join(lines) + "\n", "utf-8")
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "kept"), "MIBS": ""}
    command = (find_program("snmpd"), "-f", "-Lo", "-C", "-c", str(configuration))
    command += ("-p", str(folder / "snmpd.pid"))
    ask = [find_program("snmpget"), "-v2c", "-c", COMMUNITY, f"{HOST}:{port}", "1.3.6.1.2.1.1.5.0"]

    def answers() -> bool:
        return subprocess.run(ask, capture_output=True, check=False).returncode == 0

    with running("snmpd", command, folder=folder, environment=environment, is_ready=answers):
        yield port


@pytest.mark.parametrize("doubts", [0, 9], ids=["as it comes", "reference engine alone"])
@pytest.mark.parametrize("name", ["v1", "v2c", *ALGORITHMS])
def test_a_real_agent_is_read_whole(snmpd: int, name: str, doubts: int) -> None:
    target = Target(address=HOST, snmp_port=snmpd, snmp=credentials_of(name))
    memory = OneDevice(None)
    memory.remember(target, Suitability(doubts=doubts))

    async def read() -> None:
        engines = EnginePool()
        try:
            snapshot = await collect_snapshot_async(
                target, engines=engines, suitability=memory, only_ports=True
            )
        finally:
            engines.close()
        assert snapshot.complete, snapshot.failures
        assert snapshot.system.name == "peladen-uji"
        known = {line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]}
        assert {port.name for port in snapshot.interfaces} <= known
        assert "lo" in {port.name for port in snapshot.interfaces}

    # In a thread of its own: in this one a browser of the tests before may have its loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, read()).result()
