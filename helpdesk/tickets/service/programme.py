"""The work programme, as the admin keeps it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import NotFound
from helpdesk.events import record
from helpdesk.tickets.errors import WorkProgrammeExists
from helpdesk.tickets.models import WorkProgrammeItem


def add_item(
    session: Session, *, year: int, code: str, title: str, now: datetime, by: Person | None = None
) -> WorkProgrammeItem:
    """Add an item to a year's work programme."""
    known = session.scalar(
        select(WorkProgrammeItem.id).where(WorkProgrammeItem.year == year, WorkProgrammeItem.code == code)
    )
    if known is not None:
        raise WorkProgrammeExists(year=year, item=code)
    item = WorkProgrammeItem(year=year, code=code, title=title, is_active=True, created_at=now)
    session.add(item)
    session.flush()
    _record(session, "work_programme_added", item, by=by, now=now)
    return item


def set_active(session: Session, item_id: int, *, is_active: bool, by: Person, now: datetime) -> None:
    """Take an item out of use, or back; tickets that are tied to it keep it."""
    item = session.get(WorkProgrammeItem, item_id)
    if item is None:
        raise NotFound
    item.is_active = is_active
    _record(session, "work_programme_changed", item, by=by, now=now)


def _record(
    session: Session, kind: str, item: WorkProgrammeItem, *, by: Person | None, now: datetime
) -> None:
    record(
        session,
        kind,
        at=now,
        by=by,
        item_id=item.id,
        year=item.year,
        code=item.code,
        is_active=item.is_active,
    )
