"""A database that an earlier version made upgrades, keeps everything, and its tickets go on."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from config import build_settings
from helpdesk.audit import queries as audit_queries
from helpdesk.database import make_engine
from helpdesk.documents.models import Document
from helpdesk.evidence.models import StoredFile
from helpdesk.schema import upgrade
from tests.factories.landed import Rows, restore_landed, typed

LANDED = ("0001_create_tables",)
# What an upgrade may fill or work out anew: the caches of what is derived.
# Tables whose keys are named otherwise now; their own tests say what became of them.
RENAMED = {"number_series"}
DERIVED = {("step_runs", "due_at"), ("step_runs", "version"), ("tickets", "version")}


@pytest.fixture(params=LANDED)
def landed(request: pytest.FixtureRequest, empty_database_url: str, tmp_path: Path) -> tuple[str, Rows]:
    """Give an upgraded database, and what was in it before."""
    before = restore_landed(empty_database_url, request.param)
    upgrade(build_settings(testing=True, data_directory=tmp_path, database_url=empty_database_url))
    return empty_database_url, before


def _plain(value: Any) -> Any:
    """Return a moment without its zone: SQLite has none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return value


def test_every_row_and_column_is_kept(landed: tuple[str, Rows]) -> None:
    url, before = landed
    engine = make_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for name, rows in before.items():
            if name in RENAMED:
                continue
            table = tables.tables[name]
            key = [column.name for column in table.primary_key]
            now = {
                tuple(row[part] for part in key): row
                for row in connection.execute(sa.select(table)).mappings()
            }
            for row in rows:
                found = now[tuple(row[part] for part in key)]
                for column, value in typed(table, row).items():
                    if (name, column) not in DERIVED:
                        assert _plain(found[column]) == _plain(value), (name, column)
    engine.dispose()


def test_the_papers_are_the_bytes_they_were(landed: tuple[str, Rows]) -> None:
    engine = make_engine(landed[0])
    with Session(engine) as session:
        documents = session.scalars(sa.select(Document)).all()
        assert len(documents) >= len(landed[1]["documents"])
        for stored in session.scalars(sa.select(StoredFile)):
            assert hashlib.sha256(stored.content).hexdigest() == stored.sha256
    engine.dispose()


def test_the_acts_of_before_are_chained(landed: tuple[str, Rows]) -> None:
    engine = make_engine(landed[0])
    with Session(engine) as session:
        verdict = audit_queries.verify_chain(session)
        assert verdict.broken is None
        assert verdict.head.sequence == len(landed[1]["events"])
    engine.dispose()
