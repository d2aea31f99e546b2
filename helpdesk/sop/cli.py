"""`helpdesk sop`: check, show, compare and release procedures; print the schema of their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from babel.dates import format_date
from rich.console import Console
from rich.table import Table
from rich.text import Text as Plain

from helpdesk import clock
from helpdesk.datafiles import Text
from helpdesk.sop.catalogue import PROCEDURES_DIRECTORY, load_catalogue, load_procedure
from helpdesk.sop.errors import ProcedureFileInvalid, ProcedureUnknown, ReleaseRefused
from helpdesk.sop.form.wording import remarks_of
from helpdesk.sop.releases.comparison import compare
from helpdesk.sop.releases.lock import LOCK_NAME
from helpdesk.sop.releases.publishing import release_file
from helpdesk.sop.schema import Identity, Procedure, published_schema

# A page of the printed sheet: a pipe gets this width, so that columns do not depend on a terminal.
PIPE_COLUMNS = 140

WORDS = {
    "number": Text(id="Nomor SOP", en="SOP number"),
    "version": Text(id="Versi", en="Version"),
    "draft": Text(id="konsep, belum dirilis", en="draft, not released"),
    "created": Text(id="Tanggal Pembuatan", en="Date made"),
    "revised": Text(id="Tanggal Revisi", en="Date revised"),
    "effective": Text(id="Tanggal Efektif", en="Date effective"),
    "approved": Text(id="Disahkan oleh", en="Approved by"),
    "legal_basis": Text(id="Dasar Hukum", en="Legal basis"),
    "qualifications": Text(id="Kualifikasi Pelaksana", en="Qualifications of the officials"),
    "related": Text(id="Keterkaitan", en="Related procedures"),
    "equipment": Text(id="Peralatan/perlengkapan", en="Equipment"),
    "warnings": Text(id="Peringatan", en="Warnings"),
    "recording": Text(id="Pencatatan dan pendataan", en="Recording"),
    "notes": Text(id="Catatan", en="Notes"),
    "activity": Text(id="Kegiatan", en="Activity"),
    "role": Text(id="Pelaksana", en="Official"),
    "needs": Text(id="Kelengkapan", en="Needs"),
    "time": Text(id="Waktu", en="Time"),
    "yields": Text(id="Output", en="Output"),
    "remark": Text(id="Ket", en="Remark"),
    "minutes": Text(id="Menit", en="minutes"),
    "total": Text(id="Jumlah waktu", en="Time in all"),
    "sound": Text(id="langkah", en="steps"),
    "released": Text(
        id="{number} v{version} dirilis dan terkunci di {lock} ({digest}…). Simpan kedua berkas bersama.",
        en="{number} v{version} is released and locked in {lock} ({digest}…). Keep both files together.",
    ),
    "same": Text(id="Tidak ada perbedaan.", en="There is no difference."),
    "unknown": Text(
        id="Tidak ada prosedur {number} yang dirilis. Berkas yang ada: {known}.",
        en="There is no released procedure {number}. The files are of: {known}.",
    ),
}

# As diff: 0 and 1 are answers, 2 says that there is none.
TROUBLE = 2

language = click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="id (default) or en.")


@click.group("sop", short_help="Procedures: check, show, compare, release.")
def sop() -> None:
    """Procedures as data files."""


@sop.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@language
def check(file: Path, lang: str) -> None:
    """Check a procedure FILE; every problem is printed as file:line: step: reason."""
    try:
        procedure = load_procedure(file)
    except ProcedureFileInvalid as error:
        _print_problems(error, lang)
        raise click.exceptions.Exit(1) from None
    steps = f"{len(procedure.steps)} {WORDS['sound'].in_language(lang)}"
    minutes = f"{procedure.working_minutes} {WORDS['minutes'].in_language(lang).lower()}"
    click.echo(f"OK {procedure.number} v{procedure.version}: {steps}, {minutes}")


@sop.command("show")
@click.argument("number")
@click.option("--version", type=int, help="Without it, the newest released one.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=PROCEDURES_DIRECTORY,
    help="Where the procedures are kept; without it, those that are shipped.",
)
@language
def show(number: str, version: int | None, directory: Path, lang: str) -> None:
    """Print the procedure NUMBER as text."""
    with refusals_in_words(lang):
        catalogue = load_catalogue(directory)
        procedure = catalogue.get_procedure(number, version)
    _print_procedure(_console(), procedure, lang)


@contextmanager
def refusals_in_words(lang: str, *, code: int = 1) -> Iterator[None]:
    """Print what is wrong with procedure files, or that there is no such procedure, and end."""
    try:
        yield
    except ProcedureFileInvalid as error:
        for problem in error.problems:
            click.echo(problem.worded(lang), err=code != 1)
        raise click.exceptions.Exit(code) from None
    except ProcedureUnknown as error:
        known = ", ".join(error.known) or "–"
        sentence = WORDS["unknown"].in_language(lang)
        click.echo(sentence.format(number=error.details["number"], known=known), err=True)
        raise click.exceptions.Exit(code) from None


@sop.command("diff")
@click.argument("old")
@click.argument("new")
@click.argument("other", required=False)
@click.option("--directory", type=click.Path(path_type=Path), default=PROCEDURES_DIRECTORY)
@language
def diff(old: str, new: str, other: str | None, directory: Path, lang: str) -> None:
    """Say what a version changes: by two files, OLD NEW, or by number, NUMBER vA vB.

    Ends with 0 where both say the same, 1 where they differ, 2 where one cannot be read.
    """
    with refusals_in_words(lang, code=TROUBLE):
        if other is None:
            before, after = load_procedure(Path(old)), load_procedure(Path(new))
        else:
            catalogue = load_catalogue(directory)
            before, after = (catalogue.get_procedure(old, _version(one)) for one in (new, other))
    changes = compare(before, after)
    for change in changes:
        click.echo(change.worded(lang))
    if not changes:
        click.echo(WORDS["same"].in_language(lang))
    raise click.exceptions.Exit(1 if changes else 0)


def _version(word: str) -> int:
    """Return the number in "v2" or "2"."""
    digits = word.removeprefix("v")
    if not (digits.isascii() and digits.isdigit()):
        raise click.BadParameter(f"{word}: v1, v2, …")
    return int(digits)


@sop.command("release")
@click.argument("file", type=click.Path(path_type=Path))
@language
def release(file: Path, lang: str) -> None:
    """Release the version in FILE: from then on it never changes.

    FILE stands at its place, NUMBER/vN.yaml. It is checked, marked `released: true`, and its digest is
    written into released.lock beside the procedures. Anything wrong is printed, and nothing is written.
    """
    try:
        made = release_file(file, today=clock.now().date())
    except ProcedureFileInvalid as error:
        _print_problems(error, lang)
        raise click.exceptions.Exit(1) from None
    except ReleaseRefused as error:
        click.echo(error.reason.in_language(lang), err=True)
        raise click.exceptions.Exit(1) from None
    sentence = WORDS["released"].in_language(lang)
    click.echo(
        sentence.format(number=made.number, version=made.version, lock=LOCK_NAME, digest=made.sha256[:16])
    )


@sop.command("schema")
def schema() -> None:
    """Print the JSON Schema of a procedure file."""
    click.echo(published_schema(), nl=False)


def _print_problems(error: ProcedureFileInvalid, lang: str) -> None:
    for problem in error.problems:
        click.echo(problem.worded(lang))


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_COLUMNS)


def _print_procedure(console: Console, procedure: Procedure, lang: str) -> None:
    console.print(Plain(procedure.title.in_language(lang), style="bold"))
    console.print()
    console.print(_identity_table(procedure, lang))
    sections: list[tuple[str, Iterable[Text]]] = [
        ("legal_basis", procedure.legal_basis),
        ("qualifications", (point.title for point in procedure.qualifications)),
        ("related", procedure.related),
        ("equipment", procedure.equipment),
        ("warnings", procedure.warnings),
        ("recording", procedure.recording),
        ("notes", procedure.notes),
    ]
    for heading, texts in sections:
        _print_section(console, heading, [text.in_language(lang) for text in texts], lang)
    console.print()
    console.print(_step_table(procedure, lang))
    total = f"{procedure.working_minutes} {WORDS['minutes'].in_language(lang)}"
    console.print(Plain(f"{WORDS['total'].in_language(lang)}: {total}"))


def _print_section(console: Console, heading: str, lines: list[str], lang: str) -> None:
    if not lines:
        return
    console.print()
    console.print(Plain(WORDS[heading].in_language(lang), style="bold"))
    listing = Table.grid(padding=(0, 1))
    for number, line in enumerate(lines, start=1):
        listing.add_row(f"{number}.", Plain(line))
    console.print(listing if len(lines) > 1 else Plain(lines[0]))


def _identity_table(procedure: Procedure, lang: str) -> Table:
    identity = procedure.identity
    approval = identity.approved_by
    version = str(procedure.version)
    if not procedure.released:
        version += f" ({WORDS['draft'].in_language(lang)})"
    rows = {
        "number": identity.number,
        "version": version,
        "created": format_date(identity.created_on, "full", locale=lang),
        "revised": _revision(identity, lang),
        "effective": format_date(identity.effective_on, "full", locale=lang),
        "approved": f"{approval.office.in_language(lang)}\n{approval.name}\nNIP. {approval.nip}",
    }
    table = Table.grid(padding=(0, 2))
    units = (identity.agency, identity.secretariat, identity.bureau)
    table.add_row("", Plain("\n".join(unit.in_language(lang) for unit in units)))
    for word, value in rows.items():
        table.add_row(WORDS[word].in_language(lang), Plain(value))
    return table


def _revision(identity: Identity, lang: str) -> str:
    if identity.revised_on is None:
        return "–"
    return f"{format_date(identity.revised_on, 'full', locale=lang)} ({identity.revision})"


def _step_table(procedure: Procedure, lang: str) -> Table:
    table = Table(show_lines=True, expand=True)
    table.add_column("No", justify="right", no_wrap=True)
    for word, ratio in (("activity", 5), ("role", 2), ("needs", 2)):
        table.add_column(WORDS[word].in_language(lang), ratio=ratio, min_width=14, overflow="fold")
    table.add_column(WORDS["time"].in_language(lang), no_wrap=True)
    table.add_column(WORDS["yields"].in_language(lang), ratio=2, overflow="fold")
    table.add_column(WORDS["remark"].in_language(lang), ratio=2, overflow="fold")
    for step in procedure.steps:
        table.add_row(
            str(step.number),
            Plain(step.activity.in_language(lang)),
            Plain(procedure.role_of(step).title.in_language(lang)),
            Plain(" + ".join(item.title.in_language(lang) for item in procedure.items_needed(step))),
            f"{step.working_minutes} {WORDS['minutes'].in_language(lang)}",
            Plain(" + ".join(output.title.in_language(lang) for output in step.yields)),
            Plain(remarks_of(procedure, step, lang)),
        )
    return table
