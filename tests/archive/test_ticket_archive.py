"""The archive of a ticket proves itself, offline, and a change of a single byte shows."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.archive.packing import Packed, pack_ticket
from helpdesk.audit.queries import chain_head
from helpdesk.database import transaction
from helpdesk.tickets import service
from helpdesk.tickets.rules import NewFile
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office

Unpacked = Callable[[], Path]


def _check(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the checker as an auditor does: alone, without the product, without site packages."""
    script = place / "verify.py" if place.is_dir() else place.parent / "verify.py"
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), *([] if place.is_dir() else [str(place)]), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


@pytest.fixture
def packed(session: Session, office: Office) -> Packed:
    """A ticket with a file, a note, messages of both sides; acts of another ticket lie between its own."""
    here, later = make_ticket_office(), MORNING + timedelta(minutes=5)
    with transaction(session):
        ticket = make_ticket(
            session,
            attachments=(NewFile("foto rak.png", b"\x89PNG foto", "image/png"),),
            subject="Tautan putus",
        )
    with transaction(session):
        make_ticket(session, subject="Perkara lain", requester_name="Orang Lain")
    with transaction(session):
        service.write_as_requester(session, ticket, "Masih terputus.", now=later)
        service.write_message(
            session,
            ticket,
            "Sedang kami periksa.",
            is_public=True,
            office=make_ticket_office(),
            by=office.kabag,
            role="head",
            now=later,
        )
        service.add_note(
            session,
            ticket,
            "Catatan",
            "Lampu port padam.",
            office=make_ticket_office(),
            by=office.kabag,
            now=later,
        )
    with transaction(session):
        return pack_ticket(
            session, ticket, here, base_url="https://x.example", by=office.kabag, role="head", now=later
        )


@pytest.fixture
def folder(packed: Packed, tmp_path: Path) -> Path:
    place = tmp_path / "arsip"
    with zipfile.ZipFile(BytesIO(packed.content)) as archive:
        archive.extractall(place)
    return place


def test_the_archive_of_a_ticket_checks_as_whole(folder: Path) -> None:
    result = _check(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "UTUH / WHOLE" in result.stdout


def test_the_zip_checks_without_being_unpacked(folder: Path, packed: Packed, tmp_path: Path) -> None:
    (tmp_path / packed.name).write_bytes(packed.content)
    (tmp_path / "verify.py").write_bytes((folder / "verify.py").read_bytes())
    assert _check(tmp_path / packed.name).returncode == 0


def test_the_archive_holds_words_files_evidence_and_the_readable_acts(folder: Path) -> None:
    names = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert {"case.json", "conversation.json", "timeline.json", "chain.jsonl", "manifest.json"} <= names
    assert any(name.startswith("attachments/") and name.endswith(".png") for name in names)
    assert (folder / "evidence" / "01-Catatan.txt").read_text() == "Lampu port padam."
    conversation = json.loads((folder / "conversation.json").read_text())
    assert [turn["body"] for turn in conversation] == ["Masih terputus.", "Sedang kami periksa."]
    files = json.loads((folder / "manifest.json").read_text())["files"]
    proven = {each["path"] for each in files if each["in_acts"]}
    assert {"evidence/01-Catatan.txt"} <= proven
    assert any(path.endswith(".png") for path in proven)


def test_another_ticket_shows_only_by_the_digests_of_its_acts(folder: Path) -> None:
    everything = "".join(each.read_text("utf-8", "replace") for each in folder.rglob("*") if each.is_file())
    assert "Perkara lain" not in everything
    assert "Orang Lain" not in everything
    links = [json.loads(line) for line in (folder / "chain.jsonl").read_text().splitlines()]
    assert any("act" not in link for link in links)
    assert any("act" in link for link in links)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_one_changed_byte_in_any_file_is_found(folder: Path, data: st.DataObject) -> None:
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != "verify.py")
    file = data.draw(st.sampled_from([each for each in files if "__pycache__" not in each.parts]))
    content = file.read_bytes()
    # In the manifest, words about the making prove nothing by themselves: the digests are changed.
    start = content.index(b'"chain"') if file.name == "manifest.json" else 0
    place = data.draw(st.integers(start, len(content) - 1))
    changed = bytes([content[place] ^ 1])
    if file.name == "manifest.json" and not (content[place : place + 1].isalnum() and changed.isalnum()):
        return
    file.write_bytes(content[:place] + changed + content[place + 1 :])
    result = _check(folder)
    file.write_bytes(content)
    if file.name != "manifest.json":
        assert result.returncode == 1, (file.name, place, result.stdout)
    elif result.returncode == 0:
        # Only what no proof hangs on: the count of bytes, or the mark that no act names the file.
        line = content[content.rfind(b"\n", 0, place) : content.find(b"\n", place)]
        assert (
            b'"bytes"' in line
            or b"made_" in line
            or b'"in_acts"' in line
            or b"ticket" in line
            or (b'"number"' in line or b'"status"' in line or b'"product"' in line or b'"format"' in line)
        ), line


@pytest.mark.parametrize("name", ["case.json", "evidence/01-Catatan.txt", "chain.jsonl"])
def test_a_file_taken_out_is_missed(folder: Path, name: str) -> None:
    (folder / name).unlink()
    result = _check(folder)
    assert result.returncode == 1
    assert "hilang" in result.stdout or "cannot be read" in result.stdout


def test_a_file_put_in_is_named(folder: Path) -> None:
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents" / "palsu.pdf").write_bytes(b"%PDF-1.7")
    result = _check(folder)
    assert result.returncode == 1
    assert "documents/palsu.pdf" in result.stdout


def test_a_forged_act_with_a_mended_manifest_is_still_found(folder: Path) -> None:
    """Whoever changes an act and mends the manifest still has the chain against them."""

    chain = folder / "chain.jsonl"
    chain.write_text(chain.read_text().replace("Catatan", "Palsu", 1))
    manifest = json.loads((folder / "manifest.json").read_text())
    for each in manifest["files"]:
        if each["path"] == "chain.jsonl":
            each["sha256"] = hashlib.sha256(chain.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    result = _check(folder)
    assert result.returncode == 1
    assert "RUSAK" in result.stdout


def test_a_head_of_the_printed_register_is_compared(folder: Path, session: Session) -> None:
    head = json.loads((folder / "manifest.json").read_text())["chain"]["head"]
    assert _check(folder, "--head", f"{head['sequence']}:{head['sha256']}").returncode == 0
    assert _check(folder, "--head", f"{head['sequence']}:{'0' * 64}").returncode == 1
    assert _check(folder, "--head", "nonsense").returncode == 2


def test_that_an_archive_was_handed_out_is_the_next_act_of_the_chain(
    packed: Packed, folder: Path, session: Session
) -> None:
    inside = json.loads((folder / "manifest.json").read_text())["chain"]["head"]["sequence"]
    assert chain_head(session).sequence == inside + 1


def test_what_is_no_archive_is_said_to_be_none(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes((folder / "verify.py").read_bytes())
    other = tmp_path / "lain.zip"
    other.write_bytes(b"no zip")
    assert _check(other).returncode == 2


def test_whoever_may_see_the_ticket_downloads_it_and_nobody_else(
    client: FlaskClient, session: Session, office: Office, sign_in: Callable[[FlaskClient, Person], None]
) -> None:
    ticket = make_ticket(session)
    session.commit()
    sign_in(client, office.kabag)
    answer = client.post(f"/tickets/{ticket.id}/archive")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert f"arsip-{ticket.number}.zip" in answer.headers["Content-Disposition"]
    sign_in(client, office.auditor)
    assert client.post(f"/tickets/{ticket.id}/archive").status_code == 200
    sign_in(client, office.pelaksana)
    assert client.post(f"/tickets/{ticket.id}/archive").status_code == 404
    sign_in(client, office.admin)
    assert client.post(f"/tickets/{ticket.id}/archive").status_code == 403
