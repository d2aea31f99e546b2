"""One leader among the schedulers of one database: a file lock beside SQLite, a lock in PostgreSQL."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from config import HelpdeskSettings

# The key of the advisory lock: any fixed number that nothing else in the database uses.
ADVISORY_KEY = int.from_bytes(hashlib.sha256(b"disposisi:scheduler").digest()[:8], "big", signed=True)
LOCK_FILE = "scheduler.lock"


class Leadership(Protocol):
    """The right to plan and to take what is due."""

    def acquire(self) -> bool:
        """Try to become the leader; False where another one is alive."""

    def is_held(self) -> bool:
        """Whether the right is still ours."""

    def release(self) -> None:
        """Give the right back."""


class FileLeadership:
    """The kernel frees the lock when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Lock the file without waiting."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file
        return True

    def is_held(self) -> bool:
        """A file lock is never lost while its process lives."""
        return self._file is not None

    def release(self) -> None:
        """Close the file, which frees the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None


class AdvisoryLeadership:
    """The server frees the lock when the connection ends; the connection serves nothing else."""

    def __init__(self, database_url: str) -> None:
        self._engine: Engine = create_engine(database_url, poolclass=NullPool)
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Ask for the lock without waiting; a server that does not answer gives none."""
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            got = bool(connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}))
        except DBAPIError:
            return False
        if not got:
            connection.close()
            return False
        self._connection = connection
        return True

    def is_held(self) -> bool:
        """Ask the server over the very connection: a connection that is gone took the lock with it."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("select 1"))
        except DBAPIError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """End the connection, which frees the lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def leadership_of(settings: HelpdeskSettings) -> Leadership:
    """Return the leadership that fits the database."""
    if settings.is_sqlite:
        return FileLeadership(settings.data_directory / LOCK_FILE)
    return AdvisoryLeadership(settings.database_url)
