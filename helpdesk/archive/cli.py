"""`helpdesk archive TICKET`: one ticket as one file."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from config import HelpdeskSettings, load_settings
from helpdesk import clock
from helpdesk.archive import queries
from helpdesk.archive.packing import pack_ticket
from helpdesk.calendars.catalogue import calendar_of_office
from helpdesk.calendars.service import office_calendar
from helpdesk.schema import opened_database
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.tickets.office import Office


@click.command()
@click.argument("ticket")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; else arsip-TICKET.zip here.")
def archive(ticket: str, out: Path | None) -> None:
    """Write the archive of TICKET (its number) with every paper, the evidence and its part of the chain."""
    settings = load_settings()
    with opened_database(settings) as session:
        packed = pack_ticket(
            session,
            queries.get_ticket_by_number(session, ticket),
            _office(session, settings),
            base_url=settings.base_url,
            by=None,
            role="",
            now=clock.now(),
        )
        target = out or Path(packed.name)
        target.write_bytes(packed.content)
    click.echo(f"{target}  {len(packed.content)} B  manifest SHA-256 {packed.manifest_sha256}")


def _office(session: Session, settings: HelpdeskSettings) -> Office:
    calendar = office_calendar(session, calendar_of_office(settings.calendar_file, settings.timezone))
    return Office(load_catalogue(settings.procedures_directory), calendar, settings.zone)
