"""Keeping the parts of the office alive, and ending every one of them."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from helpdesk.demo import programs
from helpdesk.demo.errors import ProgramStopped
from helpdesk.demo.programs import Program

# A program that ends is told of at once; this is for one that hangs, on a machine however slow.
READY_SECONDS = 180.0
LOOK_SECONDS = 0.25
# A part that ends this often within the window is broken: going on would only fill the log.
DEATHS = 5
WINDOW_SECONDS = 120.0
LONGEST_WAIT_SECONDS = 30.0


@dataclass
class _Running:
    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    start_again_at: float | None = None


@dataclass(frozen=True)
class Death:
    """What is told when a part ended by itself: which, how, its last lines, and when it is started again."""

    name: str
    exit_code: int
    last_lines: list[str]
    again_in_seconds: float


class Supervisor:
    """Starts programs in order, restarts one that dies, and ends all of them when asked."""

    def __init__(
        self,
        *,
        folder: Path,
        logs: Path,
        environment: Mapping[str, str],
        tell: Callable[[Death], None],
    ) -> None:
        self.folder = folder
        self.logs = logs
        self.environment = environment
        self.tell = tell
        self._running: dict[str, _Running] = {}
        self._asked_to_stop = 0

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._asked_to_stop > 0

    @property
    def has_programs(self) -> bool:
        """Whether anything was started."""
        return bool(self._running)

    def obey_signals(self) -> None:
        """Stop on Ctrl-C, on a polite kill, and when the terminal closes; a second time at once."""
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._ask_to_stop)

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    def start(self, program: Program) -> None:
        """Start the program and wait until it is ready, or until somebody asks to stop."""
        running = self._running[program.name] = _Running(program, self.logs / f"{program.name}.log")
        programs.set_aside(running.log)
        self._spawn(running)
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_stopping and not program.is_ready(running.log):
            if _exit_code(running) is not None or time.monotonic() > deadline:
                self._tell_death(running, 0.0)
                raise ProgramStopped(program=program.name, log=str(running.log))
            time.sleep(LOOK_SECONDS)

    def run_once(self, command: Sequence[str]) -> int:
        """Run a command to its end on our terminal, and return its exit code."""
        with subprocess.Popen(  # noqa: S603  # fixed commands, no shell
            command,
            cwd=self.folder,
            env=dict(self.environment),
            preexec_fn=programs.die_with_parent,
        ) as process:
            while process.poll() is None:
                if self.is_stopping:
                    process.terminate()
                time.sleep(0.05)
            return process.returncode

    def watch(self) -> None:
        """Look after the programs until somebody asks to stop; raise when one is beyond help."""
        while not self.is_stopping:
            for running in self._running.values():
                self._look_after(running)
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End every program that was started."""
        processes = [each.process for each in self._running.values() if each.process is not None]
        programs.stop(processes, seconds=0.5 if self._asked_to_stop > 1 else programs.STOP_SECONDS)
        self._running.clear()

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.start_again_at is not None:
            if now >= running.start_again_at:
                self._spawn(running)
            return
        if _exit_code(running) is None:
            return
        running.deaths = [each for each in running.deaths if each > now - WINDOW_SECONDS] + [now]
        wait = min(2.0 ** (len(running.deaths) - 1), LONGEST_WAIT_SECONDS)
        self._tell_death(running, wait)
        if len(running.deaths) >= DEATHS:
            raise ProgramStopped(program=running.program.name, log=str(running.log))
        # What the dead leader left behind would hold its port.
        if running.process is not None:
            programs.stop([running.process], seconds=1.0)
        running.start_again_at = now + wait

    def _spawn(self, running: _Running) -> None:
        running.start_again_at = None
        running.process = programs.start(
            running.program, log=running.log, environment=self.environment, folder=self.folder
        )

    def _tell_death(self, running: _Running, wait: float) -> None:
        code = _exit_code(running)
        self.tell(Death(running.program.name, 0 if code is None else code, programs.tail(running.log), wait))


def _exit_code(running: _Running) -> int | None:
    return None if running.process is None else running.process.poll()
