"""One event loop in a thread of its own, so that synchronous callers share the long-lived SNMP engines."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from network.snmp.pysnmp_engine import EnginePool

T = TypeVar("T")


class BackgroundLoop:
    """An event loop with its engines; made at the first use and again after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process_id: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.engines = EnginePool()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end in the background loop and return its result."""
        return self.start(coroutine).result()

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine in the background loop and return at once."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._running_loop())

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._process_id != os.getpid():
                # A thread does not survive a fork, and two processes must not share a socket.
                self._process_id, self.engines = os.getpid(), EnginePool()
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="network-loop", daemon=True).start()
            return self._loop


shared_loop = BackgroundLoop()
