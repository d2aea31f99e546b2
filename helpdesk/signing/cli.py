"""`helpdesk ca`: the office's own certificate authority, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from config import HelpdeskSettings, load_settings
from helpdesk import clock
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.errors import PersonUnknown
from helpdesk.database import make_engine, transaction
from helpdesk.events import ORIGIN
from helpdesk.schema import ensure_current
from helpdesk.signing import authority, queries, service
from helpdesk.signing.errors import SigningKeyNotFound


@click.group()
def ca() -> None:
    """The office's own certificate authority: its people's keys to sign with."""


@ca.command()
def init() -> None:
    """Make the authority in the data directory: a root, and below it the one that issues."""
    settings = load_settings()
    head = settings.letterhead
    with _session(settings) as session:
        folder = authority.create_authority(
            settings.data_directory, settings.key_ring(), agency=head.agency, unit=head.unit, now=clock.now()
        )
        service.record_authority(session, settings, now=clock.now())
    click.echo(f"The certificate authority is made: {folder}")
    click.echo("Back the folder up together with the credential keys; hand out root.crt, never a .key file.")


@ca.command()
@click.option("--person", "username", required=True, help="The user name of who is to sign.")
def issue(username: str) -> None:
    """Make a key for a person, sealed in the database; it replaces the one in use."""
    settings = load_settings()
    with _session(settings) as session:
        person = account_queries.find_person_by_username(session, username)
        if person is None:
            raise PersonUnknown(username=username)
        key = service.issue_key(session, person, settings, by=None, now=clock.now())
        click.echo(f"{person.username}: {key.serial}, valid until {key.valid_until.date().isoformat()}")


@ca.command("list")
def list_keys() -> None:
    """Print all keys: serial number, user name, kind, valid until, state."""
    with _session(load_settings()) as session:
        for key in queries.list_keys(session):
            state = "revoked" if key.revoked_at else "retired" if key.retired_at else "in use"
            until = key.valid_until.date().isoformat()
            click.echo(f"{key.serial}\t{key.person.username}\t{key.kind}\t{until}\t{state}")


@ca.command()
@click.argument("serial")
@click.option("--reason", required=True, help="Why, for instance: the key file was lost.")
def revoke(serial: str, reason: str) -> None:
    """Take the key with the serial number SERIAL out of force, from now on."""
    with _session(load_settings()) as session:
        key = queries.find_key_by_serial(session, serial)
        if key is None:
            raise SigningKeyNotFound
        service.revoke_key(session, key, reason, by=None, now=clock.now())
        click.echo(f"{key.serial} of {key.person.username} is revoked.")


@ca.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def crl(out: Path | None) -> None:
    """Print the signed list of what was revoked (PEM), for whoever checks papers elsewhere."""
    settings = load_settings()
    with _session(settings) as session:
        content = service.revocation_list(session, settings, now=clock.now())
    if out is None:
        click.echo(content.decode(), nl=False)
    else:
        out.write_bytes(content)


@contextmanager
def _session(settings: HelpdeskSettings) -> Iterator[Session]:
    ensure_current(settings)
    engine = make_engine(settings.database_url)
    try:
        with Session(engine, info={ORIGIN: "cli"}) as opened, transaction(opened) as session:
            yield session
    finally:
        engine.dispose()
