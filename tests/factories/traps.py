"""Traps as bytes of our own making, and as the receiver gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v1, v2c

from network import Trap, TrapVarbind
from tests.factories.moments import MORNING

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
IF_DESCR = "1.3.6.1.2.1.2.2.1.2.3"
COMMUNITY = "rahasia-trap"


def make_trap(**fields: Any) -> Trap:
    """Return a linkDown as the receiver gives it."""
    values: dict[str, Any] = {
        "received_at": MORNING,
        "source": "192.0.2.7",
        "version": "v2c",
        "oid": LINK_DOWN,
        "uptime_seconds": 12.5,
        "varbinds": (TrapVarbind(IF_DESCR, "OctetString", "Gi0/3"),),
    }
    return Trap(**{**values, **fields})


def v2c_datagram(
    *,
    community: str = COMMUNITY,
    oid: str = LINK_DOWN,
    objects: tuple[tuple[str, Any], ...] = ((IF_DESCR, b"Gi0/3"),),
    inform: bool = False,
) -> bytes:
    """Return an SNMPv2c trap or inform."""
    pdu = v2c.InformRequestPDU() if inform else v2c.TrapPDU()
    (v2c.apiPDU if inform else v2c.apiTrapPDU).set_defaults(pdu)
    varbinds = [
        (v2c.ObjectIdentifier("1.3.6.1.2.1.1.3.0"), v2c.TimeTicks(1250)),
        (v2c.ObjectIdentifier("1.3.6.1.6.3.1.1.4.1.0"), v2c.ObjectIdentifier(oid)),
    ]
    for name, value in objects:
        spelled = v2c.OctetString(value) if isinstance(value, bytes) else value
        varbinds.append((v2c.ObjectIdentifier(name), spelled))
    v2c.apiPDU.set_varbinds(pdu, varbinds)
    return _message(v2c, community, pdu)


def v1_datagram(*, enterprise: str, generic: int, specific: int, community: str = COMMUNITY) -> bytes:
    """Return an SNMPv1 trap."""
    pdu = v1.TrapPDU()
    v1.apiTrapPDU.set_defaults(pdu)
    v1.apiTrapPDU.set_enterprise(pdu, enterprise)
    v1.apiTrapPDU.set_generic_trap(pdu, generic)
    v1.apiTrapPDU.set_specific_trap(pdu, specific)
    v1.apiTrapPDU.set_agent_address(pdu, "192.0.2.77")
    return _message(v1, community, pdu)


def _message(module: Any, community: str, pdu: Any) -> bytes:
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, community)
    module.apiMessage.set_pdu(message, pdu)
    encoded: bytes = encoder.encode(message)
    return encoded


def at(second: float) -> datetime:
    """Return the moment so many seconds after the morning."""
    return MORNING.fromtimestamp(MORNING.timestamp() + second, MORNING.tzinfo)
