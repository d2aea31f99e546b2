"""The state of the database: made, brought up to date, or refused because it is newer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import ROOT, HelpdeskSettings
from helpdesk.database import make_engine, transaction
from helpdesk.errors import DatabaseNewer, DatabaseOlder, SettingsInvalid
from helpdesk.events import ORIGIN


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for a database."""
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def upgrade(settings: HelpdeskSettings) -> str:
    """Bring the database to this program's version and return it; refuse one from a newer version."""
    found, head = _revisions(settings)
    if found != head:
        command.upgrade(alembic_config(settings.database_url), "head")
    return head


def ensure_current(settings: HelpdeskSettings) -> str:
    """Return the database's version, or refuse one that is not this program's."""
    found, head = _revisions(settings)
    if found != head:
        raise DatabaseOlder(found=found or "–", known=head)
    return head


@contextmanager
def opened_database(settings: HelpdeskSettings) -> Iterator[Session]:
    """Give a command a transaction on the database, if that is of this program's version."""
    ensure_current(settings)
    engine = make_engine(settings.database_url)
    try:
        with Session(engine, info={ORIGIN: "cli"}) as opened, transaction(opened) as session:
            yield session
    finally:
        engine.dispose()


def _revisions(settings: HelpdeskSettings) -> tuple[str | None, str]:
    """Return the version of the database and of this program; refuse a database from a newer one."""
    known = ScriptDirectory.from_config(alembic_config(settings.database_url))
    head = known.get_current_head() or ""
    found = _current_revision(settings)
    if found is not None and found not in {script.revision for script in known.walk_revisions()}:
        raise DatabaseNewer(found=found, known=head)
    return found, head


def _current_revision(settings: HelpdeskSettings) -> str | None:
    if settings.is_sqlite:
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise SettingsInvalid(
            name="HELPDESK_DATABASE_URL", reason=f"the database cannot be opened: {reason}"
        ) from None
    finally:
        engine.dispose()
