"""Who is told when somebody else changes what guards an account or a signature."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk import events
from helpdesk.accounts.models import Person
from helpdesk.events import Event
from helpdesk.notifications import letters
from helpdesk.notifications.rules import LetterKind
from helpdesk.notifications.service import mail_settings, put_in_outbox

TOLD = ("password_changed", "second_factor_off", "signing_key_added", "signing_key_revoked")


def listen_to_account_events() -> None:
    """Have the owner of an account told of what others did to it."""
    for kind in TOLD:
        events.listen(kind, _tell_owner)


def _tell_owner(session: Session, event: Event) -> None:
    person = session.get(Person, event.data["person_id"])
    # Whoever did it knows of it.
    if person is None or not person.email or not person.is_active or person.id == event.actor_id:
        return
    facts = {
        "what": event.kind,
        "person": person,
        "by": event.actor_name,
        "at": letters.moment_text(event.at, mail_settings().zone, person.language),
    }
    put_in_outbox(session, event, LetterKind.ACCOUNT_CHANGED, person.email, person.language, facts)
