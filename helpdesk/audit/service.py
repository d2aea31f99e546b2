"""Chains the acts of a transaction when it commits, and writes down the head of the chain.

The lock comes last in a transaction, right before its commit, so that no two wait for each other.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import event, func, insert, inspect, select
from sqlalchemy.orm import Session, SessionTransaction

from helpdesk.audit import queries
from helpdesk.audit.models import AuditHead, AuditLink, Event, SealedFacts
from helpdesk.audit.rules import link_digest, seal_digest

# The key of the advisory lock on PostgreSQL: any number that nothing else in the database uses.
CHAIN_LOCK = 6_051_995_117
_PENDING = "acts to chain"


def add_act(session: Session, act: Event, sealed: Mapping[str, Any] | None = None) -> None:
    """Write the act in the caller's transaction; it joins the chain when the transaction commits.

    `sealed` are personal facts: the act holds their digest only, so that they can be erased.
    """
    salt = ""
    if sealed is not None:
        salt = secrets.token_hex(32)
        act.sealed_sha256 = seal_digest(salt, sealed)
    session.add(act)
    session.flush()
    if sealed is not None:
        session.add(SealedFacts(event_id=act.id, salt=salt, facts=dict(sealed)))
    session.info.setdefault(_PENDING, []).append(act)


def write_head(session: Session, day: date, *, now: datetime) -> AuditHead | None:
    """Write down the end of the chain for the day, once; None where nothing happened yet."""
    head = queries.chain_head(session)
    if not head.sequence or session.get(AuditHead, day) is not None:
        return None
    written = AuditHead(day=day, sequence=head.sequence, sha256=head.sha256, written_at=now)
    session.add(written)
    session.flush()
    return written


@event.listens_for(Session, "before_commit")
def _chain_acts(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    session.flush()
    # What a savepoint took back is no row any more.
    acts = [act for act in session.info.pop(_PENDING) if inspect(act).persistent]
    if not acts:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    head = queries.chain_head(session)
    sequence, digest, links = head.sequence, head.sha256, []
    for act in queries.load_acts(session, sorted(act.id for act in acts)):
        sequence, digest = sequence + 1, link_digest(digest, act)
        links.append({"sequence": sequence, "event_id": act.id, "sha256": digest})
    session.execute(insert(AuditLink), links)


@event.listens_for(Session, "after_soft_rollback")
def _forget_acts(session: Session, ended: SessionTransaction) -> None:
    # The acts before a savepoint go on.
    if not ended.nested:
        session.info.pop(_PENDING, None)
