"""What a requester may ask for: the requests of every procedure in force, in the words of its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import get_locale

from helpdesk.sop.catalogue import Catalogue
from helpdesk.sop.errors import ProcedureUnknown
from helpdesk.sop.schema import Procedure
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.presenters import KIND_LABELS


@dataclass(frozen=True)
class Offer:
    """One thing that may be asked for, and the procedure that handles it."""

    code: str
    title: Any
    help: str
    procedure: Procedure


def list_offers(catalogue: Catalogue, default_number: str, *, on: date) -> list[Offer]:
    """Return what may be asked for on the day: first what the office's main procedure handles."""
    offers: dict[str, Offer] = {}
    for procedure in _in_force(catalogue, default_number, on):
        for offer in _offers_of(procedure, is_main=procedure.number == default_number):
            offers.setdefault(offer.code, offer)
    return list(offers.values())


def _in_force(catalogue: Catalogue, default_number: str, on: date) -> Iterable[Procedure]:
    numbers = sorted(
        {procedure.number for procedure in catalogue.list_procedures()},
        key=lambda number: (number != default_number, number),
    )
    for number in numbers:
        try:
            yield catalogue.get_procedure(number, on=on)
        except ProcedureUnknown:
            # Released, and not yet in force on the day.
            continue


def _offers_of(procedure: Procedure, *, is_main: bool) -> list[Offer]:
    language = str(get_locale())
    if not procedure.requests and is_main:
        # A file from before requests were written down handles the three kinds the office began with.
        return [Offer(code, label, "", procedure) for code, label in KIND_LABELS.items()]
    return [
        Offer(
            one.code,
            one.title.in_language(language),
            one.help.in_language(language) if one.help else "",
            procedure,
        )
        for one in procedure.requests
    ]


def kind_of_request(ticket: Ticket, office: Office, language: str = "") -> str:
    """Return what the requester asked for, in the words of the ticket's procedure."""
    found = office.procedure_of(ticket.run).find_request(ticket.kind)
    if found is not None:
        return found.title.in_language(language or str(get_locale()))
    return str(KIND_LABELS.get(ticket.kind, ticket.kind))
