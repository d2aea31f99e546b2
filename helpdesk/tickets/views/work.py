"""What is added to a ticket beside its steps: messages, devices, snapshots, files, notes; and its end."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from helpdesk.database import db, transaction
from helpdesk.devices import queries as device_queries
from helpdesk.errors import DomainError, NotFound
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence import service as evidence_service
from helpdesk.permissions import Permission
from helpdesk.tickets import queries, service
from helpdesk.tickets.forms import CancelForm, DeviceForm, FilesForm, MessageForm, NoteForm
from helpdesk.tickets.rules import NewFile, TicketStatus
from helpdesk.tickets.views.case import open_case
from helpdesk.tickets.views.page import render_case, words_typed
from helpdesk.tickets.views.routes import blueprint
from helpdesk.uploads import FileRefused, FilesTooMany, check_file
from helpdesk.web.choices import choices
from helpdesk.web.current import settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

Answer = Response | tuple[str, int]


def _back(ticket_id: int, anchor: str) -> Response:
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id, _anchor=anchor))


def _refused(ticket_id: int, **forms: FlaskForm) -> tuple[str, int]:
    return render_case(open_case(db.session(), ticket_id), **forms), 422


def _turned_down(ticket_id: int, refusal: DomainError, **forms: FlaskForm) -> tuple[str, int]:
    """Show the page as it stands now, with the refusal and with what was typed."""
    if refusal.status in (403, 404):
        raise refusal
    case = open_case(db.session(), ticket_id)
    # A ticket that ended meanwhile has no forms any more: then the words stand by themselves.
    typed = "" if case.ticket.status == TicketStatus.OPEN.value else words_typed()
    return render_case(case, notice=translate(refusal), typed=typed, **forms), refusal.status


def _checked(files: Iterable[FileStorage]) -> list[NewFile]:
    """Return the files that were chosen, each checked by its content."""
    limit = settings().attachment_max_bytes
    chosen = [file for file in files if file and file.filename]
    if len(chosen) > settings().attachment_max_count:
        raise FilesTooMany(limit=settings().attachment_max_count)
    checked = [check_file(str(file.filename), file.read(), max_bytes=limit) for file in chosen]
    return [NewFile(one.name, one.content, one.content_type) for one in checked]


@blueprint.post("/tickets/<int:ticket_id>/messages")
@requires(Permission.WORK_ON_TICKETS)
def write_message(ticket_id: int) -> Answer:
    """Reply to the requester or leave an internal note."""
    form = MessageForm()
    if not form.validate():
        return _refused(ticket_id, message_form=form)
    try:
        files = _checked(form.files.data or [])
    except FileRefused as refusal:
        form.files.errors = [translate(refusal)]
        return _refused(ticket_id, message_form=form)
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            service.write_message(
                session,
                case.ticket,
                (form.body.data or "").strip(),
                is_public=form.visibility.data == "public",
                office=case.office,
                by=signed_in().person,
                role=case.role,
                now=case.now,
                files=files,
            )
    except DomainError as refusal:
        return _turned_down(ticket_id, refusal, message_form=form)
    flash(
        _("The reply is on its way to the requester.")
        if form.visibility.data == "public"
        else _("The note is kept."),
        "success",
    )
    return _back(ticket_id, "conversation")


@blueprint.post("/tickets/<int:ticket_id>/devices")
@requires(Permission.WORK_ON_TICKETS)
def name_device(ticket_id: int) -> Answer:
    """Name a device; its latest snapshot is attached and a fresh one taken."""
    form = DeviceForm()
    form.device_id.choices = choices(
        [("", "–")] + [(one.id, one.name) for one in device_queries.list_active_devices(db.session())]
    )
    db.session.rollback()
    if not form.validate():
        return _refused(ticket_id, device_form=form)
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            device = device_queries.get_device(session, form.device_id.data)
            run_id = service.name_device(
                session, case.ticket, device, office=case.office, by=signed_in().person, now=case.now
            ).id
    except DomainError as refusal:
        return _turned_down(ticket_id, refusal, device_form=form)
    take_now(run_id)
    return _back(ticket_id, "evidence")


@blueprint.post("/tickets/<int:ticket_id>/snapshots")
@requires(Permission.WORK_ON_TICKETS)
def take_snapshot(ticket_id: int) -> Answer:
    """Take a snapshot of a named device now."""
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            service.ensure_open(case.ticket)
            device_id = request.form.get("device_id", 0, type=row_number)
            if not queries.is_device_named(session, case.ticket.id, device_id):
                raise NotFound
            run_id = evidence_service.request_snapshot(
                session,
                device_queries.get_device(session, device_id),
                reason="ticket",
                now=case.now,
                by=signed_in().person,
                ticket_id=case.ticket.id,
            ).id
    except DomainError as refusal:
        return _turned_down(ticket_id, refusal)
    take_now(run_id)
    return _back(ticket_id, "evidence")


def take_now(run_id: int) -> None:
    """Read the device while the person waits; what takes longer comes out partial and says so."""
    # The caller's transaction has ended: nobody waits for us meanwhile.
    snapshot_id = evidence_service.carry_out_run(
        db.engine,
        run_id,
        settings(),
        evidence_service.owner_name("web"),
        budget_seconds=settings().evidence_wait_seconds,
    )
    if snapshot_id is None:
        flash(_("The snapshot is being taken; it appears here in a moment."), "info")
        return
    snapshot = evidence_queries.get_snapshot(db.session(), snapshot_id)
    if not snapshot.reachable:
        flash(_("The device did not answer. The failed reading is kept as evidence too."), "warning")
    elif not snapshot.complete:
        flash(_("The snapshot is attached; parts of it could not be read."), "warning")
    else:
        flash(_("The snapshot is attached."), "success")


@blueprint.post("/tickets/<int:ticket_id>/files")
@requires(Permission.WORK_ON_TICKETS)
def add_files(ticket_id: int) -> Answer:
    """Attach files as evidence."""
    form = FilesForm()
    if not form.validate():
        return _refused(ticket_id, files_form=form)
    try:
        files = _checked(form.files.data)
    except FileRefused as refusal:
        form.files.errors = [translate(refusal)]
        return _refused(ticket_id, files_form=form)
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            for file in files:
                service.add_file(
                    session, case.ticket, file, office=case.office, by=signed_in().person, now=case.now
                )
    except DomainError as refusal:
        return _turned_down(ticket_id, refusal, files_form=form)
    flash(_("The files are kept as evidence."), "success")
    return _back(ticket_id, "evidence")


@blueprint.post("/tickets/<int:ticket_id>/notes")
@requires(Permission.WORK_ON_TICKETS)
def add_note(ticket_id: int) -> Answer:
    """Write down an observation as evidence."""
    form = NoteForm()
    if not form.validate():
        return _refused(ticket_id, note_form=form)
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            service.add_note(
                session,
                case.ticket,
                (form.title.data or "").strip(),
                (form.note.data or "").strip(),
                office=case.office,
                by=signed_in().person,
                now=case.now,
            )
    except DomainError as refusal:
        return _turned_down(ticket_id, refusal, note_form=form)
    flash(_("The note is kept as evidence."), "success")
    return _back(ticket_id, "evidence")


@blueprint.post("/tickets/<int:ticket_id>/cancel")
@requires(Permission.WORK_ON_TICKETS)
def cancel_ticket(ticket_id: int) -> Answer:
    """End a ticket that is no case for the procedure."""
    form = CancelForm()
    if not form.validate():
        return _refused(ticket_id, cancel_form=form)
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            service.cancel_ticket(
                session,
                case.ticket,
                reason=(form.reason.data or "").strip(),
                office=case.office,
                by=signed_in().person,
                role=case.role,
                now=case.now,
            )
    except DomainError as refusal:
        return _turned_down(ticket_id, refusal, cancel_form=form)
    flash(_("The ticket is cancelled and the requester is told."), "success")
    return _back(ticket_id, "timeline")


@blueprint.post("/tickets/<int:ticket_id>/link/<any(withdraw, renew):act>")
@requires(Permission.WORK_ON_TICKETS)
def change_link(ticket_id: int, act: str) -> Answer:
    """Withdraw the requester's link, or make a new one."""
    with transaction() as session:
        case = open_case(session, ticket_id)
        change = service.withdraw_follow_link if act == "withdraw" else service.renew_follow_link
        change(session, case.ticket, office=case.office, by=signed_in().person, now=case.now)
    flash(
        _("The link is withdrawn.")
        if act == "withdraw"
        else _("The old link is withdrawn; there is a new one."),
        "success",
    )
    return _back(ticket_id, "request")
