"""A request becomes a ticket, and the requester gets a link to follow it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from itsdangerous import URLSafeSerializer
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import due_at
from helpdesk.events import record
from helpdesk.evidence import service as evidence_service
from helpdesk.numbering.rules import AGENDA
from helpdesk.numbering.service import issue_number
from helpdesk.sop import service as sop_service
from helpdesk.sop.schema import Procedure
from helpdesk.tickets import queries
from helpdesk.tickets.models import Attachment, FollowLink, Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import NewRequest, ticket_number
from helpdesk.tickets.service.working import ensure_works_on


def open_ticket(
    session: Session,
    request: NewRequest,
    *,
    procedure: Procedure,
    office: Office,
    prefix: str,
    now: datetime,
    by: Person | None = None,
) -> Ticket:
    """Make the ticket of a request and start its procedure; the same form again gives the same ticket."""
    known = queries.find_ticket_by_submission_key(session, request.submission_key)
    if known is not None:
        return known
    run = sop_service.start_run(session, procedure, office.calendar, now=now)
    agenda = issue_number(session, office.numbering, AGENDA, on=office.day_of(now), at=now, by=by)
    ticket = Ticket(
        number=ticket_number(prefix, agenda.year, agenda.number),
        year=agenda.year,
        sequence=agenda.number,
        submission_key=request.submission_key,
        channel=request.channel,
        kind=request.kind,
        subject=request.subject,
        description=request.description,
        affected=request.affected,
        preferred_on=request.preferred_on,
        requester_name=request.requester_name,
        requester_agency=request.requester_agency,
        requester_unit=request.requester_unit,
        requester_email=request.requester_email,
        requester_phone=request.requester_phone,
        requester_language=request.requester_language,
        consented_at=now,
        run=run,
        received_at=now,
        promised_at=due_at(office.calendar, now, procedure.working_minutes),
        recorded_by_id=by.id if by else None,
        follow_links=[FollowLink(nonce=secrets.token_urlsafe(24), created_at=now)],
    )
    session.add(ticket)
    session.flush()
    agenda.ticket_id = ticket.id
    _keep_files(session, ticket, request, by=by, now=now)
    record(
        session,
        "ticket_opened",
        at=now,
        ticket_id=ticket.id,
        by=by,
        # Who asked, and for what, may be erased one day; the chain then stays whole.
        sealed=_request_of(request),
        number=ticket.number,
        procedure=f"{procedure.number} v{procedure.version}",
        channel=request.channel,
        attachments=len(request.attachments),
        files=[hashlib.sha256(file.content).hexdigest() for file in request.attachments],
    )
    return ticket


def _request_of(request: NewRequest) -> dict[str, str]:
    return {
        name: getattr(request, name)
        for name in (
            "subject",
            "description",
            "affected",
            "requester_name",
            "requester_agency",
            "requester_unit",
            "requester_email",
            "requester_phone",
        )
    }


def _keep_files(
    session: Session, ticket: Ticket, request: NewRequest, *, by: Person | None, now: datetime
) -> None:
    for file in request.attachments:
        stored = evidence_service.store_file(session, file.content, file.content_type, now=now)
        ticket.attachments.append(
            Attachment(file_id=stored.id, name=file.name, added_at=now, added_by_id=by.id if by else None)
        )


def follow_token(ticket: Ticket, secret: str) -> str | None:
    """Return the signed token of the ticket's link, or None where it was withdrawn."""
    link = queries.find_open_link(ticket)
    return (
        None if link is None else str(URLSafeSerializer(secret, salt=queries.FOLLOW_SALT).dumps(link.nonce))
    )


def withdraw_follow_link(
    session: Session, ticket: Ticket, *, office: Office, by: Person | None, now: datetime
) -> None:
    """Make the link useless from now on; the requester, who came by it, is nobody of the office."""
    if by is not None:
        ensure_works_on(session, ticket, office=office, by=by, now=now)
    link = queries.find_open_link(ticket)
    if link is None:
        return
    link.withdrawn_at = now
    record(
        session,
        "link_withdrawn",
        at=now,
        ticket_id=ticket.id,
        by=by,
    )


def renew_follow_link(
    session: Session, ticket: Ticket, *, office: Office, by: Person, now: datetime
) -> FollowLink:
    """Withdraw the link in force and make a new one."""
    withdraw_follow_link(session, ticket, office=office, by=by, now=now)
    link = FollowLink(nonce=secrets.token_urlsafe(24), created_at=now)
    ticket.follow_links.append(link)
    record(session, "link_renewed", at=now, ticket_id=ticket.id, by=by)
    return link
