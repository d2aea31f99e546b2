"""Databases as versions that were in use before made them: the demo office of each, some of its tickets."""

from __future__ import annotations

import base64
import json
import lzma
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy import Connection, MetaData, Table

from helpdesk.database import make_engine
from helpdesk.schema import alembic_config

RECORDINGS = Path(__file__).parents[1] / "recordings" / "databases"
Rows = dict[str, list[dict[str, Any]]]


def read_landed(revision: str) -> Rows:
    """Return the rows of every table as the version kept them, as SQLite writes them."""
    rows: Rows = json.loads(lzma.decompress((RECORDINGS / f"landed-{revision[:4]}.json.xz").read_bytes()))
    return rows


def restore_landed(database_url: str, revision: str) -> Rows:
    """Make the database of the version in an empty one, and return what is in it."""
    command.upgrade(alembic_config(database_url), revision)
    rows, engine = read_landed(revision), make_engine(database_url)
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name in rows:
                connection.execute(sa.insert(table), [typed(table, row) for row in rows[table.name]])
                _continue_numbers(connection, table)
    engine.dispose()
    return rows


def _continue_numbers(connection: Connection, table: Table) -> None:
    """PostgreSQL counts apart from the rows: the next row follows the last one restored."""
    if connection.dialect.name == "postgresql" and "id" in table.c:
        connection.execute(
            sa.text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # our own name
                f"(SELECT max(id) FROM {table.name}))"
            )
        )


def typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a recorded row as the columns of the table take them."""
    return {name: _value(table.c[name].type, value) for name, value in row.items()}


def _value(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    if isinstance(kind, sa.DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if kind.timezone else moment
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.JSON):
        return json.loads(value)
    return bool(value) if isinstance(kind, sa.Boolean) else value
