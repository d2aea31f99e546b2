"""Who is told what. The message is written in the transaction of the act; `delivery` sends it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy.orm import Session

from helpdesk import events
from helpdesk.accounts.standing import Official
from helpdesk.events import Event
from helpdesk.evidence.models import StoredFile
from helpdesk.notifications import letters
from helpdesk.notifications.delivery import make_sender, send_due
from helpdesk.notifications.models import OutboxMessage
from helpdesk.notifications.rules import LetterKind, domain_of, follow_url, message_id, ticket_url
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.clocks.rules import WaitingFor
from helpdesk.sop.models import StepRun
from helpdesk.tickets import queries as tickets_queries
from helpdesk.tickets import service as tickets_service
from helpdesk.tickets.holders import addressees
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Sensitivity

__all__ = ["listen_to_events", "make_sender", "send_due"]


class _Letterhead(Protocol):
    @property
    def unit(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def contact(self) -> str: ...


class MailSettings(Protocol):
    """What the writing of messages takes from the settings."""

    @property
    def base_url(self) -> str: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def secret_key(self) -> SecretStr: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def letterhead(self) -> _Letterhead: ...


@dataclass
class _Desk:
    """The settings in force: listeners are plain functions, so that a second application adds none twice."""

    settings: MailSettings | None = None

    def require(self) -> MailSettings:
        """Return the settings that `listen_to_events` was given."""
        assert self.settings is not None, "listen_to_events was not called"
        return self.settings


_desk = _Desk()


def listen_to_events(settings: MailSettings) -> None:
    """Have a message written for every act that somebody is told of."""
    _desk.settings = settings
    for kind, listener in _LISTENERS.items():
        events.listen(kind, listener)


def mail_settings() -> MailSettings:
    """Return the settings that messages are written by."""
    return _desk.require()


def _tell_received(session: Session, event: Event) -> None:
    """The requester gets the number and the link; the office of the first step learns that work waits."""
    _tell_requester(session, event, LetterKind.RECEIVED)
    _tell_waiting(session, event)


def _tell_reply(session: Session, event: Event) -> None:
    message = tickets_queries.get_message(session, event.data["message_id"])
    _tell_requester(session, event, LetterKind.REPLY, text=message.body)


def _tell_closed(session: Session, event: Event) -> None:
    _tell_requester(session, event, LetterKind.CLOSED)


def _tell_cancelled(session: Session, event: Event) -> None:
    _tell_requester(session, event, LetterKind.CANCELLED, reason=event.data["reason"])


def _tell_new_link(session: Session, event: Event) -> None:
    _tell_requester(session, event, LetterKind.NEW_LINK)


def _tell_office_waits(session: Session, event: Event) -> None:
    """The requester learns that the office waits for them, and nothing of its words among itself."""
    if event.data["waiting_for"] == WaitingFor.REQUESTER.value:
        _tell_requester(session, event, LetterKind.OFFICE_WAITS)


def _tell_deadline_moved(session: Session, event: Event) -> None:
    before = datetime.fromisoformat(event.data["before"])
    _tell_holders(session, event, LetterKind.DEADLINE_MOVED, before=before)


def _tell_waiting(session: Session, event: Event) -> None:
    """Tell whoever holds the open step; the colleague it was given to, where it was."""
    _tell_holders(session, event, LetterKind.STEP_WAITING)


def _tell_requester_wrote(session: Session, event: Event) -> None:
    _tell_holders(session, event, LetterKind.REQUESTER_WROTE)


_LISTENERS: dict[str, events.Listener] = {
    "ticket_opened": _tell_received,
    "public_reply": _tell_reply,
    "ticket_closed": _tell_closed,
    "ticket_cancelled": _tell_cancelled,
    "link_renewed": _tell_new_link,
    "step_opened": _tell_waiting,
    "requester_message": _tell_requester_wrote,
    "clock_paused": _tell_office_waits,
    "deadline_moved": _tell_deadline_moved,
}


def _tell_requester(session: Session, event: Event, kind: LetterKind, **facts: Any) -> None:
    ticket = _ticket_of(session, event)
    # Who called or came in person may have left no address.
    if not ticket.requester_email:
        return
    settings = _desk.require()
    token = tickets_service.follow_token(ticket, settings.secret_key.get_secret_value())
    language = ticket.requester_language
    facts |= {
        "ticket": ticket,
        "follow_url": follow_url(settings.base_url, token) if token else "",
        "received": letters.moment_text(ticket.received_at, settings.zone, language),
        "promised": letters.moment_text(ticket.promised_at, settings.zone, language),
        "office": settings.letterhead,
    }
    put_in_outbox(session, event, kind, ticket.requester_email, language, facts)


def _tell_holders(session: Session, event: Event, kind: LetterKind, **moments: datetime) -> None:
    ticket = _ticket_of(session, event)
    settings = _desk.require()
    told: set[str] = set()
    for step_run, official in _holders(session, ticket, event, settings.zone):
        person = official.person
        if not person.email or not person.is_active or person.id == event.actor_id:
            continue
        # Who holds several of the open steps hears of the act once.
        if person.email in told:
            continue
        told.add(person.email)
        facts = {
            "ticket": ticket,
            "step_run": step_run,
            # A mailbox is no place for what is secret: then only the number stands in the message.
            "is_secret": ticket.sensitivity == Sensitivity.SECRET.value,
            "due": letters.moment_text(step_run.due_at, settings.zone, person.language),
            **{
                name: letters.moment_text(moment, settings.zone, person.language)
                for name, moment in moments.items()
            },
            "person": person,
            "acting": official.office.acting,
            "ticket_url": ticket_url(settings.base_url, ticket.id),
        }
        put_in_outbox(session, event, kind, person.email, person.language, facts)


def _holders(
    session: Session, ticket: Ticket, event: Event, zone: ZoneInfo
) -> Iterator[tuple[StepRun, Official]]:
    """Yield who holds the step that the act is about, or all that are open where it is about the ticket."""
    named = session.get(StepRun, event.data["step_run_id"]) if event.data.get("step_run_id") else None
    for step_run in [named] if named else sop_queries.list_current(ticket.run):
        for official in addressees(session, ticket, step_run, zone, event.at):
            yield step_run, official


def put_in_outbox(
    session: Session,
    event: Event,
    kind: LetterKind,
    recipient: str,
    language: str,
    facts: dict[str, Any],
    *,
    file: StoredFile | None = None,
    file_name: str | None = None,
) -> None:
    """Write the message that tells somebody of the act, and what goes with it; sent after the commit."""
    settings = _desk.require()
    letter = letters.write_letter(kind, language, **facts)
    session.add(
        OutboxMessage(
            ticket_id=event.ticket_id,
            event_id=event.id,
            kind=kind.value,
            recipient=recipient,
            subject=letter.subject,
            body=letter.body,
            file=file,
            file_name=file_name,
            message_id=message_id(kind, event.id, recipient, domain_of(settings.mail_from)),
            created_at=event.at,
            next_try_at=event.at,
        )
    )


def _ticket_of(session: Session, event: Event) -> Ticket:
    ticket = session.get(Ticket, event.ticket_id)
    assert ticket is not None, "an act on a ticket names it"
    return ticket
