"""What moves the clocks of tickets by itself: the requester's answer, and a change of the calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from helpdesk.calendars.queries import CHANGES, RECKONED
from helpdesk.events import Event, listen, record
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.service.clocks import reckon_deadlines_anew, resume_answered_steps


@dataclass
class _Desk:
    """What is in force: listeners are plain functions, so a second application adds none twice."""

    make_office: Callable[[Session], Office] | None = None

    def office(self, session: Session) -> Office:
        """Return the office with the calendar as this transaction has it."""
        assert self.make_office is not None, "listen_to_events was not called"
        return self.make_office(session)


_desk = _Desk()


def listen_to_events(make_office: Callable[[Session], Office]) -> None:
    """Have clocks resumed by answers, and deadlines reckoned anew with every change of the calendar."""
    _desk.make_office = make_office
    listen("requester_message", _resume)
    for kind in CHANGES:
        listen(kind, _reckon_anew)


def _resume(session: Session, event: Event) -> None:
    ticket = session.get_one(Ticket, event.ticket_id)
    resume_answered_steps(session, ticket, _desk.office(session), now=event.at)


def _reckon_anew(session: Session, event: Event) -> None:
    moved = reckon_deadlines_anew(session, _desk.office(session), cause_event_id=event.id, now=event.at)
    # How far the change reached, for the journal of the calendar.
    record(session, RECKONED, at=event.at, cause_event_id=event.id, moved=moved)
