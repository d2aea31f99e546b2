"""`helpdesk snapshot` and `helpdesk redact`: the collector's own commands, without database."""

from __future__ import annotations

import sys

import click

from network.command_line import main as run_collector

PASS_THROUGH = {"ignore_unknown_options": True, "help_option_names": []}


@click.command(context_settings=PASS_THROUGH)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def snapshot(arguments: tuple[str, ...]) -> None:
    """Read one device now: HOST[:PORT] --community C [--json]; --help lists all options."""
    sys.exit(run_collector(["snapshot", *arguments]))


@click.command(context_settings=PASS_THROUGH)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def redact(arguments: tuple[str, ...]) -> None:
    """Mask the secrets of a configuration read from standard input."""
    sys.exit(run_collector(["redact", *arguments]))
