"""Asked to end from outside: what a signal handler may safely do."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGINT)


def call_when_asked_to_end(stop: Callable[[], None]) -> None:
    """Call `stop` in a thread of its own once a signal asks the process to end.

    A handler runs in the middle of the main thread's work. Setting an event there waits for ever where the
    main thread holds that event's lock just then, as it does when it begins to wait; putting into a
    SimpleQueue never waits.
    """
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()

    def wait_for_signals() -> None:
        while True:
            asked.get()
            stop()

    threading.Thread(target=wait_for_signals, name="signals", daemon=True).start()
    for number in ENDING:
        signal.signal(number, lambda number, _frame: asked.put(number))
