"""Papers that make themselves: what a step yields gets its sheet in the transaction that ends the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.documents import queries, service, signing
from helpdesk.documents.models import Document
from helpdesk.documents.report.timeline import tell_on_the_timeline
from helpdesk.documents.service import Stationery
from helpdesk.documents.steps import stationery_of
from helpdesk.events import Event, listen
from helpdesk.sop.models import StepRun
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
    """Have sheets made of what steps yield, and the papers listed on the ticket's page."""
    signing.use_settings(settings)
    _desk.stationery, _desk.make_office = stationery_of(settings), make_office
    listen("step_completed", _make_sheets)
    listen("step_returned", _make_sheets)
    tell_on_the_timeline()
    if list_papers not in PAPER_SOURCES:
        PAPER_SOURCES.append(list_papers)


def _make_sheets(session: Session, event: Event) -> None:
    ticket = session.get(Ticket, event.ticket_id)
    step_run = session.get(StepRun, event.data["step_run_id"])
    # The event names the ticket and the pass, and the rest was given at the start.
    assert ticket is not None
    assert step_run is not None
    assert _desk.make_office is not None
    assert _desk.stationery is not None
    office = _desk.make_office(session)
    _tie_papers(session, ticket, step_run)
    service.keep_receipt(session, ticket, office, _desk.stationery, at=event.at)
    service.make_sheets(session, ticket, office, _desk.stationery, step_run=step_run)
    service.keep_drafts(session, ticket, office, _desk.stationery, step_run=step_run)


def _tie_papers(session: Session, ticket: Ticket, step_run: StepRun) -> None:
    """Tie a paper that a form drew before its output was kept, as a signed report, to that output."""
    for output in ticket.run.outputs:
        document_id = output.data.get("document_id") if output.step_run_id == step_run.id else None
        paper = session.get(Document, document_id) if document_id else None
        if paper is not None and paper.output_id is None:
            paper.output_id = output.id


def list_papers(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """Return the papers of the ticket as its page lists them."""
    return [
        {
            "name": title_of(document),
            "state": state_of(document),
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
    words = {
        "report": _("Report %(number)s"),
        "disposition": _("Disposition sheet %(number)s"),
        "evidence_list": _("List of evidence %(number)s"),
        "identification": _("Identification sheet %(number)s"),
        "verification": _("Verification sheet %(number)s"),
        "coordination": _("Record of coordination %(number)s"),
        "report_draft": _("Draft of the report"),
        "receipt": _("Receipt (copy for the files)"),
    }
    found = words.get(document.kind)
    # A paper of another procedure has the title that the procedure gave it, with any sign people write.
    return document.title if found is None else str(found) % {"number": document.number}


def state_of(document: Document) -> str:
    """Return how the paper stands beside its name: void, superseded by a return, or good."""
    if document.is_void:
        return "void"
    return "superseded" if document.is_superseded else ""
