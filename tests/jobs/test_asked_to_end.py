"""A signal ends the scheduler whatever its main thread does at that moment."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT

# The main thread holds the event's own lock when the signal comes, as now and then when it begins to wait.
PROGRAM = """
import os, signal, threading
from helpdesk.jobs.signals import call_when_asked_to_end
stopping = threading.Event()
call_when_asked_to_end(stopping.set)
with stopping._cond:
    os.kill(os.getpid(), signal.{signal})
print(stopping.wait(20))
"""


def end_by(signal: str) -> str:
    """Return what the program says after the signal."""
    program = [sys.executable, "-c", PROGRAM.format(signal=signal)]
    ended = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout.strip()


def test_a_polite_kill_is_heard_while_the_main_thread_begins_to_wait() -> None:
    assert end_by("SIGTERM") == "True"


def test_ctrl_c_is_heard_while_the_main_thread_begins_to_wait() -> None:
    assert end_by("SIGINT") == "True"
