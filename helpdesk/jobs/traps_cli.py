"""`helpdesk traps`: the receiver, a process of its own."""

from __future__ import annotations

import asyncio
import logging
import sys

import click

from config import load_settings
from helpdesk import schema
from helpdesk.devices import reading
from helpdesk.evidence.traps.receiving import TrapProcess
from helpdesk.jobs.signals import call_when_asked_to_end


@click.command()
@click.option(
    "--listen",
    default="127.0.0.1:1162",
    show_default=True,
    help="Address and UDP port. Devices send to port 162, which needs the right to bind low ports.",
)
def traps(listen: str) -> None:
    """Receive SNMP traps and informs; a known trap has its device read."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.CRITICAL)
    try:
        host, port = reading.parse_address(listen, default_port=162)
    except reading.InvalidTarget as problem:
        raise click.BadParameter(str(problem), param_hint="--listen") from None
    settings = load_settings()
    schema.ensure_current(settings)
    process = TrapProcess(settings, _say)
    call_when_asked_to_end(process.stop)
    try:
        asyncio.run(process.run(host, port))
    except OSError as error:
        click.echo(f"helpdesk: cannot listen on {listen} ({error.strerror}).", err=True)
        sys.exit(1)
    _say("traps: ended")


def _say(words: str) -> None:
    click.echo(words)
    sys.stdout.flush()
