"""The SOP's own sheet, to print and to download."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, request, send_file

from helpdesk.documents.sop_sheet import LANGUAGES, draw_sheet, sheet_name
from helpdesk.permissions import Permission
from helpdesk.tickets.context import catalogue
from helpdesk.web.guards import requires

blueprint = Blueprint("sop_sheet", __name__)


@blueprint.get("/sop/<number>/v<int:version>/form.pdf")
@requires(Permission.SEE_PROCEDURES)
def show_sheet(number: str, version: int) -> Response:
    """Draw the form; it is an Indonesian paper unless English is asked for."""
    procedure = catalogue().get_procedure(number, version)
    language = request.args.get("lang", "id")
    drawn = draw_sheet(procedure, language if language in LANGUAGES else "id")
    return send_file(BytesIO(drawn), mimetype="application/pdf", download_name=sheet_name(procedure))
