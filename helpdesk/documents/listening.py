"""Papers that are made by themselves: every disposition gets its sheet in the transaction that gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import Person
from helpdesk.documents import queries, service
from helpdesk.documents.models import Document
from helpdesk.documents.service import Stationery
from helpdesk.documents.steps import stationery_of
from helpdesk.events import Event, listen
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.presenters import PAPER_SOURCES


@dataclass
class _Desk:
    """What is in force: listeners are plain functions, so a second application adds none twice."""

    stationery: Stationery | None = None
    make_office: Callable[[Session], Office] | None = None


_desk = _Desk()


def listen_to_events(settings: HelpdeskSettings, make_office: Callable[[Session], Office]) -> None:
    """Have a sheet made for every disposition, and the papers listed on the ticket's page."""
    _desk.stationery, _desk.make_office = stationery_of(settings), make_office
    listen("step_completed", _make_sheets)
    if list_papers not in PAPER_SOURCES:
        PAPER_SOURCES.append(list_papers)


def _make_sheets(session: Session, event: Event) -> None:
    ticket, by = session.get(Ticket, event.ticket_id), session.get(Person, event.actor_id)
    # The event names the ticket and the person, and the rest was given at the start.
    assert ticket is not None
    assert by is not None
    assert _desk.make_office is not None
    assert _desk.stationery is not None
    office = _desk.make_office(session)
    for output in ticket.run.outputs:
        is_new = output.step_run_id == event.data["step_run_id"] and output.is_valid
        if is_new and output.kind == OutputKind.DISPOSITION.value:
            service.make_disposition_sheet(session, ticket, office, _desk.stationery, output, by=by)


def list_papers(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """Return the papers of the ticket as its page lists them."""
    return [
        {
            "name": title_of(document),
            "url": url_for("documents.download", ticket_id=ticket.id, document_id=document.id),
            "size_bytes": document.file.size_bytes,
            "content_type": document.file.content_type,
            "added_at": document.created_at,
            "added_by": document.created_by.name if document.created_by else "",
            "sha256": document.file.sha256,
        }
        for document in queries.list_documents(session, ticket.id)
    ]


def title_of(document: Document) -> str:
    """Return the paper's title in the language of the page."""
    words = {"report": _("Report %(number)s"), "disposition": _("Disposition sheet %(number)s")}
    return str(words.get(document.kind, document.title)) % {"number": document.number}
