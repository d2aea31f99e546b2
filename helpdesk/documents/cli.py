"""`helpdesk numbers`: the register of numbers from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from config import HelpdeskSettings, load_settings
from helpdesk import clock
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts import standing
from helpdesk.accounts.errors import PersonUnknown
from helpdesk.calendars.catalogue import calendar_of_office
from helpdesk.database import make_engine, transaction
from helpdesk.events import ORIGIN
from helpdesk.numbering import queries, service
from helpdesk.numbering.catalogue import load_numbering
from helpdesk.numbering.rules import Paper
from helpdesk.schema import ensure_current
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.tickets.office import Office


@click.group()
def numbers() -> None:
    """The numbers of official papers: issued without gaps, voided with a reason."""


@numbers.command("list")
@click.option("--year", type=int, help="The year; this year at the office by default.")
@click.option("--series", default="", help="One series, for instance report.")
@click.option("--void", "only_void", is_flag=True, help="Only the void numbers.")
def list_numbers(year: int | None, series: str, only_void: bool) -> None:
    """Print the numbers of a year: series, place, number, moment, state, reason."""
    settings = load_settings()
    with _session(settings) as session:
        wanted = year or clock.now().astimezone(settings.zone).year
        for one in session.scalars(queries.select_numbers(year=wanted, series=series, only_void=only_void)):
            issued = one.issued_at.astimezone(settings.zone).isoformat(timespec="minutes")
            state = f"void\t{one.void_reason}" if one.is_void else "issued"
            click.echo(f"{one.series}\t{one.number}\t{one.text}\t{issued}\t{state}")


@numbers.command("void")
@click.argument("series")
@click.argument("number")
@click.option("--reason", required=True, help="Why; it stands in the register.")
@click.option("--by", "username", required=True, help="The user name of the head who voids it.")
def void(series: str, number: str, reason: str, username: str) -> None:
    """Void NUMBER of SERIES, as it reads on the paper, for instance: report LAP-0003/2026."""
    settings = load_settings()
    with _session(settings) as session:
        person = account_queries.find_person_by_username(session, username)
        if person is None:
            raise PersonUnknown(username=username)
        office = Office(
            load_catalogue(settings.procedures_directory),
            calendar_of_office(settings.calendar_file, settings.timezone),
            settings.zone,
        )
        offices = standing.offices_of(session, person, clock.now(), settings.zone)
        whole = (one.role for one in offices if one.scope.is_whole)
        head = next((role for role in whole if office.is_head(role)), None)
        issued = queries.get_number_by_text(session, series, number)
        service.void_number(
            session,
            issued,
            reason=reason,
            is_head=head is not None and person.is_active,
            by=person,
            in_role=head or "",
            now=clock.now(),
        )
        click.echo(f"{issued.text} is void: {issued.void_reason}")


@numbers.command("patterns")
def show_patterns() -> None:
    """Check the numbering file, and print how the next numbers of each series would read."""
    settings = load_settings()
    numbering = load_numbering(settings.numbering_file)
    today = clock.now().astimezone(settings.zone).date()
    agenda = Paper(numbering.write("agenda", 42, today), 1)
    for series in numbering.series.values():
        first = series.first_in(today.year)
        written = numbering.write(series.code, first, today, agenda)
        click.echo(f"{series.code}\t{series.title.id}\t{series.pattern}\t{written}")


@contextmanager
def _session(settings: HelpdeskSettings) -> Iterator[Session]:
    ensure_current(settings)
    engine = make_engine(settings.database_url)
    try:
        with Session(engine, info={ORIGIN: "cli"}) as opened, transaction(opened) as session:
            yield session
    finally:
        engine.dispose()
