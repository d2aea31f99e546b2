"""`helpdesk sop sheet`: the official form as a file. A paper, so it joins the other commands from up here."""

from __future__ import annotations

from pathlib import Path

import click

from config import load_settings
from helpdesk.documents.sop_sheet import LANGUAGES, draw_sheet, sheet_name
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.sop.cli import refusals_in_words, sop

__all__ = ["sop"]


@sop.command("sheet")
@click.argument("number")
@click.option("--version", type=int, help="Without it, the newest released one.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@click.option("--directory", type=click.Path(path_type=Path), help="Where the procedures are kept.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="id", help="id (default) or en.")
def sheet(number: str, version: int | None, out: Path | None, directory: Path | None, lang: str) -> None:
    """Write the official form of the procedure NUMBER as PDF."""
    with refusals_in_words(lang):
        found = load_catalogue(directory or load_settings().procedures_directory)
        procedure = found.get_procedure(number, version)
    target = out or Path(sheet_name(procedure))
    target.write_bytes(draw_sheet(procedure, lang))
    click.echo(str(target))
