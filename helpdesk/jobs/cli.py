"""Commands of the scheduler and of the database."""

from __future__ import annotations

import logging
import os
import sys

import click
from sqlalchemy.orm import Session

from config import load_settings
from helpdesk import schema
from helpdesk.accounts.second_factor import reseal_secrets
from helpdesk.database import make_engine, transaction
from helpdesk.devices.credentials import rotate
from helpdesk.jobs.clock import SchedulerProcess
from helpdesk.jobs.signals import call_when_asked_to_end
from helpdesk.signing.authority import reseal_authority
from helpdesk.signing.service import reseal_keys


def _say(words: str) -> None:
    click.echo(words)
    sys.stdout.flush()


@click.command()
@click.option("--once", is_flag=True, help="Do one round of what is due, then end.")
def scheduler(once: bool) -> None:
    """Take the snapshots and send the e-mails that are due."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Their notices come every two seconds; what goes wrong is noted by the task itself.
    for name in ("apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings = load_settings()
    schema.ensure_current(settings)
    process = SchedulerProcess(settings, _say)
    if once:
        process.run_once()
        return

    call_when_asked_to_end(process.stop)
    process.run()
    _say("scheduler: ended")
    # A thread that still waits for a slow device must not hold up the end; its run is due again.
    logging.shutdown()
    os._exit(0)


@click.group()
def database() -> None:
    """Make the database, bring it up to date, look at its version."""


@database.command()
def upgrade() -> None:
    """Bring the database to this program's version."""
    click.echo(f"The database is at version {schema.upgrade(load_settings())}.")


@database.command()
def status() -> None:
    """Say whether the database fits this program."""
    click.echo(
        f"The database is at version {schema.ensure_current(load_settings())}, as this program needs it."
    )


@database.command()
def reseal() -> None:
    """Seal every stored secret with the newest key, so that older keys can be retired."""
    settings = load_settings()
    engine = make_engine(settings.database_url)
    try:
        with Session(engine) as session, transaction(session):
            ring = settings.key_ring()
            count = rotate(session, ring) + reseal_keys(session, ring) + reseal_secrets(session, ring)
        # After the commit: the files of the authority know no transaction, and open with either key.
        count += reseal_authority(settings.data_directory, ring)
    finally:
        engine.dispose()
    click.echo(f"{count} secrets were sealed again with key {next(iter(ring))}.")
