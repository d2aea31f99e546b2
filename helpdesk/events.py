"""What happened: one row an act, and whoever listens writes beside it in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

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
    # "Plh." or "Plt." with the decree where the person acted for somebody else; None in one's own office.
    acting: Mapped[dict[str, Any] | None]
    # Where the act came from: an address, "cli", "scheduler".
    origin: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]]


class Actor(Protocol):
    """Somebody who acts: the name is kept with the event, as it was."""

    @property
    def id(self) -> int:
        """The row of the person."""

    @property
    def name(self) -> str:
        """The person's name today."""


Listener = Callable[[Session, Event], None]
# Says how a person held a role at a moment: the acting appointment as plain values, or None for their own.
ActingLookup = Callable[[Session, int, str, datetime], dict[str, Any] | None]
_listeners: dict[str, list[Listener]] = defaultdict(list)
_acting_lookups: list[ActingLookup] = []
ORIGIN = "origin"  # the key of session.info that says where acts come from


def listen(kind: str, listener: Listener) -> None:
    """Have the listener called, in the transaction of the act, for every event of the kind."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def look_up_acting(lookup: ActingLookup) -> None:
    """Have acting officers found by the lookup, at the moment of each act."""
    _acting_lookups[:] = [lookup]


def record(
    session: Session,
    kind: str,
    *,
    at: datetime,
    ticket_id: int | None = None,
    by: Actor | None = None,
    in_role: str = "",
    **data: Any,
) -> Event:
    """Write the event in the caller's transaction, and call who listens.

    `by` is whoever acted, None for the requester and for what happens by itself; `in_role` is their office.
    """
    event = Event(
        at=at,
        kind=kind,
        ticket_id=ticket_id,
        actor_id=by.id if by else None,
        actor_name=by.name if by else "",
        actor_role=in_role,
        acting=_acting(session, by, in_role, at),
        origin=str(session.info.get(ORIGIN, ""))[:64],
        data=data,
    )
    session.add(event)
    session.flush()
    for listener in _listeners[kind]:
        listener(session, event)
    return event


def _acting(session: Session, by: Actor | None, role: str, at: datetime) -> dict[str, Any] | None:
    if by is None or not role:
        return None
    found = (lookup(session, by.id, role, at) for lookup in _acting_lookups)
    return next((one for one in found if one is not None), None)
