"""Rules of the outbox on plain values: when to try again, when to give up, what a message is called."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from email.utils import parseaddr
from enum import StrEnum


class LetterKind(StrEnum):
    """What a message tells; the value is the name of its template."""

    RECEIVED = "received"
    REPLY = "reply"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NEW_LINK = "new_link"
    STEP_WAITING = "step_waiting"
    REQUESTER_WROTE = "requester_wrote"
    REMINDER = "reminder"
    OFFICE_WAITS = "office_waits"
    DEADLINE_MOVED = "deadline_moved"
    ACCOUNT_CHANGED = "account_changed"
    HEALTH_REPORT = "health_report"


LANGUAGES = ("id", "en")
# The lease is longer than the slowest try of a sender, so that nobody sends what is being sent.
LEASE = timedelta(minutes=5)
# Waits between the tries: most failures are a server that restarts, some are a weekend without power.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
# A server that says "never" may mean a badly kept grey list: it is asked once more.
TRIES_AFTER_REFUSAL = 2
MOST_ATTEMPTS = 2 * len(WAITS)
ERROR_LETTERS = 500


def wait_after(attempts: int, *, refused: bool) -> timedelta | None:
    """Return how long to wait after so many failed tries, or None to give up."""
    if refused and attempts >= TRIES_AFTER_REFUSAL:
        return None
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def domain_of(mail_from: str) -> str:
    """Return the domain of the sender's address, for message ids."""
    domain = parseaddr(mail_from)[1].rpartition("@")[2]
    return domain if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "localhost"


def message_id(kind: LetterKind, event_id: int, recipient: str, domain: str) -> str:
    """Return the id of a message: the same act told to the same address is the same message."""
    digest = hashlib.sha256(f"{kind}|{event_id}|{recipient}".encode()).hexdigest()[:20]
    return f"<{kind.value}.{event_id}.{digest}@{domain}>"


def thread_id(ticket_id: int, domain: str) -> str:
    """Return the id that mail programs group the messages of a ticket by."""
    return f"<ticket.{ticket_id}@{domain}>"


def one_line(text: str) -> str:
    """Return the text as one line without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def ticket_url(base_url: str, ticket_id: int) -> str:
    """Return the address of the ticket's page for officials."""
    return f"{base_url.rstrip('/')}/tickets/{ticket_id}"


def health_report_url(base_url: str, report_id: int) -> str:
    """Return the address of a health report for people of the office."""
    return f"{base_url.rstrip('/')}/health-reports/{report_id}"


def follow_url(base_url: str, token: str) -> str:
    """Return the address on which a requester follows a ticket."""
    return f"{base_url.rstrip('/')}/ikuti/{token}"
