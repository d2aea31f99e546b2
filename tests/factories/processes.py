"""The product's own commands as processes, watched by what they print."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config import HelpdeskSettings

ROOT = Path(__file__).resolve().parents[2]


def environment_of(settings: HelpdeskSettings) -> dict[str, str]:
    """Return the environment that makes a process use the test's own database and keys."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HELPDESK_")}
    return inherited | {
        "HELPDESK_DATA_DIRECTORY": str(settings.data_directory),
        "HELPDESK_DATABASE_URL": settings.database_url,
        "HELPDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "HELPDESK_CREDENTIAL_KEYS": settings.credential_keys.get_secret_value(),
        "HELPDESK_TESTING": "true",
    }


class Command:
    """A running `helpdesk` command."""

    def __init__(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "helpdesk.cli", *arguments],
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed: list[str] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line.rstrip())
            self._lines.put(line.rstrip())

    def wait_for_line(self, words: str, seconds: float = 200) -> str:
        """Return the next line that holds the words."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=0.2)
            except queue.Empty:
                assert self.process.poll() is None, f"ended: {self.printed}"
                continue
            if words in line:
                return line
        raise AssertionError(f"{words!r} was not printed: {self.printed}")

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)

    def stop(self) -> int:
        """Ask the process to end, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(120)
        finally:
            self._reader.join(5)


@contextmanager
def running(*arguments: str, environment: Mapping[str, str]) -> Iterator[Command]:
    """Run a command for the time of the block; whatever happens, it ends with it."""
    command = Command(arguments, environment)
    try:
        yield command
    finally:
        if command.process.poll() is None:
            command.kill()
