"""`helpdesk audit`: what an auditor types, and what comes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.archive.audit_cli import audit
from helpdesk.audit.queries import chain_head
from helpdesk.database import transaction
from helpdesk.events import record

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Command = Callable[..., Result]


@pytest.fixture
def command(settings: HelpdeskSettings, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("HELPDESK_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HELPDESK_DATA_DIRECTORY", str(settings.data_directory))
    return lambda *words: CliRunner().invoke(audit, words)


@pytest.fixture
def acts(session: Session) -> Session:
    with transaction(session):
        for number in range(4):
            record(session, "office_closed", at=NOW, number=number)
    return session


def test_a_whole_chain_is_confirmed_with_its_head(command: Command, acts: Session) -> None:
    head = chain_head(acts)
    acts.rollback()
    result = command("verify")
    assert result.exit_code == 0
    assert f"4:{head.sha256}" in result.output
    assert command("head").output.strip() == f"4:{head.sha256}"


def test_a_printed_head_is_found_again_in_the_chain(command: Command, acts: Session) -> None:
    printed = command("write-head").output.strip()
    with transaction(acts):
        record(acts, "office_closed", at=NOW)
    assert command("verify", "--head", printed).exit_code == 0


def test_a_printed_head_that_is_not_in_the_chain_breaks_it(command: Command, acts: Session) -> None:
    acts.rollback()
    result = command("verify", "--head", "3:" + "0" * 64)
    assert result.exit_code == 1
    assert "link 3" in result.output
    assert "mata rantai 3" in result.output


def test_a_head_that_is_none_is_refused_with_its_form(command: Command, acts: Session) -> None:
    acts.rollback()
    result = command("verify", "--head", "3-abc")
    assert result.exit_code == 2
    assert "NUMBER:SHA256" in result.output


def test_the_first_broken_link_is_named_with_its_act(
    command: Command, acts: Session, database_kind: str
) -> None:
    if database_kind == "postgresql":
        acts.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
    else:
        acts.execute(text("DROP TRIGGER events__no_update"))
    acts.execute(text("UPDATE events SET kind = 'office_opened' WHERE id > (SELECT max(id) - 2 FROM events)"))
    acts.commit()
    result = command("verify")
    assert result.exit_code == 1
    assert "link 3" in result.output
    assert "office_opened" in result.output


def test_the_export_holds_what_a_link_is_computed_from(command: Command, acts: Session) -> None:
    acts.rollback()
    digest = "0" * 64
    for line in command("export").output.splitlines():
        link = json.loads(line)
        words = json.dumps(link["act"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        of_act = hashlib.sha256(words.encode()).hexdigest()
        digest = hashlib.sha256(f"{digest}\n{of_act}".encode()).hexdigest()
        assert link["sha256"] == digest
