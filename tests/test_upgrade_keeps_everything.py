"""A database that an earlier version made upgrades, keeps everything, and its tickets go on."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from config import build_settings
from helpdesk.audit import queries as audit_queries
from helpdesk.database import db, make_engine
from helpdesk.documents.models import Document
from helpdesk.evidence.models import StoredFile
from helpdesk.schema import upgrade
from helpdesk.web.limits import limiter
from tests.factories.landed import Rows, restore_landed, typed

PASSWORD_OF_BEFORE = "meja-kerja-demo"
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


def _office_of_before(database_url: str, directory: Path) -> tuple[Flask, FlaskClient]:
    """Return the product of today on the database of before, with the head signed in."""
    settings = build_settings(testing=True, data_directory=directory, database_url=database_url)
    upgrade(settings)
    app = import_module("helpdesk.application").create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": "ratna", "password": PASSWORD_OF_BEFORE})
    assert answer.status_code == 302, answer.text
    return app, client


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("revision", LANDED)
def test_every_page_of_the_tickets_of_before_opens(
    empty_database_url: str, tmp_path: Path, revision: str
) -> None:
    before = restore_landed(empty_database_url, revision)
    app, client = _office_of_before(empty_database_url, tmp_path)
    pages = ["/desk", "/tickets", "/register", "/sop", "/devices"]
    pages += [f"/tickets/{row['id']}" for row in before["tickets"]]
    pages += [f"/tickets/{row['ticket_id']}/documents/{row['id']}" for row in before["documents"]]
    opened = {page: client.get(page).status_code for page in pages}
    packed = {
        row["id"]: client.post(f"/tickets/{row['id']}/archive").status_code for row in before["tickets"]
    }
    with app.app_context():
        db.engine.dispose()
    assert set(opened.values()) == {200}, opened
    assert set(packed.values()) == {200}, packed


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_ticket_of_before_finishes_on_the_version_it_began_under(
    empty_database_url: str, tmp_path: Path
) -> None:
    before = restore_landed(empty_database_url, "0001_create_tables")
    ticket = next(row for row in before["tickets"] if row["number"] == "TKT-2026-0006")
    app, client = _office_of_before(empty_database_url, tmp_path)
    page = client.get(f"/tickets/{ticket['id']}").text
    hidden = dict(re.findall(r'name="(step_run|version)" value="(\d+)"', page))
    sent = {
        **hidden,
        "action": "complete",
        "signed_report-verdict": "signed",
        "signed_report-has_read": "y",
        "signed_report-password": PASSWORD_OF_BEFORE,
    }
    answer = client.post(f"/tickets/{ticket['id']}/step", data=sent)
    assert answer.status_code == 302, answer.text
    with app.app_context():
        row = db.session.execute(
            sa.text(
                "SELECT t.status, r.procedure_version FROM tickets t "
                "JOIN procedure_runs r ON r.id = t.run_id WHERE t.number = 'TKT-2026-0006'"
            )
        ).one()
        reports = db.session.scalars(
            sa.select(Document.number).where(Document.ticket_id == ticket["id"], Document.kind == "report")
        ).all()
        verdict = audit_queries.verify_chain(db.session())
        db.session.remove()
        db.engine.dispose()
    assert tuple(row) == ("closed", 1)
    # The book of numbers goes on where it was.
    taken = {row["number"] for row in before["documents"] if row["number"]}
    assert len(reports) == 1
    assert reports[0] not in taken
    assert verdict.broken is None
