"""Alembic's environment: the URL and the engine come from our own set-up, on both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from helpdesk.accounts import models as accounts_models  # noqa: F401  # each import fills Base.metadata
from helpdesk.accounts import second_factor_models  # noqa: F401
from helpdesk.archive import models as archive_models  # noqa: F401
from helpdesk.calendars import models as calendars_models  # noqa: F401
from helpdesk.database import Base, make_engine
from helpdesk.devices import models as devices_models  # noqa: F401
from helpdesk.devices.sweeps import models as sweeps_models  # noqa: F401
from helpdesk.documents import models as documents_models  # noqa: F401
from helpdesk.documents import signature_models  # noqa: F401
from helpdesk.documents.health import models as health_models  # noqa: F401
from helpdesk.documents.report import models as report_models  # noqa: F401
from helpdesk.events import Event  # noqa: F401
from helpdesk.evidence import models as evidence_models  # noqa: F401
from helpdesk.evidence.configurations import models as configurations_models  # noqa: F401
from helpdesk.evidence.series import models as series_models  # noqa: F401
from helpdesk.evidence.traps import models as traps_models  # noqa: F401
from helpdesk.findings import models as findings_models  # noqa: F401
from helpdesk.notifications import models as notifications_models  # noqa: F401
from helpdesk.numbering import models as numbering_models  # noqa: F401
from helpdesk.schedules import models as schedules_models  # noqa: F401
from helpdesk.signing import models as signing_models  # noqa: F401
from helpdesk.sop import models as sop_models  # noqa: F401
from helpdesk.tickets import models as tickets_models  # noqa: F401
from helpdesk.tickets.automatic import models as automatic_models  # noqa: F401
from helpdesk.tickets.deviations import models as deviations_models  # noqa: F401
from helpdesk.tickets.incidents import models as incident_models  # noqa: F401

# Two programs that start together must not migrate together.
LOCK_NUMBER = 7_305_113


def run() -> None:
    """Migrate within one locked transaction."""
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("migrations: run them by `helpdesk database upgrade`, which knows the address")
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        # SQLite alters a table by making it anew, which its foreign keys would refuse on a table that others
        # point to. They are off while the tables change, and checked before the commit.
        sa.event.listen(engine, "connect", _without_foreign_keys)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            _check_foreign_keys(connection)
        connection.commit()
    engine.dispose()


def _without_foreign_keys(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _check_foreign_keys(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        tables = ", ".join(sorted({row[0] for row in lost}))
        raise SystemExit(f"migrations: rows of {tables} would point to nothing; nothing was changed")


run()
