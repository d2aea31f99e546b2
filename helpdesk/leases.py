"""Rows that are work: whoever takes one holds it until its lease runs out, so none is done twice or lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from helpdesk.database import count_changed

DUE, LEASED = "due", "leased"
# A table of such rows: it has the columns id, state, lease_until, lease_owner and attempts.
Work = type[Any]


def is_free(work: Work, now: datetime) -> ColumnElement[bool]:
    """Return the condition of a row that waits to be taken, or whose lease has run out."""
    return or_(work.state == DUE, (work.state == LEASED) & (work.lease_until < now))


def take(session: Session, work: Work, row_id: int, *, owner: str, now: datetime, until: datetime) -> bool:
    """Take the row for this owner; False where it is done or somebody else's."""
    taken = (
        update(work)
        .where(work.id == row_id, is_free(work, now))
        .values(state=LEASED, lease_owner=owner, lease_until=until, attempts=work.attempts + 1)
    )
    return count_changed(session, taken) == 1


def release(session: Session, work: Work, *, owner_prefix: str, state: Any = DUE) -> int:
    """Give back the rows of owners that are known to be dead, and return how many."""
    theirs = (work.state == LEASED) & work.lease_owner.startswith(owner_prefix, autoescape=True)
    freed = update(work).where(theirs).values(state=state, lease_owner=None, lease_until=None)
    return count_changed(session, freed)
