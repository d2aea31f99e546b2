"""Use cases of keeping: a case gets its class, is held, and one day its personal data is erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, delete, exists, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.archive import queries
from helpdesk.archive.errors import (
    CaseStillOpen,
    ErasedAlready,
    HeldByLaw,
    RetentionClassUnknown,
    StillKept,
)
from helpdesk.archive.models import Erasure, LegalHold, Retention
from helpdesk.archive.rules import ERASED, RetentionClass, RetentionSchedule, keep_until
from helpdesk.audit.models import SealedFacts
from helpdesk.audit.rules import ERASURE
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.models import Document
from helpdesk.documents.report.models import ReportDraft, ReportVersion
from helpdesk.errors import EditConflict, Forbidden, InputInvalid
from helpdesk.events import Event, record
from helpdesk.evidence.models import StoredFile
from helpdesk.notifications.models import OutboxMessage
from helpdesk.tickets.holders import viewer_of_person
from helpdesk.tickets.models import Attachment, Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import TicketStatus

REQUESTER_FIELDS = (
    "requester_name",
    "requester_agency",
    "requester_unit",
    "requester_email",
    "requester_phone",
    "subject",
    "description",
    "affected",
)
_EMPTIED = frozenset({"requester_unit", "requester_email", "requester_phone", "affected"})


def class_ended_tickets(
    session: Session, schedule: RetentionSchedule, zone: ZoneInfo, *, now: datetime
) -> int:
    """Give every ticket that ended and has no class the one proposed for it; return how many."""
    tickets = queries.list_unclassed(session)
    for ticket in tickets:
        _class(session, ticket, schedule.class_for(ticket.sensitivity), zone, by=None, now=now)
    session.flush()
    return len(tickets)


def choose_class(
    session: Session,
    ticket: Ticket,
    schedule: RetentionSchedule,
    code: str,
    office: Office,
    *,
    by: Person,
    now: datetime,
) -> Retention:
    """Keep the case by another class of the schedule."""
    role = _ensure_head(session, office, by, now)
    chosen = schedule.find(code)
    if chosen is None:
        raise RetentionClassUnknown(class_code=code)
    _lock_case(session, ticket)
    _ensure_ended(ticket)
    return _class(session, ticket, chosen, office.zone, by=by, in_role=role, now=now)


def place_hold(
    session: Session, ticket: Ticket, reason: str, office: Office, *, by: Person, now: datetime
) -> LegalHold:
    """Forbid to erase anything of the case until the hold is lifted."""
    role = _ensure_head(session, office, by, now)
    _ensure_said(reason)
    _lock_case(session, ticket)
    if queries.find_kept(session, ticket).open_hold is not None:
        raise EditConflict
    hold = LegalHold(ticket_id=ticket.id, reason=reason.strip(), placed_at=now, placed_by_id=by.id)
    session.add(hold)
    session.flush()
    record(
        session,
        "hold_placed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        hold_id=hold.id,
        reason=hold.reason,
    )
    return hold


def lift_hold(
    session: Session,
    ticket: Ticket,
    hold: LegalHold,
    reason: str,
    office: Office,
    *,
    by: Person,
    now: datetime,
) -> None:
    """End a hold, with the reason."""
    role = _ensure_head(session, office, by, now)
    _ensure_said(reason)
    if hold.lifted_at is not None:
        raise EditConflict
    hold.lifted_at, hold.lifted_by_id, hold.lift_reason = now, by.id, reason.strip()
    record(
        session,
        "hold_lifted",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        hold_id=hold.id,
        reason=reason.strip(),
    )


def erase_requester(
    session: Session,
    ticket: Ticket,
    reason: str,
    office: Office,
    *,
    asked_by_requester: bool,
    by: Person,
    now: datetime,
) -> Erasure:
    """Erase who asked and what they wrote; papers that were signed stay, and the chain stays whole."""
    role = _ensure_head(session, office, by, now)
    _ensure_said(reason)
    today = office.day_of(now)
    _lock_case(session, ticket)
    kept = queries.find_kept(session, ticket)
    _ensure_erasable(kept, today, asked_by_requester=asked_by_requester)
    counts = {
        "letters": _delete(session, delete(OutboxMessage).where(OutboxMessage.ticket_id == ticket.id)),
        "seals": _delete(session, delete(SealedFacts).where(SealedFacts.event_id.in_(_acts_of(ticket)))),
        "messages": _empty_messages(ticket),
        "files": _delete_files(session, ticket),
        "drafts": _empty_drafts(session, ticket),
    }
    for name in REQUESTER_FIELDS:
        setattr(ticket, name, "" if name in _EMPTIED else ERASED)
    for link in ticket.follow_links:
        link.withdrawn_at = link.withdrawn_at or now
    erasure = Erasure(
        ticket_id=ticket.id, erased_at=now, erased_by_id=by.id, reason=reason.strip(), counts=counts
    )
    session.add(erasure)
    session.flush()
    record(
        session,
        ERASURE,
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        reason=reason.strip(),
        asked_by_requester=asked_by_requester,
        counts=counts,
    )
    return erasure


def _class(
    session: Session,
    ticket: Ticket,
    chosen: RetentionClass,
    zone: ZoneInfo,
    *,
    by: Person | None,
    in_role: str = "",
    now: datetime,
) -> Retention:
    ended = (ticket.closed_at or now).astimezone(zone).date()
    retention = session.get(Retention, ticket.id)
    before = {"class": retention.class_code, "keep_until": _day(retention.keep_until)} if retention else None
    if retention is None:
        retention = Retention(ticket_id=ticket.id)
        session.add(retention)
    retention.class_code, retention.keep_until = chosen.code, keep_until(ended, chosen.years)
    retention.decided_at, retention.decided_by_id = now, by.id if by else None
    session.flush()
    record(
        session,
        "retention_classed",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=in_role,
        before=before,
        after={"class": chosen.code, "keep_until": _day(retention.keep_until)},
    )
    return retention


def _ensure_head(session: Session, office: Office, by: Person, now: datetime) -> str:
    """Return the office of a head that the person stands in, own or acted in without limit; or raise."""
    standing = viewer_of_person(session, by, office, now)
    heads = sorted(role for role in standing.roles if office.is_head(role))
    if not heads:
        raise Forbidden
    return heads[0]


def _lock_case(session: Session, ticket: Ticket) -> None:
    """Let one transaction at a time decide on the case, on what it is by now: what is held is not erased."""
    session.refresh(ticket, with_for_update={"key_share": True})


def _ensure_ended(ticket: Ticket) -> None:
    if ticket.status == TicketStatus.OPEN.value:
        raise CaseStillOpen(number=ticket.number)


def _ensure_said(reason: str) -> None:
    if not reason.strip():
        raise InputInvalid(field="reason", reason="Say why, in a few words.")


def _ensure_erasable(kept: queries.Kept, today: date, *, asked_by_requester: bool) -> None:
    number, until = kept.ticket.number, kept.retention.keep_until if kept.retention else None
    obstacle = kept.keeping.obstacle(today, asked_by_requester=asked_by_requester)
    if obstacle == "open":
        raise CaseStillOpen(number=number)
    if obstacle == "held":
        raise HeldByLaw(number=number)
    if obstacle == "erased":
        raise ErasedAlready(number=number)
    if obstacle == "kept":
        raise StillKept(number=number, until=_day(until) or "∞")


def _empty_messages(ticket: Ticket) -> int:
    words = [message for message in ticket.messages if message.kind == "requester"]
    for message in words:
        message.body = ERASED
    return len(words)


def _delete_files(session: Session, ticket: Ticket) -> int:
    """Delete what the requester sent; what the office took as evidence is the office's."""
    taken = {item.attachment_id for item in ticket.evidence if item.attachment_id is not None}
    own = [one for one in ticket.attachments if one.added_by_id is None and one.id not in taken]
    file_ids = {one.file_id for one in own}
    for one in own:
        ticket.attachments.remove(one)
        session.delete(one)
    session.flush()
    for file_id in file_ids:
        in_use = session.scalar(
            select(
                exists().where(Attachment.file_id == file_id)
                | exists().where(Document.file_id == file_id)
                | exists().where(HealthReport.file_id == file_id)
            )
        )
        if not in_use:
            session.execute(delete(StoredFile).where(StoredFile.id == file_id))
    return len(own)


def _empty_drafts(session: Session, ticket: Ticket) -> int:
    """Empty the working texts of the case: they quote the requester, and what was handed in is a paper."""
    typed = [step for step in ticket.run.steps if step.draft]
    for step in typed:
        step.draft = None
    passes = [step.id for step in ticket.run.steps]
    drafts = _delete(session, delete(ReportDraft).where(ReportDraft.step_run_id.in_(passes)))
    versions = session.scalars(select(ReportVersion).where(ReportVersion.ticket_id == ticket.id)).all()
    for version in versions:
        version.sections, version.note = dict.fromkeys(version.sections, ERASED), ""
    return len(typed) + drafts + len(versions)


def _acts_of(ticket: Ticket) -> Any:
    return select(Event.id).where(Event.ticket_id == ticket.id)


def _delete(session: Session, statement: Any) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
