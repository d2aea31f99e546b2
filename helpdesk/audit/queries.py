"""Reading the record: acts as the chain sees them, its head, its check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from helpdesk.audit.models import AuditHead, AuditLink, Event, SealedFacts
from helpdesk.audit.rules import ERASURE, Act, Broken, Head, Link, Verdict, follow, seal_digest

_ACT = (
    Event.id,
    Event.at,
    Event.kind,
    Event.ticket_id,
    Event.actor_id,
    Event.actor_name,
    Event.actor_role,
    Event.acting,
    Event.origin,
    Event.data,
    Event.sealed_sha256,
)
_ROWS_AT_ONCE = 2000


def chain_head(session: Session) -> Head:
    """Return the end of the chain."""
    last = session.execute(
        select(AuditLink.sequence, AuditLink.sha256).order_by(AuditLink.sequence.desc()).limit(1)
    ).first()
    return Head(last.sequence, last.sha256) if last else Head()


def load_acts(session: Session, event_ids: Iterable[int]) -> Sequence[Act]:
    """Return the acts as the database keeps them, in the order of their ids."""
    rows = session.execute(select(*_ACT).where(Event.id.in_(list(event_ids))).order_by(Event.id))
    return [Act(*row) for row in rows]


def walk_links(session: Session, *, after: int = 0) -> Iterator[Link]:
    """Yield every link after the sequence number with its act, in order."""
    statement: Select[Any] = (
        select(AuditLink.sequence, AuditLink.sha256, *_ACT)
        .join(Event, Event.id == AuditLink.event_id, isouter=True)
        .where(AuditLink.sequence > after)
        .order_by(AuditLink.sequence)
    )
    for row in session.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE}):
        yield _link(row)


def links_of_ticket(session: Session, ticket_id: int) -> Sequence[Link]:
    """Return the links that hold the acts on a ticket, in order."""
    rows = session.execute(
        select(AuditLink.sequence, AuditLink.sha256, *_ACT)
        .join(Event, Event.id == AuditLink.event_id)
        .where(Event.ticket_id == ticket_id)
        .order_by(AuditLink.sequence)
    )
    return [_link(row) for row in rows]


def last_act_of(session: Session, ticket_id: int) -> int | None:
    """Return the number of the last act in the chain on a ticket, or None."""
    return session.scalar(
        select(AuditLink.event_id)
        .join(Event, Event.id == AuditLink.event_id)
        .where(Event.ticket_id == ticket_id)
        .order_by(AuditLink.sequence.desc())
        .limit(1)
    )


def digest_at(session: Session, sequence: int) -> str | None:
    """Return the digest of a link, or None where the chain is shorter."""
    return session.scalar(select(AuditLink.sha256).where(AuditLink.sequence == sequence))


def daily_heads(session: Session, year: int) -> Sequence[tuple[date, int, str]]:
    """Return the heads written down in the year: day, number of links, digest of the last."""
    rows = session.execute(
        select(AuditHead.day, AuditHead.sequence, AuditHead.sha256)
        .where(AuditHead.day >= date(year, 1, 1), AuditHead.day <= date(year, 12, 31))
        .order_by(AuditHead.day)
    )
    return [(row.day, row.sequence, row.sha256) for row in rows]


def verify_chain(session: Session) -> Verdict:
    """Check every link, head, act and sealed fact; name the first that broke."""
    verdict = follow(walk_links(session))
    if verdict.broken is not None:
        return verdict
    broken = (
        _broken_head(session)
        or _act_without_link(session)
        or _broken_seal(session)
        or _seal_gone_unrecorded(session)
    )
    return Verdict(verdict.head, broken)


def _link(row: Row[Any]) -> Link:
    values = tuple(row)
    act = Act(*values[2:]) if values[2] is not None else None
    return Link(values[0], values[1], act)


def _broken_head(session: Session) -> Broken | None:
    """A head that was written down and is not in the chain: links were taken away, or all made anew."""
    for head in session.scalars(select(AuditHead).order_by(AuditHead.sequence)):
        if digest_at(session, head.sequence) != head.sha256:
            return Broken(head.sequence, None, "head")
    return None


def _act_without_link(session: Session) -> Broken | None:
    lost = session.scalar(
        select(func.min(Event.id))
        .select_from(Event)
        .join(AuditLink, AuditLink.event_id == Event.id, isouter=True)
        .where(AuditLink.sequence.is_(None))
    )
    return None if lost is None else Broken(chain_head(session).sequence + 1, lost, "unchained")


def _broken_seal(session: Session) -> Broken | None:
    rows = session.execute(
        select(AuditLink.sequence, Event.id, Event.sealed_sha256, SealedFacts.salt, SealedFacts.facts)
        .join(Event, Event.id == SealedFacts.event_id)
        .join(AuditLink, AuditLink.event_id == Event.id)
        .order_by(AuditLink.sequence)
    )
    for row in rows:
        if seal_digest(row.salt, row.facts) != row.sealed_sha256:
            return Broken(row.sequence, row.id, "sealed")
    return None


def _seal_gone_unrecorded(session: Session) -> Broken | None:
    """Personal facts that are gone without an act that erased them: somebody deleted the row."""
    erasure = aliased(Event)
    was_erased = exists().where(
        erasure.kind == ERASURE, erasure.ticket_id == Event.ticket_id, erasure.id > Event.id
    )
    row = session.execute(
        select(AuditLink.sequence, Event.id)
        .join(Event, Event.id == AuditLink.event_id)
        .join(SealedFacts, SealedFacts.event_id == Event.id, isouter=True)
        .where(Event.sealed_sha256.is_not(None), SealedFacts.event_id.is_(None), ~was_erased)
        .order_by(AuditLink.sequence)
        .limit(1)
    ).first()
    return Broken(row.sequence, row.id, "seal_gone") if row else None


def sealed_of_office(session: Session, event_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return act → its sealed facts, of acts on no ticket: what a requester said stays with their case."""
    rows = session.execute(
        select(SealedFacts.event_id, SealedFacts.facts)
        .join(Event, Event.id == SealedFacts.event_id)
        .where(SealedFacts.event_id.in_(event_ids), Event.ticket_id.is_(None))
    )
    return {row.event_id: row.facts for row in rows}


def select_acts(
    *, kind: str = "", actor: str = "", since: datetime | None = None, until: datetime | None = None
) -> Select[Any]:
    """Return the statement of the acts that fit, the newest first; `until` is not included."""
    statement = select(Event).order_by(Event.id.desc())
    if kind:
        statement = statement.where(Event.kind == kind)
    if actor:
        statement = statement.where(func.lower(Event.actor_name).contains(actor.lower(), autoescape=True))
    if since is not None:
        statement = statement.where(Event.at >= since)
    return statement if until is None else statement.where(Event.at < until)


def list_kinds(session: Session) -> Sequence[str]:
    """Return the kinds of acts there are, by name."""
    return session.scalars(select(Event.kind).distinct().order_by(Event.kind)).all()


def numbers_of(session: Session, event_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return act → its place in the chain and the digest of its link."""
    rows = session.execute(
        select(AuditLink.event_id, AuditLink.sequence, AuditLink.sha256).where(
            AuditLink.event_id.in_(event_ids)
        )
    )
    return {row.event_id: (row.sequence, row.sha256) for row in rows}
