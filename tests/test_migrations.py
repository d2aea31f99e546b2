"""The migrations make what the models say, in one line, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from config import HelpdeskSettings, build_settings
from helpdesk.accounts import models as accounts_models  # noqa: F401  # each import fills Base.metadata
from helpdesk.accounts import second_factor_models  # noqa: F401
from helpdesk.archive import models as archive_models  # noqa: F401
from helpdesk.calendars import models as calendars_models  # noqa: F401
from helpdesk.database import Base, make_engine
from helpdesk.devices import models as devices_models  # noqa: F401
from helpdesk.devices.sweeps import models as sweep_models  # noqa: F401
from helpdesk.documents import models as documents_models  # noqa: F401
from helpdesk.documents import signature_models  # noqa: F401
from helpdesk.documents.health import models as health_report_models  # noqa: F401
from helpdesk.documents.report import models as report_models  # noqa: F401
from helpdesk.errors import DatabaseNewer, SettingsInvalid
from helpdesk.evidence import models as evidence_models  # noqa: F401
from helpdesk.evidence.configurations import models as configurations_models  # noqa: F401
from helpdesk.evidence.series import models as series_models  # noqa: F401
from helpdesk.evidence.traps import models as trap_models  # noqa: F401
from helpdesk.findings import models as findings_models  # noqa: F401
from helpdesk.notifications import models as notifications_models  # noqa: F401
from helpdesk.numbering import models as numbering_models  # noqa: F401
from helpdesk.schedules import models as schedules_models  # noqa: F401
from helpdesk.schema import alembic_config, upgrade
from helpdesk.signing import models as signing_models  # noqa: F401
from helpdesk.sop import models as sop_models  # noqa: F401
from helpdesk.tickets import models as tickets_models  # noqa: F401
from helpdesk.tickets.automatic import models as automatic_models  # noqa: F401
from helpdesk.tickets.deviations import models as deviations_models  # noqa: F401
from helpdesk.tickets.incidents import models as incident_models  # noqa: F401


def _settings(database_url: str, directory: Path) -> HelpdeskSettings:
    return build_settings(testing=True, data_directory=directory, database_url=database_url)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config("sqlite://"))


def test_an_upgrade_from_empty_makes_what_the_models_say(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(_settings(empty_database_url, tmp_path))
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == [], "models and migrations differ: write a migration (helpdesk database revision)"


def test_a_second_upgrade_changes_nothing(empty_database_url: str, tmp_path: Path) -> None:
    settings = _settings(empty_database_url, tmp_path)
    assert upgrade(settings) == upgrade(settings) == _scripts().get_current_head()


def test_the_history_is_one_line_with_one_head() -> None:
    scripts = _scripts()
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for script in scripts.walk_revisions():
        assert not script.is_merge_point, f"{script.revision} joins two lines: rebase it on the other head"
        assert not script.is_branch_point, f"{script.revision} has two followers: rebase one of them"


def test_the_migrations_are_numbered_in_their_order() -> None:
    oldest_first = [script.revision for script in reversed(list(_scripts().walk_revisions()))]
    assert [name[:4] for name in oldest_first] == [
        f"{number:04d}" for number in range(1, len(oldest_first) + 1)
    ]


def test_a_database_from_a_newer_version_is_refused(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_from_tomorrow'"))
    engine.dispose()
    with pytest.raises(DatabaseNewer, match="9999_from_tomorrow"):
        upgrade(_settings(database_url, tmp_path))


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_server_that_does_not_know_the_database_is_a_plain_sentence(
    database_url: str, tmp_path: Path
) -> None:
    unknown = database_url.replace("?", "_gone?") if "?" in database_url else database_url + "_gone"
    with pytest.raises(SettingsInvalid, match="HELPDESK_DATABASE_URL"):
        upgrade(_settings(unknown, tmp_path))
