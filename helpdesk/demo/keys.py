"""Keys of the demo: an authority, and a key for every official, so that reports are really signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts.models import ADMIN, AUDITOR, Person
from helpdesk.signing import authority, queries, service

NO_OFFICE = frozenset({ADMIN, AUDITOR})


def give_keys(
    session: Session, settings: HelpdeskSettings, people: Iterable[Person], *, now: datetime
) -> None:
    """Make the authority where there is none, and a key for every official who has none."""
    root = authority.find_root(settings.data_directory)
    if root is None:
        head = settings.letterhead
        authority.create_authority(
            settings.data_directory, settings.key_ring(), agency=head.agency, unit=head.unit, now=now
        )
        service.record_authority(session, settings, now=now)
    elif now < root.not_valid_before_utc:
        return  # somebody made the authority today: it cannot have signed what happened before
    for person in people:
        holds_office = any(each.role not in NO_OFFICE for each in person.appointments)
        if holds_office and queries.find_active_key(session, person.id) is None:
            service.issue_key(session, person, settings, by=None, now=now)
