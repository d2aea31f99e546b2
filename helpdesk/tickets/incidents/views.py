"""Handing out the files of an evidence set."""

from __future__ import annotations

import mimetypes
import zipfile
from io import BytesIO

from flask import abort, send_file
from werkzeug.wrappers import Response

from helpdesk.database import db
from helpdesk.permissions import Permission
from helpdesk.tickets import queries
from helpdesk.tickets.incidents.presentation import PICTURE
from helpdesk.tickets.incidents.queries import is_set
from helpdesk.tickets.incidents.rules import read_member
from helpdesk.tickets.views.case import open_case
from helpdesk.tickets.views.routes import blueprint
from helpdesk.web.guards import requires


@blueprint.get("/tickets/<int:ticket_id>/attachments/<int:attachment_id>/<name>")
@requires(Permission.SEE_TICKETS)
def download_member(ticket_id: int, attachment_id: int, name: str) -> Response:
    """Hand out one file of a set, whose digest is that of the set's list; its pictures stand on the page."""
    case = open_case(db.session(), ticket_id)
    attachment = queries.get_attachment(case.session, case.ticket, attachment_id)
    if not any(item.attachment_id == attachment.id and is_set(item) for item in case.ticket.evidence):
        abort(404)
    try:
        content = read_member(attachment.file.content, name)
    except (zipfile.BadZipFile, KeyError, ValueError):
        content = None
    if content is None:
        abort(404)
    response = send_file(
        BytesIO(content),
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        as_attachment=not name.endswith(PICTURE),
        download_name=name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
