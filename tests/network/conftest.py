"""Agents and SSH devices of the lab on loopback, for the tests of the collector."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from itertools import count

import paramiko
import pytest

from network.lab.agent import SnmpAgent, start_agent
from network.lab.definition import LabDeviceFile, list_device_files
from network.lab.mib import build_view
from network.lab.ssh_device import FakeSshDevice, SshFaults, SshIdentity
from network.snmp import gufo_engine, pysnmp_engine
from network.ssh.host_key import fingerprint_of
from network.targets import SshCredentials, Target
from tests.factories.ports import free_port

# Where no wheel of the fast engine exists there is one engine to test.
ENGINES = ["reference", "fast"] if gufo_engine.IS_AVAILABLE else ["reference"]


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch) -> str:
    """The engine that reads first, with short patience so that silence is cheap."""
    monkeypatch.setattr(pysnmp_engine, "REQUEST_TIMEOUT_SECONDS", 0.15)
    monkeypatch.setattr(gufo_engine, "FIRST_ATTEMPT_SECONDS", (0.2,))
    monkeypatch.setattr(gufo_engine, "ATTEMPT_SECONDS", (0.2, 0.2))
    monkeypatch.setattr(gufo_engine, "GRACE_SECONDS", 0.1)
    return str(request.param)


@pytest.fixture(scope="session")
def agent_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


@pytest.fixture
def unused_udp_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def serve_agent(agent_loop) -> Iterator[Callable[..., int]]:
    """Start an agent from a function that builds it for a port, which is 0; return the port it has."""
    started: list[SnmpAgent] = []

    def serve(build: Callable[[int], SnmpAgent]) -> int:
        async def start() -> SnmpAgent:
            return build(0)

        started.append(asyncio.run_coroutine_threadsafe(start(), agent_loop).result(30))
        return started[-1].port

    yield serve
    for agent in started:
        agent_loop.call_soon_threadsafe(agent.close)


@pytest.fixture
def serve_datagrams(agent_loop) -> Iterator[Callable[..., int]]:
    """Let what is built for a port answer there; return the port, at which it listens by then."""
    transports: list[asyncio.DatagramTransport] = []

    def serve(build: Callable[[int], asyncio.DatagramProtocol]) -> int:
        async def start() -> int:
            wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            wire.bind(("127.0.0.1", 0))
            port: int = wire.getsockname()[1]
            answering = build(port)
            transport, _ = await agent_loop.create_datagram_endpoint(lambda: answering, sock=wire)
            transports.append(transport)
            return port

        return asyncio.run_coroutine_threadsafe(start(), agent_loop).result(30)

    yield serve
    for transport in transports:
        agent_loop.call_soon_threadsafe(transport.close)


@pytest.fixture
def lab_file() -> Callable[[str], LabDeviceFile]:
    return lambda name: next(file for file in list_device_files() if file.name == name)


@pytest.fixture
def serve_lab(serve_agent, lab_file) -> Callable[..., int]:
    """Serve a device of the demo lab at a moment of its own."""

    def serve(name: str, clock: Callable[[], float] = lambda: 1_795_000_000.0) -> int:
        return serve_agent(lambda port: start_agent(lab_file(name), "127.0.0.1", port, clock=clock))

    return serve


@pytest.fixture
def serve_stalling(serve_agent, lab_file) -> Callable[[], int]:
    """Serve a core switch that answers its first questions, its ports among them, and then none in time."""

    def serve() -> int:
        asked = count()
        return serve_agent(
            lambda port: SnmpAgent(
                name="slow",
                view=build_view(lab_file("sw-inti-jkt")),
                address="127.0.0.1",
                port=port,
                community="c",
                delay=lambda _now: 0.0 if next(asked) < 30 else 600.0,
            )
        )

    return serve


@pytest.fixture(scope="session")
def host_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


LONG_CONFIGURATION = "Building configuration...\n" + "".join(
    f"interface Gi1/0/{number}\n description sw1# port {number}\n" for number in range(400)
)


@pytest.fixture
def cisco(host_key) -> Iterator[Callable[..., FakeSshDevice]]:
    """A switch that knows three commands, with the faults a test asks for."""
    texts = {
        "show version": "Cisco IOS Software, Version 15.2\nProcessor board ID TEST1",
        "show interfaces": "GigabitEthernet1/0/1 is up, line protocol is up",
        "show running-config": LONG_CONFIGURATION + "snmp-server community topsecret RO\nend",
    }
    started = []

    def build(faults: SshFaults | None = None, **changes: str) -> FakeSshDevice:
        device = FakeSshDevice(
            SshIdentity("pemantau", "benar-sekali", host_key),
            prompt="sw1#",
            answer=(texts | changes).get,
            faults=faults,
        )
        started.append(device)
        return device

    yield build
    for device in started:
        device.close()


@pytest.fixture
def target_of(host_key) -> Callable[..., Target]:
    """A target for a fake device, with the right login and the approved key unless told otherwise."""

    def build(device: FakeSshDevice, **changes: object) -> Target:
        login = {
            "username": "pemantau",
            "password": "benar-sekali",
            "host_key_sha256": fingerprint_of(host_key),
        }
        credentials = SshCredentials.of(**(login | changes))
        return Target(address="127.0.0.1", ssh_port=device.port, ssh=credentials, platform="cisco_ios")

    return build
