"""`helpdesk demo prepare`: the database of the demo, made and filled before its parts start."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from config import HelpdeskSettings, load_settings
from helpdesk import clock, schema
from helpdesk.database import make_engine
from helpdesk.demo import filling, office, ports
from network.lab import LabDevice, inventory


@click.group()
def demo() -> None:
    """The demo office: its data."""


@demo.command()
def prepare() -> None:
    """Bring the database up to date and fill the demo office, if nobody is in it yet."""
    settings = load_settings()
    schema.upgrade(settings)
    engine = make_engine(settings.database_url)
    try:
        with Session(engine) as session:
            is_empty = office.is_empty(session)
        if is_empty:
            click.echo("      Mengisi kantor peraga … / Filling the demo office …")
            filling.fill(engine, settings, _lab_devices(settings), now=clock.now())
    finally:
        engine.dispose()


def _lab_devices(settings: HelpdeskSettings) -> list[LabDevice]:
    folder = settings.data_directory / "lab"
    chosen = ports.lab_ports(folder / "ports.json")
    return inventory(chosen.snmp, chosen.ssh, state_folder=folder)
