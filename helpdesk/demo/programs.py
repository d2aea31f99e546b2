"""Starting and ending a program so that nothing of it outlives us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10.0
LOG_BYTES = 5_000_000
TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """A part of the office: what it is called, how it is started, how one sees that it is ready."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[Path], bool] = lambda _log: True


def python(*arguments: str) -> tuple[str, ...]:
    """Return a command of this Python; `-P` keeps the current folder from shadowing modules."""
    return (sys.executable, "-P", *arguments)


def helpdesk_command(*arguments: str) -> tuple[str, ...]:
    """Return a `helpdesk` command of this checkout, wherever the script lies."""
    return python("-c", "from helpdesk.cli import main; main()", *arguments)


def die_with_parent(sent: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when its parent ends, however that ends (Linux only)."""
    with contextlib.suppress(AttributeError):
        _libc.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)


def start(
    program: Program, *, log: Path, environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start the program in a process group of its own; Ctrl-C then reaches it through us, in order."""
    parent = os.getpid()

    def _bind_to_parent() -> None:
        die_with_parent()
        if os.getppid() != parent:  # the parent ended before the kernel was asked
            os._exit(1)

    if log.exists() and log.stat().st_size > LOG_BYTES:
        set_aside(log)
    with log.open("ab") as output:
        # The supervisor has one thread, so that code may run between fork and exec.
        return subprocess.Popen(  # noqa: S603  # fixed commands, no shell
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            process_group=0,
            preexec_fn=_bind_to_parent,
        )


def stop(processes: Iterable[subprocess.Popen[bytes]], *, seconds: float = STOP_SECONDS) -> None:
    """End the process groups: asked first, made to after a while."""
    remaining = list(processes)
    for process in remaining:
        _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for process in remaining:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
    for process in remaining:
        # Also where the leader ended well: a worker of it may not have.
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], sent: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sent)


def set_aside(log: Path) -> None:
    """Keep one older log beside a new one."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))


def tail(log: Path, lines: int = TAIL_LINES) -> list[str]:
    """Return the last lines of a log."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        return file.read().decode("utf-8", "replace").splitlines()[-lines:]
