"""Files that wait with a form, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from helpdesk.evidence.models import StoredFile
from helpdesk.intake import service
from helpdesk.tickets.rules import NewFile
from helpdesk.uploads import CheckedFile
from tests.factories.tickets import make_ticket

LETTER = CheckedFile("surat.txt", b"isi surat", "text/plain")
PICTURE = CheckedFile("foto.txt", b"isi foto", "text/plain")


def test_a_file_that_waits_comes_back_with_its_content(session, now):
    held = service.hold_files(session, [LETTER, PICTURE], now=now)
    assert service.load_held_files(session, held) == (
        NewFile("surat.txt", b"isi surat", "text/plain"),
        NewFile("foto.txt", b"isi foto", "text/plain"),
    )


def test_what_nobody_sent_is_forgotten_and_what_belongs_to_a_ticket_stays(session, now):
    make_ticket(session, attachments=(NewFile("surat.txt", b"isi surat", "text/plain"),))
    held = service.hold_files(session, [LETTER, PICTURE], now=now)
    assert service.discard_abandoned_files(session, now=now + timedelta(days=7)) == 0
    assert service.discard_abandoned_files(session, now=now + timedelta(days=9)) == 1
    session.commit()
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1
    assert [file.name for file in service.load_held_files(session, held)] == ["surat.txt"]
