"""Fixtures of all tests.

Database: `database_url` (a migrated database of the test's own), `empty_database_url` (not migrated),
`engine`, `session`. A test that uses one of them runs twice, on SQLite and on PostgreSQL; one that uses `app`
or `client` runs on SQLite only. `@pytest.mark.parametrize("database_kind", [...], indirect=True)` overrules
both. PostgreSQL: the server of TEST_DATABASE_URL where that is set, else a cluster started for the run.

Application: `settings`, `app`, `client` (speaks English, has no CSRF check; before each request it commits
what the test wrote through `session`), `sign_in(client, person)`.

People and things: `office` (kabag, kasubbag, pelaksana, admin, auditor; `office.kabag` …), `now` (a working
Monday morning). More by the functions of tests/factories: people.make_person, network.make_site /
make_device / make_credential, tickets.make_ticket.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as of_examples
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import HelpdeskSettings, build_settings
from helpdesk import clock, events
from helpdesk.accounts.models import Person, SignInSession
from helpdesk.accounts.service import token_digest
from helpdesk.database import db, make_engine
from helpdesk.schema import upgrade
from helpdesk.web.current import TOKEN
from helpdesk.web.limits import limiter
from tests.factories.moments import MORNING
from tests.factories.people import Office, make_office
from tests.factories.postgresql import Server, running_server

BOTH = ("sqlite", "postgresql")
SignIn = Callable[[FlaskClient, Person], None]

# A busy machine takes longer for an example; how long is no rule that a test protects. The examples are the
# same at every run, so that a change is judged by what it changes; "drawn" looks for what nobody thought of.
of_examples.register_profile(
    "drawn", parent=of_examples(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
of_examples.register_profile("house", parent=of_examples.get_profile("drawn"), derandomize=True)
of_examples.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches the database on both, and what asks the whole application on SQLite."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database_kind" in metafunc.fixturenames and not any("database_kind" in names for names in chosen):
        kinds = BOTH[:1] if "app" in metafunc.fixturenames else BOTH
        metafunc.parametrize("database_kind", kinds, indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    directory = tmp_path_factory.mktemp("sqlite")
    path = directory / "template.sqlite3"
    upgrade(build_settings(data_directory=directory, database_url=f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def empty_postgresql_server() -> Iterator[Server]:
    """The PostgreSQL server, not yet with a migrated template."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server(
    empty_postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The PostgreSQL server with a migrated template database."""
    empty_postgresql_server.make_template(tmp_path_factory.mktemp("postgresql"))
    yield empty_postgresql_server
    empty_postgresql_server.drop_template()


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return 'sqlite' or 'postgresql'."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a migrated, empty database which only this test has."""
    if database_kind == "sqlite":
        path = tmp_path / "disposisi.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgresql_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database without any table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: Server = request.getfixturevalue("empty_postgresql_server")
    url = server.create_database(migrated=False)
    yield url
    server.drop_database(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an engine as the product makes it."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session; its transactions are real."""
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> HelpdeskSettings:
    """Return settings for the test's own database and data directory."""
    return build_settings(
        testing=True,
        data_directory=tmp_path,
        database_url=database_url,
        secret_key="tests-sign-cookies-with-this-and-nothing-else",
    )


@pytest.fixture(autouse=True)
def _own_listeners() -> Iterator[None]:
    """Let a test begin and end without listeners: those of its own application are its own.

    An application of a whole module (one that only renders) is made before this, and is heard by no test.
    """
    _forget_listeners()
    yield
    _forget_listeners()


def _forget_listeners() -> None:
    events._listeners.clear()
    events._acting_lookups.clear()


@pytest.fixture
def app(settings: HelpdeskSettings) -> Iterator[Flask]:
    """Give the application, without the check of CSRF tokens."""
    # Loaded here and not at the top: tests of rules start at once and need no web framework's start.
    made: Flask = import_module("helpdesk.application").create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    yield made
    with made.app_context():
        db.engine.dispose()


class CommittingClient(FlaskClient):
    """A client that commits the test's session first: SQLite has one writer, and the test must not be it."""

    session: Session

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Commit what the test wrote, then send the request."""
        self.session.commit()
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """Return a browser that speaks English and is not signed in.

    Its cookie is signed now: a test that travels before today loses the language.
    """
    app.test_client_class = CommittingClient
    made = cast(CommittingClient, app.test_client())
    made.session = session
    with made.session_transaction() as cookie:
        cookie["language"] = "en"
    return made


@pytest.fixture
def sign_in(session: Session) -> SignIn:
    """Return what signs a person in without the page: the row, and the token in the cookie."""

    def sign_in(client: FlaskClient, person: Person) -> None:
        token = secrets.token_urlsafe(32)
        moment = clock.now()
        session.add(
            SignInSession(
                token_sha256=token_digest(token),
                person_id=person.id,
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + timedelta(hours=12),
                address="127.0.0.1",
                user_agent="tests",
            )
        )
        session.commit()
        with client.session_transaction() as cookie:
            cookie[TOKEN] = token

    return sign_in


@pytest.fixture
def office(session: Session) -> Office:
    """Return one person of each kind: kabag, kasubbag, pelaksana, admin, auditor."""
    people = make_office(session)
    session.commit()
    return people


@pytest.fixture
def now() -> datetime:
    """Return an ordinary working morning: Monday 23 November 2026, 09.30 WIB."""
    return MORNING
