"""What happened: one row an act, and whoever listens writes beside it in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Base


class Event(Base):
    """An act: who, in which office, on what, when. Rows are only added."""

    __tablename__ = "events"
    __table_args__ = (Index("ix__events__ticket_id_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(64), index=True)
    ticket_id: Mapped[int | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    actor_role: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]]


Listener = Callable[[Session, Event], None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def listen(kind: str, listener: Listener) -> None:
    """Have the listener called, in the transaction of the act, for every event of the kind."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def record(
    session: Session,
    kind: str,
    *,
    at: datetime,
    ticket_id: int | None = None,
    actor_id: int | None = None,
    actor_name: str = "",
    actor_role: str = "",
    **data: Any,
) -> Event:
    """Write the event in the caller's transaction, and call who listens."""
    event = Event(
        at=at,
        kind=kind,
        ticket_id=ticket_id,
        actor_id=actor_id,
        actor_name=actor_name,
        actor_role=actor_role,
        data=data,
    )
    session.add(event)
    session.flush()
    for listener in _listeners[kind]:
        listener(session, event)
    return event
