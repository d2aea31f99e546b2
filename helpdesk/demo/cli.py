"""`helpdesk run`: the supervisor stays small, so it imports neither the tables nor the collectors."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from config import ROOT, HelpdeskSettings, child_environment, load_settings
from helpdesk.demo import people, ports
from helpdesk.demo.errors import AlreadyRunning, FolderNotWritable, ProgramStopped
from helpdesk.demo.programs import Program, die_with_parent, helpdesk_command, python
from helpdesk.demo.supervisor import Death, Supervisor

NARROW = 100
PORT_TRIES = 3


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def run(port: int) -> None:
    """Run the demo office: web, scheduler and a network on loopback. Ctrl-C ends it."""
    _end_with_make()
    started = time.monotonic()
    console = _console()
    settings = load_settings()
    with _only_one(settings.data_directory):
        ports.ensure_free(port)
        supervisor = Supervisor(
            folder=ROOT,
            logs=_folder(settings.data_directory / "log"),
            environment=_environment(settings, port),
            tell=_tell_death,
        )
        supervisor.obey_signals()
        try:
            _start_all(supervisor, console, settings, port)
            if not supervisor.is_stopping:
                _welcome(console, settings, port, time.monotonic() - started)
                supervisor.watch()
        finally:
            if supervisor.has_programs:
                console.print("Menghentikan semua bagian … / Stopping every part …")
                supervisor.stop()
                console.print("Selesai. / Done.")


def _start_all(supervisor: Supervisor, console: Console, settings: HelpdeskSettings, port: int) -> None:
    console.print("[1/5] Basis data dan kantor peraga / Database and demo office", markup=False)
    code = supervisor.run_once(helpdesk_command("demo", "prepare"))
    if code != 0 and not supervisor.is_stopping:
        sys.exit(code)
    # Each is made ready when its turn comes: a port that is free now may be taken a minute later.
    parts = (lambda: _network(settings), lambda: _web(port), _scheduler, _traps)
    for step, make_ready in enumerate(parts, start=2):
        if not supervisor.is_stopping:
            console.print(f"[{step}/5] {_PARTS[make_ready().name]}", markup=False)
            _start(supervisor, make_ready)


def _start(supervisor: Supervisor, make_ready: Callable[[], Program]) -> None:
    """Start a part; where its port was taken while it began, begin it again on another one."""
    program = make_ready()
    for _ in range(PORT_TRIES):
        try:
            supervisor.start(program)
        except ProgramStopped:
            before, program = program, make_ready()
            if program.command == before.command:
                raise
        else:
            return
    supervisor.start(program)


_PARTS = {
    "network": "Jaringan peraga / The demo network",
    "web": "Halaman web / The web pages",
    "scheduler": "Penjadwal / The scheduler",
    "traps": "Penerima trap / The receiver of traps",
}


def _network(settings: HelpdeskSettings) -> Program:
    chosen = ports.lab_ports(settings.data_directory / "lab" / "ports.json")
    command = python("-m", "network", "lab", "--port-base", str(chosen.snmp))
    command += ("--ssh-port-base", str(chosen.ssh), "--state", str(settings.data_directory / "lab"))
    return Program("network", command, lambda log: "ready lab" in log.read_text("utf-8", "replace"))


def _web(port: int) -> Program:
    command = python("-m", "gunicorn", "wsgi:app", "--bind", f"{ports.HOST}:{port}")
    command += ("--worker-class", "gthread", "--workers", "1", "--threads", "8")
    command += ("--graceful-timeout", "5", "--no-control-socket")
    return Program("web", command, lambda _log: _answers(f"http://{ports.HOST}:{port}/health"))


def _scheduler() -> Program:
    return Program("scheduler", helpdesk_command("scheduler"))


def _traps() -> Program:
    command = helpdesk_command("traps", "--listen", f"{ports.HOST}:{ports.trap_port()}")
    return Program("traps", command, lambda log: "traps: listening" in log.read_text("utf-8", "replace"))


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _environment(settings: HelpdeskSettings, port: int) -> dict[str, str]:
    changes = {"demo": "true"}
    if "automatic_tickets" not in settings.model_fields_set:
        # What the office may want stays off in an office; who tries the product should see it.
        changes["automatic_tickets"] = "true"
    if settings.base_url == HelpdeskSettings.model_fields["base_url"].default:
        changes["base_url"] = f"http://{ports.HOST}:{port}"
    return child_environment(**changes)


def _welcome(console: Console, settings: HelpdeskSettings, port: int, seconds: float) -> None:
    """Print the address and who may sign in."""
    console.print()
    console.print(
        f"[bold green]Siap / Ready:[/] [bold]http://{ports.HOST}:{port}[/]   "
        f"({seconds:.0f} s; berhenti / stop: Ctrl-C)"
    )
    console.print(_accounts())
    console.print(
        f"Surel keluar / Outgoing e-mail, log: {settings.data_directory / 'log' / 'scheduler.log'}",
        soft_wrap=True,
    )


def _accounts() -> Table:
    table = Table(title="Akun peraga / Demo accounts", title_justify="left", title_style="bold", box=SIMPLE)
    for heading in ("Nama pengguna\nUser name", "Kata sandi\nPassword", "Nama\nName", "Peran\nRole"):
        table.add_column(heading, overflow="fold")
    for person in people.PEOPLE:
        table.add_row(person.username, people.PASSWORD, person.name, person.office)
    return table


def _tell_death(death: Death) -> None:
    """Tell that a part ended by itself, with what it said last."""
    click.echo(f"{_PARTS[death.name]}: berhenti / stopped ({death.exit_code})", err=True)
    for line in death.last_lines:
        click.echo(f"    {line}", err=True)
    if death.again_in_seconds:
        seconds = f"{death.again_in_seconds:.0f}"
        click.echo(f"    dimulai lagi dalam {seconds} s / starting again in {seconds} s", err=True)


def _console() -> Console:
    """Return a console that does not squeeze its tables where the output is a file or a pipe."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NARROW)


def _end_with_make() -> None:
    """Have Ctrl-C's promise kept when `make run` itself is killed: we end with make, as its recipe should."""
    parent = Path(f"/proc/{os.getppid()}/comm")
    if parent.exists() and parent.read_text("utf-8").strip() in {"make", "gmake"}:
        die_with_parent(signal.SIGTERM)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the data directory for this supervisor alone; the lock ends with the process."""
    path = _folder(folder) / "run.lock"
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise FolderNotWritable(folder=str(folder), reason=error.strerror) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(folder=str(folder), process=file.read().strip() or "?") from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderNotWritable(folder=str(path), reason=error.strerror) from None
    return path
