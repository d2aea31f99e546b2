"""`helpdesk demo prepare`: the database of the demo, made and filled before its parts start."""

from __future__ import annotations

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import HelpdeskSettings, load_settings
from helpdesk import clock, schema
from helpdesk.accounts.queries import list_people
from helpdesk.calendars.catalogue import load_calendar
from helpdesk.database import make_engine, transaction
from helpdesk.demo import filling, keys, office, ports
from helpdesk.sop.catalogue import load_catalogue
from network.lab import LabDevice, inventory


@click.group()
def demo() -> None:
    """The demo office: its data."""


@demo.command()
def prepare() -> None:
    """Bring the database up to date and fill the demo office, if nobody is in it yet."""
    settings = load_settings()
    # A bad file stops the start here, with its line, and not later in the log of a part.
    load_catalogue(settings.procedures_directory)
    load_calendar(settings.calendar_file)
    schema.upgrade(settings)
    engine = make_engine(settings.database_url)
    try:
        with Session(engine) as session:
            is_empty = office.is_empty(session)
        if is_empty:
            click.echo("      Mengisi kantor peraga … / Filling the demo office …")
            filling.fill(engine, settings, _lab_devices(settings), now=clock.now())
        else:
            _move_network_away(engine, settings)
        with Session(engine) as session, transaction(session):
            # A demo of an earlier version gets its keys too.
            keys.give_keys(session, settings, list_people(session), now=clock.now())
    finally:
        engine.dispose()


def _move_network_away(engine: Engine, settings: HelpdeskSettings) -> None:
    """Give the demo network other ports where another program, often a second demo, has taken its own."""
    kept = settings.data_directory / "lab" / "ports.json"
    before = ports.lab_ports(kept)
    if ports.is_range_free(before):
        return
    after = ports.other_lab_ports()
    with Session(engine) as session, transaction(session):
        office.move_network(session, _inventory(settings, before), _inventory(settings, after))
    ports.keep_lab_ports(kept, after)
    click.echo(
        f"      Port jaringan peraga dipakai program lain; pindah ke {after.snmp} dan {after.ssh}. / "
        f"Another program uses the demo network's ports; moved to {after.snmp} and {after.ssh}."
    )


def _lab_devices(settings: HelpdeskSettings) -> list[LabDevice]:
    return _inventory(settings, ports.lab_ports(settings.data_directory / "lab" / "ports.json"))


def _inventory(settings: HelpdeskSettings, chosen: ports.LabPorts) -> list[LabDevice]:
    return inventory(chosen.snmp, chosen.ssh, state_folder=settings.data_directory / "lab")
