"""Papers that are made by themselves: every disposition gets its sheet in the transaction that gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents import queries, service
from helpdesk.documents.models import Document
from helpdesk.documents.steps import stationery_of
from helpdesk.events import Event, listen
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.context import office_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.presenters import PAPER_SOURCES


@dataclass
class _Desk:
    """The application in force: listeners are plain functions, so a second application adds none twice."""

    app: Flask | None = None


_desk = _Desk()


def listen_to_events(app: Flask) -> None:
    """Have a sheet made for every disposition, and the papers listed on the ticket's page."""
    _desk.app = app
    listen("step_completed", _make_sheets)
    if list_papers not in PAPER_SOURCES:
        PAPER_SOURCES.append(list_papers)


def _make_sheets(session: Session, event: Event) -> None:
    app, ticket = _desk.app, session.get(Ticket, event.ticket_id)
    by = session.get(Person, event.actor_id)
    # The event names the ticket and the person, and the application was given at its start.
    assert app is not None
    assert ticket is not None
    assert by is not None
    for output in ticket.run.outputs:
        is_new = output.step_run_id == event.data["step_run_id"] and output.is_valid
        if is_new and output.kind == OutputKind.DISPOSITION.value:
            service.make_disposition_sheet(
                session,
                ticket,
                office_of(app, session),
                stationery_of(app.extensions["settings"]),
                output,
                by=by,
            )


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
