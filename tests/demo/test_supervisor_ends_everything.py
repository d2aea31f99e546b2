"""The supervisor keeps programs alive and leaves none behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.demo import ports
from helpdesk.demo.errors import PortInUse, ProgramStopped
from helpdesk.demo.programs import Program
from helpdesk.demo.supervisor import Death, Supervisor

# A program with a child of its own that ignores a polite request to end.
STUBBORN = (
    "import os, signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "child = subprocess.Popen([sys.executable, '-c',"
    " 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)'])\n"
    "print(os.getpid(), child.pid, flush=True)\n"
    "time.sleep(300)\n"
)
HOLDER = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from helpdesk.demo.programs import Program\n"
    "from helpdesk.demo.supervisor import Supervisor\n"
    "folder = Path(sys.argv[1])\n"
    "supervisor = Supervisor(folder=folder, logs=folder, environment={}, tell=print)\n"
    "supervisor.obey_signals()\n"
    "supervisor.start(Program('sleeper', (sys.executable, '-c', 'import time; time.sleep(300)')))\n"
    "print(supervisor._running['sleeper'].process.pid, flush=True)\n"
    "try:\n"
    "    supervisor.watch()\n"
    "finally:\n"
    "    supervisor.stop()\n"
)
ROOT = Path(__file__).resolve().parents[2]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def supervisor(folder: Path, deaths: list[Death]) -> Supervisor:
    return Supervisor(folder=folder, logs=folder, environment=dict(os.environ), tell=deaths.append)


def test_a_program_that_ignores_the_polite_request_ends_with_its_children(tmp_path):
    keeper = supervisor(tmp_path, [])
    log = tmp_path / "stubborn.log"
    keeper.start(Program("stubborn", (sys.executable, "-c", STUBBORN), lambda path: path.stat().st_size > 0))
    pids = [int(word) for word in log.read_text("utf-8").split()]
    assert all(is_alive(pid) for pid in pids)
    keeper._asked_to_stop = 2
    keeper.stop()
    assert wait_for(lambda: not any(is_alive(pid) for pid in pids))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_child_outlives_the_supervisor_however_it_ends(tmp_path, sent):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        assert is_alive(pid)
        holder.send_signal(sent)
        holder.wait(timeout=30)
        assert wait_for(lambda: not is_alive(pid))


def test_a_program_that_dies_is_told_of_and_started_again(tmp_path):
    deaths: list[Death] = []
    keeper = supervisor(tmp_path, deaths)
    keeper.start(
        Program("brief", (sys.executable, "-c", "import time; print('last words'); time.sleep(300)"))
    )
    running = keeper._running["brief"]
    assert running.process is not None
    first = running.process.pid
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: running.process.poll() is not None)

    def is_back() -> bool:
        keeper._look_after(running)
        return running.process.poll() is None and running.process.pid != first

    assert wait_for(is_back)
    keeper.stop()
    assert [(death.name, death.exit_code) for death in deaths] == [("brief", -signal.SIGKILL)]


def test_a_program_that_ends_before_it_is_ready_stops_the_start_and_shows_its_last_lines(tmp_path):
    deaths: list[Death] = []
    keeper = supervisor(tmp_path, deaths)
    broken = Program(
        "broken", (sys.executable, "-c", "raise SystemExit('no such table')"), lambda _log: False
    )
    with pytest.raises(ProgramStopped):
        keeper.start(broken)
    keeper.stop()
    assert deaths[0].last_lines == ["no such table"]


def test_a_program_that_dies_again_and_again_ends_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("helpdesk.demo.supervisor.LONGEST_WAIT_SECONDS", 0.0)
    deaths: list[Death] = []
    keeper = supervisor(tmp_path, deaths)
    keeper.start(Program("broken", (sys.executable, "-c", "raise SystemExit(3)")))
    with pytest.raises(ProgramStopped):
        keeper.watch()
    keeper.stop()
    assert len(deaths) == 5


def test_a_port_in_use_is_named_together_with_a_free_one():
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse) as refusal:
            ports.ensure_free(port)
    assert f"Port {port} is in use" in str(refusal.value)
    assert "make run PORT=" in str(refusal.value)
    assert int(refusal.value.details["other"]) != port


def test_the_demo_network_keeps_its_ports_from_one_start_to_the_next(tmp_path):
    first = ports.lab_ports(tmp_path / "lab" / "ports.json")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((ports.HOST, first.snmp))
        assert ports.lab_ports(tmp_path / "lab" / "ports.json") == first
        assert ports.lab_ports(tmp_path / "other" / "ports.json") != first
