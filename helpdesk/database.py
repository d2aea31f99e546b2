"""The database: one Base, one engine set-up for SQLite and PostgreSQL, one transaction helper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from helpdesk.errors import EditConflict

# Constraint names are part of the design: a refusal of the database can be told apart by its name.
NAMING = {
    "ix": "ix__%(table_name)s__%(column_0_N_name)s",
    "uq": "uq__%(table_name)s__%(column_0_N_name)s",
    "ck": "ck__%(table_name)s__%(constraint_name)s",
    "fk": "fk__%(table_name)s__%(column_0_N_name)s",
    "pk": "pk__%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values; SQLite drops time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: give it a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonDocument = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JsonDocument, list[Any]: JsonDocument}


db = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": True})


def engine_options(database_url: str) -> dict[str, Any]:
    """Return what `create_engine` needs so that no update is lost and no reader waits for a writer."""
    # The values of a statement may be what people wrote or what is secret: no error repeats them in a log.
    shared = {"hide_parameters": True}
    if database_url.startswith("sqlite"):
        connection = {"timeout": 30, "isolation_level": None, "check_same_thread": False}
        return {**shared, "connect_args": connection}
    return {**shared, "pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}


def prepare_engine(engine: Engine) -> Engine:
    """Make SQLite safe under concurrent writers: WAL, foreign keys, BEGIN IMMEDIATE, a busy timeout."""
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Any) -> None:
        # A deferred transaction that reads first and writes later loses updates or fails with "locked":
        # the writer's lock is taken at the beginning instead. Readers say so and go on beside the writer.
        reading = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def make_engine(database_url: str) -> Engine:
    """Return an engine for work outside of a web request: command line, jobs, tests."""
    return prepare_engine(create_engine(database_url, **engine_options(database_url)))


@contextmanager
def transaction(session: Session | None = None) -> Iterator[Session]:
    """Give a session whose changes are committed together at the end, or not at all.

    Where somebody else was quicker, and changed the same row or took the same place, that is an EditConflict.
    """
    session = db.session() if session is None else session
    try:
        yield session
        session.commit()
    except StaleDataError:
        session.rollback()
        raise EditConflict from None
    except IntegrityError as error:
        session.rollback()
        if _is_place_taken(error):
            raise EditConflict from None
        raise
    except BaseException:
        session.rollback()
        raise


def _is_place_taken(error: IntegrityError) -> bool:
    """Whether a unique constraint refused the row; any other constraint is a mistake of ours.

    Where rows are only added, SQLite asks the table's guard before the constraint (helpdesk.audit.guards).
    """
    if "this place is taken" in str(error.orig):
        return True
    names = (getattr(error.orig, "sqlite_errorname", ""), getattr(error.orig, "sqlstate", ""))
    return bool({"SQLITE_CONSTRAINT_UNIQUE", "23505"}.intersection(names))
