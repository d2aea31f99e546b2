"""Agents of the lab, answering on free ports of loopback for the time of a test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from network.lab.agent import SnmpAgent
from network.lab.definition import list_device_files
from network.lab.mib import build_view
from tests.factories.ports import free_port

COMMUNITY = "lab-percobaan"


@dataclass(frozen=True)
class LabAgent:
    """Where an agent answers."""

    name: str
    port: int
    community: str = COMMUNITY


@contextmanager
def agents_at(*addresses: str, community: str = COMMUNITY) -> Iterator[int]:
    """Give agents that answer at these addresses of loopback, all on one port, which is returned."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lab", daemon=True)
    thread.start()
    file = next(each for each in list_device_files() if each.community)
    view, port = build_view(file), free_port(socket.SOCK_DGRAM)

    async def start() -> list[SnmpAgent]:
        return [
            SnmpAgent(name=f"lab-{address}", view=view, address=address, port=port, community=community)
            for address in addresses
        ]

    async def stop() -> None:
        for agent in running:
            agent.close()

    running = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def running_agents(count: int, *, delay_seconds: float = 0.0) -> Iterator[list[LabAgent]]:
    """Give agents that answer every request after the delay."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lab", daemon=True)
    thread.start()
    file = next(each for each in list_device_files() if each.community)

    async def start() -> list[tuple[LabAgent, SnmpAgent]]:
        started = []
        for number in range(count):
            agent = SnmpAgent(
                name=f"lab-{number + 1}",
                view=build_view(file),
                address="127.0.0.1",
                port=0,
                community=COMMUNITY,
                delay=lambda _now: delay_seconds,
            )
            started.append((LabAgent(f"lab-{number + 1}", agent.port), agent))
        return started

    async def stop() -> None:
        for _, agent in running:
            agent.close()

    running = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    try:
        yield [place for place, _ in running]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
