"""What happens is recorded: one row an act, chained to all before it; whoever listens writes beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from helpdesk.audit.models import Event
from helpdesk.audit.service import add_act

__all__ = ["Event", "listen", "look_up_acting", "record"]


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
# Keys of session.info: where acts come from; whether that is an address of somebody outside of the office.
ORIGIN, ORIGIN_IS_PERSONAL = "origin", "origin is personal"
REQUESTER = "requester"


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
    sealed: Mapping[str, Any] | None = None,
    **data: Any,
) -> Event:
    """Write the event in the caller's transaction, and call who listens.

    `by` is whoever acted, None for the requester and for what happens by itself; `in_role` is their office.
    `sealed` are personal facts, which can be erased while the chain of events stays whole; `data` has none.
    The address of a requester is one of them.
    """
    origin = str(session.info.get(ORIGIN, ""))[:64]
    if by is None and origin and session.info.get(ORIGIN_IS_PERSONAL):
        origin, sealed = REQUESTER, {**(sealed or {}), "origin": origin}
    event = Event(
        at=at,
        kind=kind,
        ticket_id=ticket_id,
        actor_id=by.id if by else None,
        actor_name=by.name if by else "",
        actor_role=in_role,
        acting=_acting(session, by, in_role, at),
        origin=origin,
        data=data,
    )
    add_act(session, event, sealed)
    for listener in _listeners[kind]:
        listener(session, event)
    return event


def _acting(session: Session, by: Actor | None, role: str, at: datetime) -> dict[str, Any] | None:
    if by is None or not role:
        return None
    found = (lookup(session, by.id, role, at) for lookup in _acting_lookups)
    return next((one for one in found if one is not None), None)
