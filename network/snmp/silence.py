"""Why a device gave no SNMP answer: nobody listening, a wrong community, or nobody there."""

import asyncio
import contextlib
import socket
from typing import Final

from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import (
    NetworkUnreachable,
    NoAnswer,
    Refused,
    SnmpError,
    UnsupportedSecurity,
    WrongCredentials,
)
from network.snmp.system import FIRST_CONTACT
from network.targets import SnmpV3Credentials, Target

_REFUSAL_SECONDS: Final = 0.3
_DISCOVERY_SECONDS: Final = 1.0
# Every SNMPv3 agent answers a stranger with a report, so the name need not exist.
_STRANGER: Final = SnmpV3Credentials(user="reachability-check")


async def explain_silence(target: Target, engines: EnginePool, deadline: float) -> SnmpError:
    """Return the error that fits a request nobody answered."""
    refusal = await _find_refusal(target)
    if refusal is not None:
        return refusal
    remaining = deadline - asyncio.get_running_loop().time()
    if remaining <= 0 or not await _answers_a_stranger(target, engines, min(_DISCOVERY_SECONDS, remaining)):
        return NoAnswer()
    if isinstance(target.snmp, SnmpV3Credentials):
        # Or it has a new engine id, which pysnmp never learns: the next request gets a fresh engine.
        engines.forget(target.snmp)
    return WrongCredentials()


async def _answers_a_stranger(target: Target, engines: EnginePool, seconds: float) -> bool:
    """Tell whether an agent is there although it ignores what we sent."""
    exchange = await engines.connect(target, _STRANGER)
    try:
        await asyncio.wait_for(exchange.get(FIRST_CONTACT[:1]), seconds)
    except (WrongCredentials, UnsupportedSecurity):
        return True
    except (SnmpError, TimeoutError):
        return False
    finally:
        exchange.close()
    return True


async def _find_refusal(target: Target) -> SnmpError | None:
    """Ask the kernel: a connected socket hears the host's "port unreachable"."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.address, target.snmp_port, type=socket.SOCK_DGRAM)
    except socket.gaierror:
        return None
    family, kind, protocol, _, address = found[0]
    with contextlib.closing(socket.socket(family, kind, protocol)) as probe:
        probe.setblocking(False)
        try:
            probe.connect(address)
            probe.send(b"")
            await asyncio.wait_for(loop.sock_recv(probe, 1), _REFUSAL_SECONDS)
        except ConnectionRefusedError:
            return Refused()
        except TimeoutError:
            return None
        except OSError as error:
            return NetworkUnreachable(error.strerror)
    return None
