"""What is said on a ticket: public replies, internal notes, the requester's words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.events import record
from helpdesk.evidence import service as evidence_service
from helpdesk.tickets.errors import TicketClosed
from helpdesk.tickets.models import Attachment, Message, Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import NewFile, TicketStatus
from helpdesk.tickets.service.working import ensure_works_on


def write_message(
    session: Session,
    ticket: Ticket,
    body: str,
    *,
    is_public: bool,
    office: Office,
    by: Person,
    role: str,
    now: datetime,
    files: Sequence[NewFile] = (),
) -> Message:
    """Reply to the requester, or leave a note for colleagues."""
    if ticket.status != TicketStatus.OPEN.value and is_public:
        raise TicketClosed(number=ticket.number)
    ensure_works_on(session, ticket, office=office, by=by, now=now)
    message = _write(session, ticket, body, kind="public" if is_public else "internal", by=by, now=now)
    _attach(session, ticket, message, files, by=by, now=now)
    record(
        session,
        "public_reply" if is_public else "internal_note",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        message_id=message.id,
        body_sha256=_digest(body),
        files=[_digest(file.content) for file in files],
    )
    return message


def write_as_requester(
    session: Session, ticket: Ticket, body: str, *, now: datetime, files: Sequence[NewFile] = ()
) -> Message:
    """Add the words of the requester, who came by the link."""
    if ticket.status != TicketStatus.OPEN.value:
        raise TicketClosed(number=ticket.number)
    message = _write(session, ticket, body, kind="requester", by=None, now=now)
    _attach(session, ticket, message, files, by=None, now=now)
    record(
        session,
        "requester_message",
        at=now,
        ticket_id=ticket.id,
        # The words of a requester may be erased one day; the chain then stays whole.
        sealed={"message_id": message.id, "body": body},
        message_id=message.id,
        files=[_digest(file.content) for file in files],
    )
    return message


def note_by_itself(session: Session, ticket: Ticket, body: str, *, now: datetime) -> Message:
    """Leave a note that no person wrote: what happened on the network, for whoever works on the ticket."""
    message = _write(session, ticket, body, kind="internal", by=None, now=now)
    record(
        session,
        "internal_note",
        at=now,
        ticket_id=ticket.id,
        message_id=message.id,
        body_sha256=_digest(body),
        files=[],
    )
    return message


def _digest(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _write(
    session: Session, ticket: Ticket, body: str, *, kind: str, by: Person | None, now: datetime
) -> Message:
    message = Message(kind=kind, body=body, author_id=by.id if by else None, created_at=now)
    ticket.messages.append(message)
    session.flush()
    return message


def _attach(
    session: Session,
    ticket: Ticket,
    message: Message,
    files: Sequence[NewFile],
    *,
    by: Person | None,
    now: datetime,
) -> None:
    for file in files:
        stored = evidence_service.store_file(session, file.content, file.content_type, now=now)
        ticket.attachments.append(
            Attachment(
                file_id=stored.id,
                name=file.name,
                message_id=message.id,
                added_by_id=by.id if by else None,
                added_at=now,
            )
        )
