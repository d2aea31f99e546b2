"""A small SNMPv2c agent whose manners can be spoiled, and a relay that spoils the datagrams of any agent."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pysnmp.proto import rfc1905  # type: ignore[import-untyped]
from pysnmp.proto.api import v2c  # type: ignore[import-untyped]

from network.snmp.reader import Oid

Varbind = tuple[Oid, Any]
# What goes out for one answer: each datagram with the seconds it waits before.
Delivery = Sequence[tuple[float, bytes]]

END_OF_MIB: Final = rfc1905.endOfMibView
NO_SUCH_INSTANCE: Final = rfc1905.noSuchInstance


class FaultyAgent(asyncio.DatagramProtocol):
    """Answer from a table; a test overrides what its agent does badly."""

    community = b"public"

    def __init__(self, table: Mapping[Oid, Any]) -> None:
        self.table = dict(table)
        self.order = sorted(self.table)
        self.requests = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, port: int) -> None:
        """Begin to answer on a port of loopback."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))

    def close(self) -> None:
        """Fall silent."""
        if self._transport is not None:
            self._transport.close()

    def next_of(self, oid: Oid) -> Varbind:
        """Return what follows an instance."""
        following = next((candidate for candidate in self.order if candidate > oid), None)
        return (oid, END_OF_MIB) if following is None else (following, self.table[following])

    def get(self, oids: list[Oid]) -> tuple[int, list[Varbind]]:
        """Answer GET with an error status and varbinds."""
        return 0, [(oid, self.table.get(oid, NO_SUCH_INSTANCE)) for oid in oids]

    def get_next(self, oids: list[Oid]) -> tuple[int, list[Varbind]]:
        """Answer GETNEXT."""
        return 0, [self.next_of(oid) for oid in oids]

    def get_bulk(self, oids: list[Oid], repetitions: int) -> tuple[int, list[Varbind]]:
        """Answer GETBULK."""
        varbinds: list[Varbind] = []
        current = list(oids)
        for _ in range(repetitions):
            step = [self.next_of(oid) for oid in current]
            varbinds += step
            current = [oid for oid, _ in step]
        return 0, varbinds

    def deliver(self, datagram: bytes) -> Delivery:
        """Say which datagrams leave for one answer, and when."""
        return [(0, datagram)]

    def connection_made(self, transport: Any) -> None:
        """Keep the socket."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer one request."""
        message, _ = decoder.decode(data, asn1Spec=v2c.Message())
        if bytes(v2c.apiMessage.get_community(message)) != self.community:
            return
        self.requests += 1
        asked = v2c.apiMessage.get_pdu(message)
        status, varbinds = self._answer(asked)
        reply = v2c.GetResponsePDU()
        v2c.apiPDU.set_defaults(reply)
        v2c.apiPDU.set_request_id(reply, self.request_id_of(int(v2c.apiPDU.get_request_id(asked))))
        v2c.apiPDU.set_error_status(reply, status)
        v2c.apiPDU.set_varbinds(reply, varbinds)
        v2c.apiMessage.set_pdu(message, reply)
        for delay, datagram in self.deliver(encoder.encode(message)):
            _send_later(self._transport, delay, datagram, addr)

    def request_id_of(self, asked: int) -> int:
        """Return the number of the request that the answer claims to belong to."""
        return asked

    def _answer(self, asked: Any) -> tuple[int, list[Varbind]]:
        if asked.isSameTypeWith(v2c.GetBulkRequestPDU()):
            oids = [tuple(oid) for oid, _ in v2c.apiBulkPDU.get_varbinds(asked)]
            return self.get_bulk(oids, int(v2c.apiBulkPDU.get_max_repetitions(asked)))
        oids = [tuple(oid) for oid, _ in v2c.apiPDU.get_varbinds(asked)]
        if asked.isSameTypeWith(v2c.GetNextRequestPDU()):
            return self.get_next(oids)
        return self.get(oids)


class Relay(asyncio.DatagramProtocol):
    """Stand between a client and an agent of any version, and change what the agent sends back."""

    def __init__(self, agent_port: int, deliver: Callable[[bytes], Delivery]) -> None:
        self.agent_port, self.deliver = agent_port, deliver
        self._client: Any = None
        self._front: asyncio.DatagramTransport | None = None
        self._back: asyncio.DatagramTransport | None = None

    async def start(self, port: int) -> None:
        """Begin to relay on a port of loopback."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))
        self._back, _ = await loop.create_datagram_endpoint(
            lambda: _Back(self), remote_addr=("127.0.0.1", self.agent_port)
        )

    def close(self) -> None:
        """Stop relaying."""
        for transport in (self._front, self._back):
            if transport is not None:
                transport.close()

    def connection_made(self, transport: Any) -> None:
        """Keep the socket towards the client."""
        self._front = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Hand a request on."""
        self._client = addr
        if self._back is not None:
            self._back.sendto(data)

    def hand_back(self, data: bytes) -> None:
        """Hand an answer back, as far as it is let through."""
        for delay, datagram in self.deliver(data):
            _send_later(self._front, delay, datagram, self._client)


class _Back(asyncio.DatagramProtocol):
    """The socket of a relay towards the agent."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._relay.hand_back(data)


def _send_later(
    transport: asyncio.DatagramTransport | None, delay: float, datagram: bytes, address: Any
) -> None:
    if transport is None or transport.is_closing():
        return
    if not delay:
        transport.sendto(datagram, address)
        return
    asyncio.get_running_loop().call_later(delay, _send_later, transport, 0, datagram, address)
