"""pysnmp's sockets, with an ear only for whom they have asked: pysnmp itself takes an answer from anybody."""

import ipaddress
from typing import Any, Final

from pysnmp.carrier.asyncio.dgram import udp, udp6  # type: ignore[import-untyped]
from pysnmp.hlapi.v3arch.asyncio import (  # type: ignore[import-untyped]
    Udp6TransportTarget,
    UdpTransportTarget,
)


class _AskedOnly:
    """Drop what comes from an address that was never asked."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._asked: set[tuple[str, int]] = set()

    def send_message(self, message: bytes, address: Any) -> None:
        """Send, and remember to whom."""
        self._asked.add(_endpoint(address))
        super().send_message(message, address)  # type: ignore[misc]

    def datagram_received(self, datagram: bytes, address: Any) -> None:
        """Hand on what somebody says who was asked."""
        if _endpoint(address) in self._asked:
            super().datagram_received(datagram, address)  # type: ignore[misc]


class _UdpTransport(_AskedOnly, udp.UdpAsyncioTransport):  # type: ignore[misc]
    pass


class _Udp6Transport(_AskedOnly, udp6.Udp6AsyncioTransport):  # type: ignore[misc]
    pass


class _UdpTarget(UdpTransportTarget):  # type: ignore[misc]
    PROTO_TRANSPORT = _UdpTransport


class _Udp6Target(Udp6TransportTarget):  # type: ignore[misc]
    PROTO_TRANSPORT = _Udp6Transport


_TARGETS: Final[dict[int, Any]] = {4: _UdpTarget, 6: _Udp6Target}


async def open_target(host: str, port: int, *, timeout: float, retries: int) -> Any:
    """Return where pysnmp sends its requests to."""
    kind = _TARGETS[ipaddress.ip_address(host).version]
    return await kind.create((host, port), timeout=timeout, retries=retries)


def _endpoint(address: Any) -> tuple[str, int]:
    """Return host and port; IPv6 in its one spelling, without the scope."""
    host = str(address[0]).partition("%")[0]
    return (str(ipaddress.ip_address(host)) if ":" in host else host, int(address[1]))
