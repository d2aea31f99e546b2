"""The report's page: written by whoever holds the step, read by whoever may see the ticket."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.database import db, transaction
from helpdesk.documents.report import presenting, queries, service
from helpdesk.documents.report.rules import SECTION_LETTERS
from helpdesk.documents.report.service import NOTE_LETTERS
from helpdesk.documents.report.views.blueprint import blueprint
from helpdesk.documents.report.views.opening import ReportCase, open_report, open_writing
from helpdesk.documents.rules import SECTION_TITLES
from helpdesk.documents.service import first_sections
from helpdesk.errors import DomainError, EditConflict
from helpdesk.permissions import Permission
from helpdesk.web.current import reading_session, settings
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number


@blueprint.get("/tickets/<int:ticket_id>/report")
@requires(Permission.SEE_TICKETS)
def show_report(ticket_id: int) -> str:
    """Show the editor to who may write now, and the text to everybody else who may see the ticket."""
    report = open_report(db.session(), ticket_id)
    if report.writing_step is None:
        return _render_reader(report)
    return render_editor(report, report.working_text().sections)


def _render_reader(report: ReportCase) -> str:
    sections = report.sections_shown()
    return render_template("documents/report/reader.html", **_shown(report, sections))


def render_editor(
    report: ReportCase, sections: dict[str, str], *, notice: str = "", theirs: dict[str, str] | None = None
) -> str:
    """Draw the editor with these sections; `theirs` is what somebody else saved in the meantime."""
    text = report.working_text()
    returned = queries.find_returned_version(report.case.session, report.case.ticket)
    zone = report.case.office.zone.key
    return render_template(
        "documents/report/editor.html",
        **_shown(report, sections),
        text=text,
        notice=notice,
        note=request.form.get("note", ""),
        returned=returned,
        since_return=presenting.differences(returned.sections, sections) if returned else {},
        theirs=theirs or {},
        conflicts=presenting.differences(sections, theirs) if theirs else {},
        choices=presenting.figure_choices(report.case.session, report.case.ticket, zone),
        note_letters=NOTE_LETTERS,
    )


def _shown(report: ReportCase, sections: dict[str, str]) -> dict[str, Any]:
    """Return what the editor and the reader's page have in common."""
    session, ticket = report.case.session, report.case.ticket
    blocks, figures = presenting.drawn_sections(session, ticket, sections, report.case.office.zone.key)
    versions = queries.list_versions(session, ticket)
    return {
        "ticket": ticket,
        "report": report,
        "labels": presenting.SECTION_LABELS,
        "sections": sections,
        "section_letters": SECTION_LETTERS,
        "blocks": blocks,
        "figures": figures,
        "threads": presenting.threads_of(queries.list_comments(session, ticket)),
        "versions": versions,
        "latest": versions[0] if versions else None,
    }


@blueprint.post("/tickets/<int:ticket_id>/report")
@requires(Permission.WORK_ON_TICKETS)
def save_report(ticket_id: int) -> Response | tuple[str, int]:
    """Save a version, or insert what was chosen; a refusal shows the page again with all that was typed."""
    try:
        with transaction() as session:
            target = _save(open_writing(session, ticket_id))
    except EditConflict as conflict:
        return _show_conflict(ticket_id, conflict)
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        report = open_writing(db.session(), ticket_id)
        return render_editor(report, report.sections_sent(), notice=translate(refusal)), refusal.status
    return redirect(url_for("report.show_report", ticket_id=ticket_id) + target)


def _save(report: ReportCase) -> str:
    """Do what the button says; return the part of the page to go on at."""
    action, sections = request.form.get("action", ""), report.sections_sent()
    if action == "insert":
        section = request.form.get("into", "")
        figure = _chosen_figure(report)
        if section in SECTION_TITLES and figure:
            sections[section] = f"{sections[section].rstrip()}\n\n{figure}"
        service.keep_draft(report.author, sections, revision=_revision())
        return f"#section-{section}" if section in SECTION_TITLES else ""
    if action.startswith("generate-") and (code := action.removeprefix("generate-")) in SECTION_TITLES:
        case = report.case
        unit = settings().letterhead.unit
        sections[code] = first_sections(case.session, case.ticket, case.office, unit=unit)[code]
        service.keep_draft(report.author, sections, revision=_revision())
        return f"#section-{code}"
    version = service.save_version(
        report.author, sections, revision=_revision(), note=request.form.get("note", "")
    )
    flash(_("Version %(number)s is saved.", number=version.number), "success")
    return ""


def _chosen_figure(report: ReportCase) -> str:
    case = report.case
    offered = presenting.figure_choices(case.session, case.ticket, case.office.zone.key)
    known = {reference for one in offered for reference, _label in one.choices}
    chosen = request.form.get("figure", "")
    return chosen if chosen in known else ""


def _revision() -> int:
    return request.form.get("revision", 0, type=row_number)


def _show_conflict(ticket_id: int, conflict: DomainError) -> tuple[str, int]:
    """Show both texts side by side: what was sent, and what somebody else saved in the meantime."""
    report = open_writing(db.session(), ticket_id)
    theirs = report.working_text().sections
    page = render_editor(report, report.sections_sent(), notice=translate(conflict), theirs=theirs)
    return page, conflict.status


@blueprint.post("/tickets/<int:ticket_id>/report/autosave")
@requires(Permission.WORK_ON_TICKETS)
def autosave(ticket_id: int) -> Response | tuple[Response, int]:
    """Keep what is being typed; the answer says which saving it is, for the next one."""
    try:
        with transaction() as session:
            report = open_writing(session, ticket_id)
            draft = service.keep_draft(report.author, report.sections_sent(), revision=_revision())
            kept = draft.revision
    except DomainError as refusal:
        return jsonify(message=translate(refusal)), refusal.status
    return jsonify(revision=kept)


@blueprint.post("/tickets/<int:ticket_id>/report/section")
@requires(Permission.WORK_ON_TICKETS)
def preview_section(ticket_id: int) -> str:
    """Draw one section of the form that was sent, as it will stand on paper; nothing is kept."""
    report = open_writing(reading_session(), ticket_id)
    case, sections = report.case, report.sections_sent()
    blocks, figures = presenting.drawn_sections(case.session, case.ticket, sections, case.office.zone.key)
    page = render_template(
        "documents/report/section.html",
        blocks=blocks.get(request.form.get("section", ""), []),
        figures=figures,
    )
    case.session.rollback()
    return page
