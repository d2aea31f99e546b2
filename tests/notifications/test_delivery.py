"""Sending: nothing is lost, nothing blocks the rest; on both databases and over real SMTP."""

from __future__ import annotations

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from sqlalchemy import select

from helpdesk.evidence.service import store_file
from helpdesk.notifications.models import OutboxMessage
from helpdesk.notifications.rules import LEASE, MOST_ATTEMPTS, WAITS
from helpdesk.notifications.senders import ConsoleSender, SendFailed
from helpdesk.notifications.service import send_due


@pytest.fixture
def write(session, now):
    """Return what puts a message into the outbox."""

    def write(recipient="siti@contoh.go.id", **fields):
        count = len(session.scalars(select(OutboxMessage.id)).all())
        values = {
            "ticket_id": 1,
            "kind": "received",
            "recipient": recipient,
            "subject": "Permohonan diterima",
            "body": "Isi pesan.\n",
            "message_id": f"<{count}@contoh.go.id>",
            "created_at": now,
            "next_try_at": now,
        }
        session.add(OutboxMessage(**values | fields))
        session.commit()

    return write


def rows(session):
    session.expire_all()
    found = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    # Read and let go: on SQLite a test that looks must not hold the writer's lock.
    session.expunge_all()
    session.commit()
    return found


class Recorder:
    """A sender that remembers, and fails where it is told to."""

    def __init__(self, fails=None):
        self.sent = []
        self.fails = fails or {}
        self.lock = Lock()

    def send(self, mail):
        if mail.recipient in self.fails:
            raise self.fails[mail.recipient]
        with self.lock:
            self.sent.append(mail.recipient)


def test_a_due_message_goes_out_once(session, session_factory, smtp_settings, mail_server, write, now):
    write()
    assert send_due(session_factory, smtp_settings, now) == 1
    assert send_due(session_factory, smtp_settings, now) == 0
    (message,) = mail_server.messages
    assert message["To"] == "siti@contoh.go.id"
    assert message["Message-ID"] == "<0@contoh.go.id>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == ["Isi pesan."]
    (row,) = rows(session)
    assert row.sent_at is not None
    assert row.lease_until is None


def test_a_message_that_is_not_due_yet_waits(session_factory, settings, write, now):
    write(next_try_at=now + timedelta(minutes=1))
    recorder = Recorder()
    assert send_due(session_factory, settings, now, sender=recorder) == 0
    assert send_due(session_factory, settings, now + timedelta(minutes=1), sender=recorder) == 1


def test_a_file_goes_with_its_message_byte_for_byte(
    session, session_factory, smtp_settings, mail_server, write, now
):
    content = bytes(range(256)) * 300
    file = store_file(session, content, "application/pdf", now=now)
    write(file_id=file.id, file_name="Laporan Kesehatan – Jakarta.pdf")
    assert send_due(session_factory, smtp_settings, now) == 1
    (message,) = mail_server.messages
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Laporan Kesehatan – Jakarta.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == content
    assert message.get_body().get_content().strip() == "Isi pesan."


def test_a_refused_message_blocks_no_other(session, session_factory, smtp_settings, mail_server, write, now):
    mail_server.refuse["salah@contoh.go.id"] = "550 no such user"
    mail_server.drop.add("racun@contoh.go.id")
    for recipient in ("salah@contoh.go.id", "racun@contoh.go.id", "siti@contoh.go.id"):
        write(recipient)
    assert send_due(session_factory, smtp_settings, now) == 1
    wrong, poison, good = rows(session)
    assert "550 no such user" in wrong.last_error
    assert "closed the connection" in poison.last_error
    assert good.sent_at is not None
    assert wrong.next_try_at > now
    assert poison.next_try_at > now


def test_a_refused_message_is_tried_once_more_and_then_given_up(
    session, session_factory, settings, write, now
):
    write("salah@contoh.go.id")
    sender = Recorder({"salah@contoh.go.id": SendFailed("550", refused=True)})
    send_due(session_factory, settings, now, sender=sender)
    send_due(session_factory, settings, now + timedelta(days=1), sender=sender)
    (row,) = rows(session)
    assert (row.attempts, row.next_try_at, row.sent_at) == (2, None, None)
    assert row.last_error == "550"


def test_a_server_that_does_not_answer_is_asked_ever_more_seldom(
    session, session_factory, settings, write, now
):
    write()
    sender = Recorder({"siti@contoh.go.id": SendFailed("no answer", unavailable=True)})
    moment = now
    for number, wait in enumerate(WAITS, start=1):
        assert send_due(session_factory, settings, moment, sender=sender) == 0
        (row,) = rows(session)
        assert row.attempts == number
        assert abs(row.next_try_at - moment - wait) < timedelta(seconds=30)
        moment = row.next_try_at
    send_due(session_factory, settings, moment, sender=sender)
    assert rows(session)[0].next_try_at is None


def test_where_nobody_answers_the_others_stay_due(session, session_factory, settings, write, now):
    write("satu@contoh.go.id")
    write("dua@contoh.go.id")
    down = SendFailed("no answer", unavailable=True)
    send_due(session_factory, settings, now, sender=Recorder({"satu@contoh.go.id": down}))
    one, two = rows(session)
    assert (one.attempts, two.attempts) == (1, 0)
    recorder = Recorder()
    send_due(session_factory, settings, now, sender=recorder)
    assert recorder.sent == ["dua@contoh.go.id"]


def test_a_closed_port_is_a_server_that_does_not_answer(session, session_factory, smtp_settings, write, now):
    write()
    nowhere = smtp_settings.model_copy(update={"smtp_port": 9})
    assert send_due(session_factory, nowhere, now) == 0
    assert "cannot be reached" in rows(session)[0].last_error


def test_a_server_without_starttls_gets_no_message_where_the_settings_ask_for_it(
    session, session_factory, smtp_settings, mail_server, write, now
):
    write()
    careful = smtp_settings.model_copy(update={"smtp_starttls": True})
    assert send_due(session_factory, careful, now) == 0
    assert mail_server.messages == []
    assert "cannot do what the settings ask" in rows(session)[0].last_error


class Killed(BaseException):
    """Ends the sender as a kill does: nothing is tidied up."""


def test_a_killed_sender_loses_nothing_and_nobody_sends_beside_it(
    session, session_factory, settings, write, now
):
    class Dying:
        def send(self, mail):
            raise Killed

    write()
    with pytest.raises(Killed):
        send_due(session_factory, settings, now, sender=Dying())
    recorder = Recorder()
    assert send_due(session_factory, settings, now + LEASE / 2, sender=recorder) == 0
    assert send_due(session_factory, settings, now + LEASE * 2, sender=recorder) == 1


def test_a_message_that_ends_its_sender_every_time_is_left_alone_in_the_end(
    session_factory, settings, write, now
):
    write(attempts=MOST_ATTEMPTS)
    assert send_due(session_factory, settings, now, sender=Recorder()) == 0


def test_two_senders_at_once_send_each_message_once(session_factory, settings, write, now):
    wanted = [f"orang{number}@contoh.go.id" for number in range(24)]
    for recipient in wanted:
        write(recipient)
    recorder = Recorder()
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: send_due(session_factory, settings, now, sender=recorder), range(4)))
    assert sum(counts) == 24
    assert sorted(recorder.sent) == sorted(wanted)


def test_the_console_shows_the_message_as_people_read_it(session_factory, settings, write, now):
    write()
    stream = io.StringIO()
    send_due(session_factory, settings, now, sender=ConsoleSender(settings.mail_from, stream))
    shown = stream.getvalue()
    for wanted in ("To: siti@contoh.go.id", "Subject: Permohonan diterima", "Isi pesan."):
        assert wanted in shown


def test_no_address_and_no_words_of_a_message_stand_in_the_log(
    session_factory, smtp_settings, mail_server, write, now, caplog
):
    mail_server.refuse["salah@contoh.go.id"] = "550 <salah@contoh.go.id> unknown"
    write("salah@contoh.go.id")
    with caplog.at_level(logging.DEBUG):
        send_due(session_factory, smtp_settings, now)
    assert "outbox message" in caplog.text
    assert "salah@contoh.go.id" not in caplog.text
    assert "Isi pesan" not in caplog.text
