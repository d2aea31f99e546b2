"""How a message leaves the house: on the console, or by SMTP."""

from __future__ import annotations

import smtplib
import ssl
import sys
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Protocol, TextIO

from helpdesk.notifications.rules import one_line

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class AttachedFile:
    """A file that goes with a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class OutgoingMail:
    """A message on its way, apart from the database."""

    message_id: str
    thread_id: str
    recipient: str
    subject: str
    body: str
    written_at: datetime
    file: AttachedFile | None = None


class SendFailed(Exception):
    """A message did not go out. `refused`: asking again will hardly help. `unavailable`: nobody answers."""

    def __init__(self, reason: str, *, refused: bool = False, unavailable: bool = False) -> None:
        self.refused = refused
        self.unavailable = unavailable
        super().__init__(one_line(reason))


class Sender(Protocol):
    """The port: hands one message over, or raises SendFailed."""

    def send(self, mail: OutgoingMail) -> None:
        """Return when the message has been taken over by the other side."""


def build_message(mail: OutgoingMail, mail_from: str) -> EmailMessage:
    """Return the message with its headers; a header can hold no second one."""
    if not mail.recipient.isascii():
        raise SendFailed("the address is not written in plain letters", refused=True)
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(mail_from)
    try:
        message["From"] = Address(display_name=name, addr_spec=address)
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.written_at)
        message["Message-ID"] = mail.message_id
        message["References"] = mail.thread_id
        # Out-of-office programs and mailing lists answer no such message (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(mail.body)
        if mail.file is not None:
            main, _, sub = mail.file.content_type.partition("/")
            message.add_attachment(mail.file.content, maintype=main, subtype=sub, filename=mail.file.name)
    except (ValueError, IndexError, MessageError) as error:
        raise SendFailed(f"the message cannot be written: {error}", refused=True) from None
    return message


@dataclass(frozen=True)
class ConsoleSender:
    """Shows messages to whoever started the program: for the demo and for development."""

    mail_from: str
    stream: TextIO | None = None

    def send(self, mail: OutgoingMail) -> None:
        """Write the message as people read it."""
        message = build_message(mail, self.mail_from)
        rule = "─" * 72
        head = "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Subject"))
        stream = sys.stdout if self.stream is None else self.stream
        attached = f"[{mail.file.name}, {len(mail.file.content)} B]\n" if mail.file else ""
        stream.write(f"{rule}\n{head}\n\n{mail.body}{attached}{rule}\n")
        stream.flush()


@dataclass(frozen=True, kw_only=True)
class SmtpSender:
    """Hands messages to the office's mail server; STARTTLS checks the server's certificate."""

    host: str
    port: int
    mail_from: str
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True
    tls: ssl.SSLContext | None = None

    def send(self, mail: OutgoingMail) -> None:
        """Send one message over a connection of its own."""
        message = build_message(mail, self.mail_from)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as server:
                self._enter(server)
                server.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            raise SendFailed(f"the mail server closed the connection: {error}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise _named(error) from None

    def _enter(self, server: smtplib.SMTP) -> None:
        if self.starttls:
            server.starttls(context=self.tls or ssl.create_default_context())
        if self.username:
            server.login(self.username, self.password)


def _named(error: OSError | smtplib.SMTPException) -> SendFailed:
    """Tell a refused message from a server that does not work."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return SendFailed(f"recipient refused: {code} {_text(words)}", refused=code >= 500)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return SendFailed(f"sign-in refused: {error.smtp_code}", unavailable=True)
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        code = error.smtp_code
        return SendFailed(f"refused: {code} {_text(error.smtp_error)}", refused=code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return SendFailed(f"the mail server cannot do what the settings ask: {error}", unavailable=True)
    return SendFailed(f"the mail server cannot be reached: {error}", unavailable=True)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
