"""`helpdesk people`, as the person who installs the product uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from config import load_settings
from helpdesk.accounts import queries, service
from helpdesk.accounts.cli import people
from helpdesk.accounts.errors import PasswordRefused, PersonExists, PersonUnknown, RoleUnknown
from helpdesk.database import make_engine
from helpdesk.errors import DatabaseOlder
from helpdesk.schema import upgrade

WORDS = "empat kuda minum kopi"


@pytest.fixture
def installed(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation with an empty, migrated database."""
    monkeypatch.setenv("HELPDESK_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("HELPDESK_DATABASE_URL", database_url)
    return database_url


def run(*arguments: str, password: str = "") -> Result:
    return CliRunner().invoke(people, arguments, input=f"{password}\n" if password else None)


def add_admin(password: str = WORDS, role: str = "admin", name: str = "admin") -> Result:
    return run("add", name, "--name", "Agus Salim", "--role", role, "--password-stdin", password=password)


def test_the_first_admin_is_added_and_listed(installed: str) -> None:
    assert add_admin().output == "admin may now sign in.\n"
    assert run("list").output == "admin\tAgus Salim\tadmin\tactive\n"


def test_a_password_is_asked_for_twice_and_not_shown(installed: str) -> None:
    result = CliRunner().invoke(
        people, ["add", "kabag", "--name", "Dewi", "--role", "head"], input=f"{WORDS}\n{WORDS}\n"
    )
    assert result.exit_code == 0
    assert WORDS not in result.output


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"role": "haed"}, RoleUnknown),
        ({"password": "pendek"}, PasswordRefused),
        ({}, PersonExists),
    ],
)
def test_what_cannot_be_added_is_refused_by_name(
    installed: str, values: dict[str, str], refusal: type[Exception]
) -> None:
    add_admin()
    result = add_admin(**values)
    assert isinstance(result.exception, refusal)
    assert run("list").output.count("\n") == 1


def test_a_forgotten_password_is_set_anew(installed: str) -> None:
    add_admin()
    assert run("set-password", "ADMIN", "--password-stdin", password="delapan sapi makan").exit_code == 0
    engine = make_engine(load_settings().database_url)
    with Session(engine) as session:
        person = queries.find_person_by_username(session, "admin")
        assert service.is_password_of(person, "delapan sapi makan")
    engine.dispose()
    assert isinstance(
        run("set-password", "hantu", "--password-stdin", password=WORDS).exception, PersonUnknown
    )


def test_without_tables_the_command_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("HELPDESK_DATABASE_URL", raising=False)
    refused = run("list")
    assert isinstance(refused.exception, DatabaseOlder)
    assert "helpdesk database upgrade" in str(refused.exception)
    upgrade(load_settings())
    assert run("list").exit_code == 0
