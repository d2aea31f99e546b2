"""The receipt: its QR code and its paper."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Protocol

import segno

from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind, LetterheadData, ReceiptData
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.presenters import CHANNEL_LABELS


class Letterhead(Protocol):
    """The head of the office's papers, as the settings have it."""

    @property
    def agency(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def contact(self) -> str: ...


def qr_image(url: str) -> str:
    """Return the QR code as SVG for a page: black on white in light and dark, without inline style."""
    code = segno.make(url, error="m", micro=False)
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return str(drawn)


def draw_receipt(
    ticket: Ticket,
    url: str,
    *,
    kind: str,
    agenda: str = "",
    letterhead: Letterhead,
    timezone: str,
    now: datetime,
) -> bytes:
    """Return the receipt as PDF, in the language of the request."""
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", xmldecl=False, border=2)
    data = ReceiptData(
        letterhead=LetterheadData(
            agency=letterhead.agency,
            unit=letterhead.unit,
            address=letterhead.address,
            contact=letterhead.contact,
        ),
        created_at=now,
        timezone=timezone,
        language=ticket.requester_language,
        ticket_number=ticket.number,
        agenda_number=agenda,
        received_at=ticket.received_at,
        requester_name=ticket.requester_name,
        requester_agency=", ".join(part for part in (ticket.requester_agency, ticket.requester_unit) if part),
        request_kind=kind,
        subject=ticket.subject,
        channel=str(CHANNEL_LABELS.get(ticket.channel, ticket.channel)),
        attachment_names=tuple(file.name for file in ticket.files_of_request),
        promised_at=ticket.promised_at,
        follow_url=url,
        qr_svg=drawing.getvalue().decode(),
    )
    return render_document(DocumentKind.RECEIPT, data.to_dict())
