"""`helpdesk numbers`: the register of numbers at the machine, under the same rules as the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.errors import PersonUnknown
from helpdesk.documents.cli import numbers
from helpdesk.errors import Forbidden
from helpdesk.events import Event
from helpdesk.numbering.catalogue import default_numbering
from helpdesk.numbering.errors import NumberingFileInvalid, NumberUnknown
from helpdesk.numbering.models import IssuedNumber
from helpdesk.numbering.rules import REPORT
from helpdesk.numbering.service import issue_number
from tests.factories.people import Office


@pytest.fixture
def installed(
    tmp_path: Path, database_url: str, session: Session, office: Office, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return the text of the first report number of an installation."""
    monkeypatch.setenv("HELPDESK_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("HELPDESK_DATABASE_URL", database_url)
    now = clock.now()
    text = issue_number(session, default_numbering(), REPORT, on=now.date(), at=now).text
    session.commit()
    return text


def run(*arguments: str) -> Result:
    return CliRunner().invoke(numbers, arguments)


def void(text: str, by: str) -> Result:
    return run("void", "report", text, "--reason", "Salah cetak", "--by", by)


def test_a_head_voids_a_number_and_the_list_says_why(
    installed: str, session: Session, office: Office
) -> None:
    year = installed[-4:]
    assert f"report\t1\t{installed}\t" in run("list", "--year", year).output
    assert void(installed, "kabag").output == f"{installed} is void: Salah cetak\n"
    assert run("list", "--year", year, "--void").output.endswith("\tvoid\tSalah cetak\n")
    event = session.scalars(select(Event).where(Event.kind == "number_voided")).one()
    assert (event.origin, event.actor_id) == ("cli", office.kabag.id)


def test_the_command_line_voids_for_nobody_but_a_head(
    installed: str, session: Session, office: Office
) -> None:
    for username in ("kasubbag", "pelaksana", "auditor", "admin"):
        assert isinstance(void(installed, username).exception, Forbidden)
    assert isinstance(void(installed, "siapa").exception, PersonUnknown)
    assert isinstance(void("LAP-9999/1999", "kabag").exception, NumberUnknown)
    assert session.scalars(select(IssuedNumber.voided_at)).all() == [None]


def test_the_patterns_of_a_bad_file_are_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPDESK_DATA_DIRECTORY", str(tmp_path))
    assert "LAP-0001/" in run("patterns").output
    bad = tmp_path / "numbering.yaml"
    bad.write_text("series: {}\n", "utf-8")
    monkeypatch.setenv("HELPDESK_NUMBERING_FILE", str(bad))
    assert isinstance(run("patterns").exception, NumberingFileInvalid)
