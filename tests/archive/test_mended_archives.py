"""Whoever changes an archive and mends its manifest has the acts of the chain against them."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from helpdesk.archive import packing
from helpdesk.archive import service as archive_service
from helpdesk.archive.contents import timeline_facts
from helpdesk.archive.packing import Packed, pack_ticket
from helpdesk.archive.verify import main
from helpdesk.database import transaction
from helpdesk.documents.models import Document
from helpdesk.documents.service.keeping import keep
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office

LATER = MORNING + timedelta(minutes=5)
HERE = make_ticket_office()
Change = Callable[[Path], None]


@pytest.fixture
def ticket(session: Session, office: Office) -> Ticket:
    """A ticket with a paper, a file, a note and words of both sides."""
    with transaction(session):
        ticket = make_ticket(session, attachments=(NewFile("foto.png", b"\x89PNG foto", "image/png"),))
    with transaction(session):
        service.write_as_requester(session, ticket, "Masih terputus.", now=LATER)
        service.write_message(
            session,
            ticket,
            "Sedang kami periksa.",
            is_public=True,
            office=HERE,
            by=office.kabag,
            role="head",
            now=LATER,
        )
        service.add_note(session, ticket, "Catatan", "Lampu padam.", office=HERE, by=office.kabag, now=LATER)
        paper = Document(ticket_id=ticket.id, kind="report", title="Laporan", data={}, created_at=LATER)
        keep(session, paper, b"%PDF-1.7 laporan", by=office.kabag, at=LATER)
    return ticket


def _pack(session: Session, ticket: Ticket, office: Office) -> Packed:
    with transaction(session):
        return pack_ticket(
            session, ticket, HERE, base_url="https://x.example", by=office.kabag, role="head", now=LATER
        )


@pytest.fixture
def packed(session: Session, ticket: Ticket, office: Office) -> Packed:
    return _pack(session, ticket, office)


@pytest.fixture
def folder(packed: Packed, tmp_path: Path) -> Path:
    place = tmp_path / "arsip"
    zipfile.ZipFile(io.BytesIO(packed.content)).extractall(place)
    return place


def _mend(folder: Path) -> None:
    """Make the manifest fit whatever lies in the folder now, and say that no act names any of it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != "manifest.json")
    manifest["files"] = [
        {
            "path": each.relative_to(folder).as_posix(),
            "sha256": hashlib.sha256(each.read_bytes()).hexdigest(),
            "bytes": each.stat().st_size,
            "in_acts": False,
        }
        for each in files
    ]
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _edit(folder: Path, name: str, change: Callable[[Any], object]) -> None:
    value = json.loads((folder / name).read_text())
    change(value)
    (folder / name).write_text(json.dumps(value))


def _only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


CHANGES: dict[str, Change] = {
    "a paper is another one": lambda here: _replace(_only(here, "documents/*.pdf")),
    "a paper is left out": lambda here: _only(here, "documents/*.pdf").unlink(),
    "a paper is put in": lambda here: _replace(here / "documents" / "99-Palsu.pdf"),
    "a piece of evidence is another one": lambda here: _replace(_only(here, "evidence/*.txt")),
    "a piece of evidence is left out": lambda here: _only(here, "evidence/*.txt").unlink(),
    "a file of the requester is another one": lambda here: _replace(_only(here, "attachments/*.png")),
    "a file of the requester is left out": lambda here: _only(here, "attachments/*.png").unlink(),
    "the office's words are others": lambda here: _edit(
        here, "conversation.json", lambda words: words[1].update(body="Tidak kami periksa.")
    ),
    "the requester's words are others": lambda here: _edit(
        here, "conversation.json", lambda words: words[0].update(body="Sudah baik.")
    ),
    "a message has another author": lambda here: _edit(
        here, "conversation.json", lambda words: words[1].update(author_id=None)
    ),
    "a message is left out": lambda here: _edit(here, "conversation.json", lambda words: words.pop(0)),
    "a message is put in": lambda here: _edit(
        here, "conversation.json", lambda words: words.append({**words[1], "id": 9999})
    ),
    "an act of the timeline is another one": lambda here: _edit(
        here, "timeline.json", lambda acts: acts[0].update(actor_name="Orang Lain")
    ),
    "an act of the timeline is left out": lambda here: _edit(here, "timeline.json", lambda acts: acts.pop()),
    "the request is another one": lambda here: _edit(
        here, "case.json", lambda case: case["ticket"].update(subject="Hal lain")
    ),
    "a sealed fact is another one": lambda here: _edit(
        here, "seals.json", lambda seals: seals[0]["facts"].update(requester_name="Orang Lain")
    ),
    "a sealed fact is left out and nobody erased it": lambda here: _edit(
        here, "seals.json", lambda seals: seals.pop()
    ),
}


def _replace(file: Path) -> None:
    file.write_bytes(b"palsu")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_change_with_a_mended_manifest_is_found(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _mend(folder)
    assert main([str(folder)]) == 0, capsys.readouterr().out
    for number, (what, change) in enumerate(CHANGES.items()):
        changed = shutil.copytree(folder, tmp_path / str(number))
        change(changed)
        _mend(changed)
        assert main([str(changed)]) == 1, what
        assert "RUSAK" in capsys.readouterr().out


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_evidence_that_no_act_names_is_told_apart_from_what_is_proved(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(folder / "evidence" / "99-tambahan.txt")
    _mend(folder)
    assert main([str(folder)]) == 3
    out = capsys.readouterr().out
    assert "evidence/99-tambahan.txt: no act of the chain names it" in out
    assert "UTUH / WHOLE" not in out


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_file_is_nowhere_overlooked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "__pycache__").mkdir()
    _replace(folder / "__pycache__" / "palsu.pdf")
    assert main([str(folder)]) == 1
    assert "__pycache__/palsu.pdf" in capsys.readouterr().out


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_file_that_is_there_twice_is_named(packed: Packed, tmp_path: Path) -> None:
    twice = tmp_path / "ganda.zip"
    twice.write_bytes(packed.content)
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("conversation.json", archive.read("conversation.json"))
    assert main([str(twice)]) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_damaged_download_is_a_verdict_and_no_crash(
    packed: Packed, tmp_path: Path, place: int, bit: int
) -> None:
    content = bytearray(packed.content)
    content[place % len(content)] ^= 1 << bit
    file = tmp_path / "rusak.zip"
    file.write_bytes(content)
    # A flag or a date of the zip's own directory may change without a byte of any file being another.
    assert main([str(file)]) in (0, 1, 2)


@pytest.mark.parametrize("words", [b"[]", b"{}", b"null", b'{"ticket": 1}', b"[" * 5000, b"\xff"])
def test_what_is_no_manifest_is_no_archive(tmp_path: Path, words: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(words)
    assert main([str(tmp_path)]) == 2


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_what_a_colleague_adds_while_an_archive_is_packed_is_in_it_whole(
    session: Session,
    engine: Engine,
    ticket: Ticket,
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On SQLite nobody writes meanwhile; PostgreSQL shows each statement what was committed before it."""
    words = iter(["Satu lagi."])
    ticket_id = ticket.id

    def read_late(reading: Session, here: Ticket) -> list[dict[str, Any]]:
        for body in words:
            with Session(engine) as own, transaction(own):
                service.write_as_requester(own, own.get_one(Ticket, ticket_id), body, now=LATER)
        return timeline_facts(reading, here)

    monkeypatch.setattr(packing, "timeline_facts", read_late)
    file = tmp_path / "arsip.zip"
    file.write_bytes(_pack(session, ticket, office).content)
    code = main([str(file)])
    assert code == 0, capsys.readouterr().out
    conversation = json.loads(zipfile.ZipFile(file).read("conversation.json"))
    assert conversation[-1]["body"] == "Satu lagi."


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_archive_of_an_erased_requester_is_whole_and_says_what_was_erased(
    session: Session, ticket: Ticket, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction(session):
        service.cancel_ticket(
            session, ticket, reason="Selesai.", office=HERE, by=office.kabag, role="head", now=LATER
        )
        archive_service.erase_requester(
            session, ticket, "Permintaan", HERE, asked_by_requester=True, by=office.kabag, now=LATER
        )
    file = tmp_path / "arsip.zip"
    file.write_bytes(_pack(session, ticket, office).content)
    code = main([str(file)])
    out = capsys.readouterr().out
    assert code == 0, out
    assert "were erased on record" in out
    shutil.unpack_archive(file, tmp_path / "arsip")
    assert json.loads((tmp_path / "arsip" / "seals.json").read_text()) == []
