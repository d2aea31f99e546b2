"""A mail server on loopback that does what the test asks, and a ticket office that tells people."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk.notifications import service


@dataclass
class MailServer:
    """Takes mail by SMTP.

    `refuse` maps a recipient to the answer it gets, `drop` closes the connection; with `tls` the server
    offers STARTTLS and takes mail and passwords only behind it.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    drop: set[str] = field(default_factory=set)
    tls: ssl.SSLContext | None = None
    logins: list[str] = field(default_factory=list)


class _Conversation(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        """Speak as much SMTP as a client needs."""
        desk = self.server.desk
        self._say("220 tests ESMTP")
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            verb = line.partition(" ")[0].upper()
            if verb == "EHLO":
                self._greet()
            elif verb == "STARTTLS":
                self._encrypt()
            elif verb == "AUTH":
                desk.logins.append(line)
                self._say("235 welcome" if self._is_encrypted else "538 encryption required")
            elif verb == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                if address in desk.drop:
                    return
                self._say(desk.refuse.get(address, "250 ok"))
            elif verb == "DATA":
                self._say("354 go on")
                desk.messages.append(message_from_bytes(self._data(), policy=default))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    @property
    def _is_encrypted(self) -> bool:
        return isinstance(self.request, ssl.SSLSocket)

    def _greet(self) -> None:
        if self.server.desk.tls is None:
            self._say("250 tests")
        elif self._is_encrypted:
            self._say("250-tests\r\n250 AUTH PLAIN")
        else:
            self._say("250-tests\r\n250 STARTTLS")

    def _encrypt(self) -> None:
        assert self.server.desk.tls is not None
        self._say("220 go on")
        self.request = self.server.desk.tls.wrap_socket(self.request, server_side=True)
        self.setup()

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    desk: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a client break off: some tests are about that."""


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Give a mail server that listens on loopback."""
    with _Listener(("127.0.0.1", 0), _Conversation) as listener:
        desk = MailServer(port=listener.server_address[1])
        listener.desk = desk
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield desk
        listener.shutdown()
        thread.join()


@pytest.fixture
def smtp_settings(settings: HelpdeskSettings, mail_server: MailServer) -> HelpdeskSettings:
    """Return settings that send to the mail server of the test."""
    return settings.model_copy(
        update={
            "mail_sender": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": mail_server.port,
            "smtp_starttls": False,
            "mail_from": "Disposisi Contoh <desk@contoh.go.id>",
        }
    )


@pytest.fixture
def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return what gives the sender its sessions."""
    return sessionmaker(engine)


@pytest.fixture
def telling(settings: HelpdeskSettings) -> None:
    """Have acts on tickets written into the outbox."""
    service.listen_to_events(settings)
