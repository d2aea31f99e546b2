"""The register book: on the page, and as a book to print."""

from __future__ import annotations

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.audit import queries as audit_queries
from helpdesk.database import db
from helpdesk.documents.pdf import render_document
from helpdesk.documents.register import queries
from helpdesk.documents.register.queries import Wanted
from helpdesk.documents.register.rules import RegisterData
from helpdesk.documents.rules import DocumentKind
from helpdesk.documents.steps import stationery
from helpdesk.documents.views.routes import blueprint, pdf_answer
from helpdesk.permissions import Permission
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.office import Office
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number


@blueprint.get("/register")
@requires(Permission.SEE_REGISTER)
def show_register() -> str:
    """Show the register book of a year, searched and narrowed, ready to print."""
    session = db.session()
    office = current_office(session)
    years, wanted = _asked(session, office)
    viewer = current_viewer(office)
    return render_template(
        "documents/register.html",
        sees_all=viewer.sees_all,
        wanted=wanted,
        years=years,
        procedures=queries.list_procedures(session, wanted.year),
        entries=queries.list_entries(session, viewer, office, wanted),
    )


@blueprint.get("/register.pdf")
@requires(Permission.SEE_REGISTER)
def print_register() -> Response:
    """Hand out the register book of a year as PDF."""
    session, now = db.session(), clock.now()
    office = current_office(session)
    viewer = current_viewer(office)
    _, wanted = _asked(session, office)
    narrowed = [f"“{wanted.words.strip()}”"] if wanted.words.strip() else []
    narrowed += [f"SOP {wanted.procedure}"] if wanted.procedure else []
    narrowed += [] if viewer.sees_all else ["perkara yang boleh dilihat pencetak"]
    data = RegisterData(
        letterhead=stationery().letterhead,
        created_at=now,
        timezone=office.zone.key,
        year=wanted.year,
        printed_by=signed_in().person.name,
        narrowed=", ".join(narrowed),
        entries=queries.list_entries(session, viewer, office, wanted),
        heads=audit_queries.daily_heads(session, wanted.year),
    )
    return pdf_answer(render_document(DocumentKind.REGISTER, data.to_dict()), f"Buku Register {wanted.year}")


def _asked(session: Session, office: Office) -> tuple[list[int], Wanted]:
    years = ticket_queries.list_years(session) or [office.year_of(clock.now())]
    return years, Wanted(
        year=request.args.get("year", years[0], type=row_number),
        words=request.args.get("q", "")[:200],
        procedure=request.args.get("sop", "")[:64],
    )
