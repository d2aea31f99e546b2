"""Commands of the scheduler and of the database."""

from __future__ import annotations

import logging
import os
import sys

import click
from sqlalchemy.orm import Session

from config import load_settings
from helpdesk import schema
from helpdesk.database import make_engine, transaction
from helpdesk.devices.credentials import rotate
from helpdesk.jobs.clock import SchedulerProcess
from helpdesk.jobs.signals import call_when_asked_to_end


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
    """Seal every credential with the newest key, so that older keys can be retired."""
    settings = load_settings()
    engine = make_engine(settings.database_url)
    try:
        with Session(engine) as session, transaction(session):
            count = rotate(session, settings.key_ring())
    finally:
        engine.dispose()
    click.echo(f"{count} credentials were sealed again with key {next(iter(settings.key_ring()))}.")
