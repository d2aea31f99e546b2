"""`helpdesk people`: who may sign in, from the command line. It makes the first admin of a new office."""

from __future__ import annotations

import sys
from datetime import date

import click

from config import HelpdeskSettings, load_settings
from helpdesk import clock
from helpdesk.accounts import queries, service
from helpdesk.accounts.errors import PersonUnknown, RoleUnknown
from helpdesk.accounts.models import ADMIN, AUDITOR
from helpdesk.schema import opened_database
from helpdesk.sop.catalogue import load_catalogue


@click.group()
def people() -> None:
    """Who may sign in, and in which roles."""


@people.command("list")
def list_people() -> None:
    """Print everybody: user name, name, roles of today, state."""
    settings = load_settings()
    with opened_database(settings) as session:
        for person in queries.list_people(session):
            roles = ",".join(sorted(queries.roles_of(person, _today(settings)))) or "-"
            state = "active" if person.is_active else "deactivated"
            click.echo(f"{person.username}\t{person.name}\t{roles}\t{state}")


@people.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Full name, as it stands on papers.")
@click.option(
    "--role", "roles", multiple=True, required=True, help="A role code; may be given several times."
)
@click.option("--nip", help="Nomor Induk Pegawai.")
@click.option("--email", help="Where notices go.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_person(  # one parameter an option
    username: str,
    name: str,
    roles: tuple[str, ...],
    nip: str | None,
    email: str | None,
    language: str,
    password_stdin: bool,
) -> None:
    """Add a person who may sign in as USERNAME."""
    settings = load_settings()
    _ensure_known(settings, roles)
    password = _ask_password(password_stdin)
    with opened_database(settings) as session:
        person = service.add_person(
            session,
            username=username,
            name=name,
            password=password,
            roles=roles,
            starts_on=_today(settings),
            now=clock.now(),
            nip=nip,
            email=email,
            language=language,
        )
        click.echo(f"{person.username} may now sign in.")


@people.command("set-password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(username: str, password_stdin: bool) -> None:
    """Set a new password for USERNAME and end the sessions of the person."""
    settings = load_settings()
    password = _ask_password(password_stdin)
    with opened_database(settings) as session:
        person = queries.find_person_by_username(session, username)
        if person is None:
            raise PersonUnknown(username=username)
        service.set_password(session, person, password, by=None, now=clock.now())
        click.echo(f"{person.username} has a new password; every session of the account has ended.")


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _ensure_known(settings: HelpdeskSettings, roles: tuple[str, ...]) -> None:
    """Raise unless each role is an office of a procedure, admin or auditor."""
    procedures = load_catalogue(settings.procedures_directory).list_procedures()
    known = {ADMIN, AUDITOR, *(role.code for procedure in procedures for role in procedure.roles)}
    for role in roles:
        if role not in known:
            raise RoleUnknown(role=role, known=", ".join(sorted(known)))


def _today(settings: HelpdeskSettings) -> date:
    return clock.now().astimezone(settings.zone).date()
