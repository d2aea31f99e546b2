"""Looking at a procedure's paper before it is handed in."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, request, send_file

from helpdesk.documents.errors import SectionTooLong
from helpdesk.documents.papers import service
from helpdesk.documents.papers.steps import texts_of
from helpdesk.documents.service.keeping import PDF
from helpdesk.documents.steps import stationery
from helpdesk.errors import NotFound
from helpdesk.permissions import Permission
from helpdesk.sop.grammar import Output, OutputKind
from helpdesk.sop.output_contracts import LONG_TEXT_LETTERS
from helpdesk.tickets.steps.kinds import FormData
from helpdesk.tickets.steps.panel import build_panel
from helpdesk.tickets.views.case import open_case
from helpdesk.tickets.views.page import step_context
from helpdesk.web.current import reading_session
from helpdesk.web.guards import requires

blueprint = Blueprint("papers", __name__)
# Another paper of the same step is drawn when the step is completed, and not for a look at this one.
SEEN_LATER = frozenset({OutputKind.DOCUMENT, OutputKind.SIGNATURE, OutputKind.SIGNED_REPORT})


@blueprint.post("/tickets/<int:ticket_id>/papers/<code>/preview")
@requires(Permission.WORK_ON_TICKETS)
def preview_paper(ticket_id: int, code: str) -> Response:
    """Draw the paper with what stands in the form now; nothing is kept."""
    case = open_case(reading_session(), ticket_id)
    context = step_context(case)
    panel = build_panel(context, FormData(request.form)) if context else None
    parts = {part.item.code: part for part in panel.parts} if panel else {}
    part = parts.pop(code, None)
    if part is None or not isinstance(part.item, Output) or part.item.kind is not OutputKind.DOCUMENT:
        raise NotFound
    texts = texts_of(part.item, part.form)
    if max(map(len, texts)) > LONG_TEXT_LETTERS:
        raise SectionTooLong(limit=LONG_TEXT_LETTERS)
    made = {
        one.item.code: one.kind.data(one.context, one.form)
        for one in parts.values()
        if isinstance(one.item, Output) and one.item.kind not in SEEN_LATER and one.form.validate()
    }
    _, pdf = service.draw_paper(
        case.session,
        case.ticket,
        case.office,
        stationery(),
        output=part.item,
        texts=texts,
        made=made,
        is_draft=True,
        now=case.now,
    )
    case.session.rollback()
    return send_file(BytesIO(pdf), mimetype=PDF, download_name=f"konsep-{case.ticket.number}.pdf")
