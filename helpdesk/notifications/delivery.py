"""Sends what the outbox holds: lease a message, send it with no transaction open, mark it.

A sender that is killed loses nothing: its lease runs out and the message goes out later. It is sent twice
only where the kill falls between the mail server's "taken" and our mark, and then under the same Message-ID.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import SecretStr
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.notifications.models import OutboxMessage
from helpdesk.notifications.rules import (
    ERROR_LETTERS,
    LEASE,
    MOST_ATTEMPTS,
    domain_of,
    thread_id,
    wait_after,
)
from helpdesk.notifications.senders import (
    AttachedFile,
    ConsoleSender,
    OutgoingMail,
    Sender,
    SendFailed,
    SmtpSender,
)

logger = logging.getLogger(__name__)
# One round ends after so many messages; the scheduler's next round goes on.
BATCH = 100
SessionFactory = Callable[[], Session]


class SenderSettings(Protocol):
    """What sending takes from the settings."""

    @property
    def mail_sender(self) -> str: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def smtp_host(self) -> str: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def smtp_username(self) -> str: ...
    @property
    def smtp_password(self) -> SecretStr: ...
    @property
    def smtp_starttls(self) -> bool: ...


def make_sender(settings: SenderSettings) -> Sender:
    """Return the sender that the settings choose."""
    if settings.mail_sender == "console":
        return ConsoleSender(settings.mail_from)
    return SmtpSender(
        host=settings.smtp_host,
        port=settings.smtp_port,
        mail_from=settings.mail_from,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        starttls=settings.smtp_starttls,
    )


def send_due(
    session_factory: SessionFactory, settings: SenderSettings, now: datetime, *, sender: Sender | None = None
) -> int:
    """Send what is due and return how many messages went out."""
    sender = make_sender(settings) if sender is None else sender
    domain = domain_of(settings.mail_from)
    started = time.monotonic()
    sent = 0
    for _turn in range(BATCH):
        # A round may be long: a lease counts from the moment it is taken, not from the start of the round.
        moment = now + timedelta(seconds=time.monotonic() - started)
        leased = _lease_next(session_factory, moment, domain)
        if leased is None:
            break
        row_id, attempts, mail = leased
        try:
            sender.send(mail)
        except SendFailed as failure:
            _mark_failed(session_factory, row_id, attempts, failure, moment)
            # Where nobody answers, the other messages need not try: they stay due for the next round.
            if failure.unavailable:
                break
        else:
            _mark_sent(session_factory, row_id, now + timedelta(seconds=time.monotonic() - started))
            sent += 1
    return sent


def _lease_next(
    session_factory: SessionFactory, now: datetime, domain: str
) -> tuple[int, int, OutgoingMail] | None:
    with session_factory() as session, session.begin():
        row = session.scalar(
            select(OutboxMessage)
            .where(
                OutboxMessage.sent_at.is_(None),
                OutboxMessage.next_try_at <= now,
                or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until < now),
                # A message that ends its sender every time is left alone in the end.
                OutboxMessage.attempts < MOST_ATTEMPTS,
            )
            .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        row.lease_until = now + LEASE
        row.attempts += 1
        mail = OutgoingMail(
            message_id=row.message_id,
            thread_id=thread_id(row.ticket_id or 0, domain),
            recipient=row.recipient,
            subject=row.subject,
            body=row.body,
            written_at=row.created_at,
            file=_file_of(row),
        )
        return row.id, row.attempts, mail


def _file_of(row: OutboxMessage) -> AttachedFile | None:
    if row.file is None:
        return None
    return AttachedFile(row.file_name or "berkas", row.file.content_type, row.file.content)


def _mark_sent(session_factory: SessionFactory, row_id: int, now: datetime) -> None:
    with session_factory() as session, session.begin():
        row = session.get_one(OutboxMessage, row_id)
        row.sent_at, row.next_try_at, row.lease_until, row.last_error = now, None, None, None


def _mark_failed(
    session_factory: SessionFactory, row_id: int, attempts: int, failure: SendFailed, now: datetime
) -> None:
    wait = wait_after(attempts, refused=failure.refused)
    # What the server says of a message may repeat the address: it stays in the row and out of the log.
    reason = str(failure) if failure.unavailable else "the message was not taken"
    outcome = "given up" if wait is None else f"next try in {wait}"
    logger.warning("outbox message %d, try %d: %s; %s", row_id, attempts, reason, outcome)
    with session_factory() as session, session.begin():
        row = session.get_one(OutboxMessage, row_id)
        if row.attempts != attempts or row.sent_at is not None:
            return  # The lease ran out, and another sender has taken the message on.
        row.lease_until = None
        row.next_try_at = None if wait is None else now + wait
        row.last_error = str(failure)[:ERROR_LETTERS]
