"""`helpdesk audit`: the record proved from the command line."""

from __future__ import annotations

import re
import sys
import time

import click
from sqlalchemy.orm import Session

from config import load_settings
from helpdesk import clock
from helpdesk.audit import queries, service
from helpdesk.audit.rules import Broken, Head, canonical, facts_of
from helpdesk.schema import opened_database

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
REASONS = {
    "gap": ("mata rantai ini hilang", "this link is missing"),
    "act_missing": ("catatan mata rantai ini hilang", "the act of this link is missing"),
    "changed": ("catatan ini diubah sesudah ditulis", "this act was changed after it was written"),
    "head": (
        "sidik rantai yang pernah dicatat tidak cocok lagi",
        "the chain no longer holds the head that was written down",
    ),
    "unchained": ("catatan ini disisipkan di luar rantai", "this act was put in beside the chain"),
    "sealed": (
        "data pribadi yang disegel diubah sesudah ditulis",
        "the sealed personal facts were changed after they were written",
    ),
    "seal_gone": (
        "data pribadi yang disegel hilang tanpa catatan penghapusan",
        "the sealed personal facts are gone and no act erased them",
    ),
}


class _HeadType(click.ParamType[Head]):
    """A head as it is printed: number of links, colon, SHA-256."""

    name = "NUMBER:SHA256"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """Read the head."""
        if isinstance(value, Head):
            return value
        found = _HEAD.fullmatch(str(value).strip().lower())
        if found is None:
            self.fail(
                "tulis seperti tercetak di buku register / write it as the register prints it: NUMBER:SHA256",
                param,
                ctx,
            )
        return Head(int(found[1]), found[2])


@click.group()
def audit() -> None:
    """The record of what happened, and its proof."""


@audit.command()
@click.option("--head", "heads", multiple=True, type=_HeadType(), help="A head from a printed register.")
def verify(heads: tuple[Head, ...]) -> None:
    """Check every act, and the heads that were printed; exit 1 and name the first link that broke."""
    with opened_database(load_settings()) as session:
        started = time.perf_counter()
        verdict = queries.verify_chain(session)
        broken = verdict.broken or _first_foreign(session, heads)
        seconds = time.perf_counter() - started
        if broken is not None:
            _report(session, broken)
            sys.exit(1)
    click.echo(
        f"Rantai utuh: {verdict.head.sequence} catatan / The chain is whole: {verdict.head.sequence} acts "
        f"({seconds:.2f} s)\n{verdict.head.sequence}:{verdict.head.sha256}"
    )


@audit.command()
def head() -> None:
    """Print the end of the chain, to be kept elsewhere: NUMBER:SHA256."""
    with opened_database(load_settings()) as session:
        found = queries.chain_head(session)
        click.echo(f"{found.sequence}:{found.sha256}")


@audit.command("write-head")
def write_head() -> None:
    """Write down the end of the chain for today, if nobody has; the scheduler does it every day."""
    settings, now = load_settings(), clock.now()
    with opened_database(settings) as session:
        service.write_head(session, now.astimezone(settings.zone).date(), now=now)
        found = queries.chain_head(session)
        click.echo(f"{found.sequence}:{found.sha256}")


@audit.command()
@click.option("--ticket", type=int, help="Only the acts on this ticket (its row number).")
def export(ticket: int | None) -> None:
    """Print the acts as JSON, one a line, with their links."""
    with opened_database(load_settings()) as session:
        links = queries.walk_links(session) if ticket is None else queries.links_of_ticket(session, ticket)
        for link in links:
            act = facts_of(link.act) if link.act else None
            line = {"sequence": link.sequence, "sha256": link.sha256, "act": act}
            click.echo(canonical(line).decode("utf-8"))


def _first_foreign(session: Session, heads: tuple[Head, ...]) -> Broken | None:
    for each in sorted(heads, key=lambda head: head.sequence):
        if queries.digest_at(session, each.sequence) != each.sha256:
            return Broken(each.sequence, None, "head")
    return None


def _report(session: Session, broken: Broken) -> None:
    indonesian, english = REASONS[broken.reason]
    click.echo(f"Rantai putus pada mata rantai {broken.sequence}: {indonesian}.", err=True)
    click.echo(f"The chain is broken at link {broken.sequence}: {english}.", err=True)
    if broken.event_id is None:
        return
    for act in queries.load_acts(session, [broken.event_id]):
        click.echo(f"  #{act.id} {act.at.isoformat()} {act.kind} {act.actor_name}", err=True)
