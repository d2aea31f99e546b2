"""An SNMP agent on one UDP port: pysnmp's engine in front of a view of our own."""

import asyncio
import hashlib
import socket
import time
from collections.abc import Callable
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp  # type: ignore[import-untyped]
from pysnmp.entity import config, engine  # type: ignore[import-untyped]
from pysnmp.entity.rfc3413 import cmdrsp, context  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902, rfc1905  # type: ignore[import-untyped]
from pysnmp.smi.instrum import AbstractMibInstrumController  # type: ignore[import-untyped]

from network.lab.definition import LabDeviceFile, SnmpUser
from network.lab.mib import MibView, build_view
from network.lab.simulation import uptime_seconds
from network.snmp.pysnmp_engine import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from network.targets import parse_auth_protocol, parse_priv_protocol

Clock = Callable[[], float]
_USM = 3
_SECURITY_NAME = "lab"


class _ViewInstrument(AbstractMibInstrumController):  # type: ignore[misc]
    """Answer GET and GETNEXT from a view."""

    def __init__(self, view: MibView, clock: Clock, uptime: Callable[[float], float]) -> None:
        self._view, self._clock, self._uptime = view, clock, uptime

    def read_variables(self, *varbinds: Any, **_context: Any) -> list[Any]:
        """Answer GET."""
        now = self._clock()
        uptime = self._uptime(now)
        answers = []
        for name, _ in varbinds:
            value = self._view.get(tuple(name), now, uptime)
            answers.append((name, rfc1905.noSuchInstance if value is None else value))
        return answers

    def read_next_variables(self, *varbinds: Any, **_context: Any) -> list[Any]:
        """Answer GETNEXT, and each repetition of GETBULK."""
        now = self._clock()
        uptime = self._uptime(now)
        answers = []
        for name, _ in varbinds:
            found = self._view.get_next(tuple(name), now, uptime)
            if found is None:
                answers.append((name, rfc1905.endOfMibView))
            else:
                answers.append((rfc1902.ObjectName(found[0]), found[1]))
        return answers


class SnmpAgent:
    """One device of the lab, answering on one port of loopback: a free one of the system's choice for 0.

    Whoever made it can ask at once: the port is taken here, or OSError raised, and what comes before the loop
    looks is kept by the system.
    """

    def __init__(
        self,
        *,
        name: str,
        view: MibView,
        address: str,
        port: int,
        community: str | None = None,
        user: SnmpUser | None = None,
        clock: Clock = time.time,
        uptime: Callable[[float], float] = lambda now: now % 1e7,
        delay: Callable[[float], float] = lambda _now: 0.0,
    ) -> None:
        self._wire = _listen(address, port)
        self.port: int = self._wire.getsockname()[1]
        # Two engines with one id would confuse every SNMPv3 client.
        digest = hashlib.sha256(f"{name}:{self.port}".encode()).digest()[:8]
        self._engine = engine.SnmpEngine(rfc1902.OctetString(b"\x80\x00\x4f\xb8\x05" + digest))
        config.add_transport(
            self._engine, udp.DOMAIN_NAME, udp.UdpAsyncioTransport().open_server_mode(sock=self._wire)
        )
        if community is not None:
            config.add_v1_system(self._engine, _SECURITY_NAME, community)
        if user is not None:
            _add_user(self._engine, user)
        served = context.SnmpContext(self._engine)
        served.unregister_context_name(b"")
        served.register_context_name(b"", _ViewInstrument(view, clock, uptime))
        for responder in (
            cmdrsp.GetCommandResponder,
            cmdrsp.NextCommandResponder,
            cmdrsp.BulkCommandResponder,
        ):
            _guarded(responder, clock, delay)(self._engine, served)

    def close(self) -> None:
        """Stop answering and give the port back."""
        self._engine.close_dispatcher()
        self._wire.close()


def _listen(address: str, port: int) -> socket.socket:
    """Return the bound socket; pysnmp would bind it some time later, and stay deaf where it cannot."""
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        wire.bind((address, port))
    except OSError:
        wire.close()
        raise
    wire.setblocking(False)
    return wire


def _guarded(responder: Any, clock: Clock, delay: Callable[[float], float]) -> Any:
    """Return a responder that wants SNMPv3 encrypted, and that is slow when its device is."""

    class GuardedResponder(responder):  # type: ignore[misc]
        def process_pdu(self, snmp_engine: Any, *arguments: Any) -> None:
            security_model, security_level = arguments[1], arguments[3]
            if security_model == _USM and security_level != _USM:
                return
            seconds = delay(clock())
            if seconds:
                asyncio.get_running_loop().call_later(seconds, super().process_pdu, snmp_engine, *arguments)
            else:
                super().process_pdu(snmp_engine, *arguments)

    return GuardedResponder


def _add_user(snmp_engine: Any, user: SnmpUser) -> None:
    config.add_v3_user(
        snmp_engine,
        user.user,
        AUTH_PROTOCOLS[parse_auth_protocol(user.auth_protocol)],
        user.auth_key,
        PRIV_PROTOCOLS[parse_priv_protocol(user.priv_protocol)],
        user.priv_key,
    )


def start_agent(device: LabDeviceFile, address: str, port: int, *, clock: Clock = time.time) -> SnmpAgent:
    """Start the agent of a lab device in the running loop."""
    return SnmpAgent(
        name=device.name,
        view=build_view(device),
        address=address,
        port=port,
        community=device.community,
        user=device.user,
        clock=clock,
        uptime=lambda now: uptime_seconds(device, now),
        delay=lambda now: _delay_seconds(device, now),
    )


def _delay_seconds(device: LabDeviceFile, now: float) -> float:
    if device.slow is None or now % device.slow.every_seconds >= device.slow.for_seconds:
        return 0.0
    return device.slow.delay_seconds
