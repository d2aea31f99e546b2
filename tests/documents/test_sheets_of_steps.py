"""What a step yielded stands on a sheet, whichever SOP it was, and whenever the sheet is made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import build_settings
from helpdesk.database import make_engine
from helpdesk.documents import service
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind, LetterheadData, SignatureData
from helpdesk.documents.rules.sheets import (
    CoordinationData,
    EvidenceListData,
    EvidenceRow,
    IdentificationData,
    IdentifiedDevice,
    SheetHead,
    Verdict,
    VerificationData,
)
from helpdesk.documents.service import Stationery
from helpdesk.events import Event
from helpdesk.schema import upgrade
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.tickets.models import Ticket
from tests.factories.landed import restore_landed
from tests.factories.moments import MORNING
from tests.factories.tickets import make_ticket_office

STATIONERY = Stationery(LetterheadData(agency="KEMENTERIAN CONTOH"), "Jakarta")
KINDS = {"evidence": "evidence_list", "identification": "identification", "verification": "verification",
         "coordination": "coordination", "disposition": "disposition"}  # fmt: skip


@pytest.fixture
def landed(empty_database_url: str, tmp_path: Path) -> Iterator[Session]:
    """Give a session on the tickets of the first version, which had sheets of dispositions only."""
    restore_landed(empty_database_url, "0001_create_tables")
    upgrade(build_settings(testing=True, data_directory=tmp_path, database_url=empty_database_url))
    engine = make_engine(empty_database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def make_all(session: Session, ticket: Ticket) -> list[Document]:
    office = make_ticket_office()
    return [
        sheet
        for step_run in service.steps_without_sheets(session, ticket)
        for sheet in service.make_sheets(session, ticket, office, STATIONERY, step_run=step_run, at=MORNING)
    ]


def returned_ticket(session: Session) -> Ticket:
    return session.scalars(
        select(Ticket).join(StepRun, StepRun.run_id == Ticket.run_id).where(StepRun.state == "returned")
    ).first() or pytest.fail("the recorded office sent no work back")


def text_of(document: Document) -> str:
    pages = PdfReader(io.BytesIO(document.file.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_output_of_an_old_ticket_gets_its_sheet_once(landed: Session) -> None:
    for ticket in landed.scalars(select(Ticket)).all():
        sheets = make_all(landed, ticket)
        outputs = [one for one in ticket.run.outputs if one.kind in KINDS]
        papers = landed.scalars(select(Document).where(Document.ticket_id == ticket.id)).all()
        drawn = [(paper.output_id, paper.kind) for paper in papers if paper.kind in KINDS.values()]
        assert sorted(drawn) == sorted((one.id, KINDS[one.kind]) for one in outputs)
        assert make_all(landed, ticket) == []
        assert len({sheet.number for sheet in sheets}) == len(sheets)


def test_a_sheet_made_later_says_what_was_so_on_its_own_day(landed: Session) -> None:
    ticket = returned_ticket(landed)
    sheet = make_all(landed, ticket)[0]
    assert sheet.output is not None
    assert sheet.created_at == sheet.output.created_at
    assert sheet.file.created_at == MORNING
    made = select(Event.at).where(Event.kind == "document_made").order_by(Event.id.desc())
    assert landed.scalars(made).first() == MORNING
    assert sheet.created_by_id == sheet.output.created_by_id


def test_a_return_keeps_the_sheets_of_before_as_no_longer_in_force(landed: Session) -> None:
    ticket = returned_ticket(landed)
    sheets = {sheet.output_id: sheet for sheet in make_all(landed, ticket)}
    for output in ticket.run.outputs:
        step_run = landed.get(StepRun, output.step_run_id)
        if output.id in sheets and step_run is not None:
            # The verification that sent the work back says why, and is not taken back itself.
            expected = not output.is_valid and step_run.state != "returned"
            assert sheets[output.id].is_superseded is expected
    assert any(sheet.is_superseded for sheet in sheets.values())


def test_the_verification_that_sent_the_work_back_says_what_and_why(landed: Session) -> None:
    ticket = returned_ticket(landed)
    returning = next(one for one in ticket.run.steps if one.state == "returned")
    output = next(one for one in ticket.run.outputs if one.step_run_id == returning.id)
    sheet = next(one for one in make_all(landed, ticket) if one.output_id == output.id)
    text = text_of(sheet)
    assert "dikembalikan ke langkah 3" in text
    rejected = [one for one in output.data["items"] if not one["accepted"]]
    assert rejected
    for one in rejected:
        assert " ".join(one["reason"].split()) in text
    assert text.count("Ditolak") == len(rejected)


def test_a_sheet_reads_back_what_the_step_froze(landed: Session) -> None:
    for ticket in landed.scalars(select(Ticket)).all():
        for sheet in make_all(landed, ticket):
            output, text = sheet.output, text_of(sheet)
            assert output is not None
            packed = text.replace(" ", "")
            assert ticket.number in text
            assert sheet.number is not None
            assert sheet.number in text
            for words in _frozen_words(output):
                assert "".join(words.split()) in packed


def _frozen_words(output: StepOutput) -> Iterator[str]:
    data = output.data
    if output.kind == "evidence":
        for one in data["items"]:
            yield from (one["title"], one["sha256"])
    elif output.kind == "identification":
        yield data["conclusion"]
        for one in data["findings"]:
            yield from (one["device"], one["finding"], one["advice"])
    elif output.kind == "verification":
        for one in data["items"]:
            yield from (one["title"], one["reason"], "Diterima" if one["accepted"] else "Ditolak")
    elif output.kind == "coordination":
        yield from (data["agency"], data["result"], *data["persons"], *data["agreements"])


def test_a_kept_sheet_is_drawn_again_byte_by_byte_from_its_data(landed: Session) -> None:
    ticket = returned_ticket(landed)
    for sheet in make_all(landed, ticket):
        assert render_document(DocumentKind(sheet.kind), sheet.data) == sheet.file.content


def test_a_sheet_is_made_to_last_and_to_be_read_aloud(landed: Session) -> None:
    for sheet in make_all(landed, returned_ticket(landed)):
        root = PdfReader(io.BytesIO(sheet.file.content)).trailer["/Root"]
        assert root["/Lang"] == "id-ID"
        assert root["/MarkInfo"]["/Marked"]
        packet = root["/Metadata"].get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in packet
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in packet


def test_a_secret_ticket_says_so_on_every_sheet(landed: Session) -> None:
    ticket = returned_ticket(landed)
    ticket.sensitivity = "biasa"
    assert not any("RAHASIA" in text_of(sheet) for sheet in make_all(landed, ticket))
    landed.rollback()
    ticket = returned_ticket(landed)
    ticket.sensitivity = "rahasia"
    for sheet in make_all(landed, ticket):
        for page in PdfReader(io.BytesIO(sheet.file.content)).pages:
            assert "RAHASIA" in page.extract_text()


def test_what_a_disposition_without_password_says_is_a_mark(landed: Session) -> None:
    for sheet in make_all(landed, returned_ticket(landed)):
        text = text_of(sheet)
        assert "Diparaf secara elektronik" in text
        assert "kata sandi" not in text


HEAD = SheetHead(
    letterhead=STATIONERY.letterhead,
    created_at=MORNING,
    title="Lembar",
    sheet_number="0042/2026/B2",
    agenda_number="0042/2026",
    ticket_number="TKT-2026-0042",
    sender="Rina",
    subject="Jaringan",
    procedure_number="OT.01",
    procedure_title="Kerja sama",
    step_number=2,
    step_activity="Menyiapkan bahan",
    signature=SignatureData(office="Kasubbag", name="Budi", marked_at=MORNING),
)


def sheets_with(text: str) -> Iterator[tuple[DocumentKind, dict[str, Any]]]:
    """Yield every sheet with the text wherever people write."""
    head = replace(HEAD, sender=text, subject=text)
    row = EvidenceRow(kind="Berkas", title=text, taken_at=MORNING, note=text)
    yield DocumentKind.EVIDENCE_LIST, EvidenceListData(head=head, items=(row,), note=text).to_dict()
    device = IdentifiedDevice(device=text, condition="Rusak", is_normal=False, finding=text, advice=text)
    found = IdentificationData(head=head, devices=(device,), conclusion=text, evidence=(text,))
    yield DocumentKind.IDENTIFICATION, found.to_dict()
    verdict = Verdict(kind="Berkas", title=text, accepted=False, reason=text)
    yield DocumentKind.VERIFICATION, VerificationData(head=head, verdicts=(verdict,), note=text).to_dict()
    held = CoordinationData(
        head=head, agency=text, persons=(text,), held_on=MORNING.date(), result=text, agreements=(text,)
    )
    yield DocumentKind.COORDINATION, held.to_dict()


def test_what_people_wrote_is_printed_and_never_evaluated() -> None:
    hostile = '#panic("x") $y$ *b* _i_ `raw` // c /* d */ = h #{1+1} [x] "q" \\u{41}'
    for kind, data in sheets_with(hostile):
        pages = PdfReader(io.BytesIO(render_document(kind, data))).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert "".join(hostile.split()) in text


@pytest.mark.parametrize(
    "text", ["x" * 2000, "https://contoh.example/" + "a/" * 400, "kata " * 900, "中文 👍🏽 مرحبا"]
)
def test_odd_texts_stay_inside_the_sheet(text: str) -> None:
    for kind, data in sheets_with(text):
        for page in PdfReader(io.BytesIO(render_document(kind, data))).pages:
            assert max(map(len, page.extract_text().splitlines())) < 140


def test_thirty_pieces_of_evidence_are_all_listed_and_the_mark_is_not_alone() -> None:
    rows = tuple(
        EvidenceRow(kind="Berkas", title=f"bahan-{number}.pdf", taken_at=MORNING, sha256=f"{number:064x}")
        for number in range(30)
    )
    pdf = render_document(DocumentKind.EVIDENCE_LIST, EvidenceListData(head=HEAD, items=rows).to_dict())
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    text = "".join("".join(pages).split())
    assert "30(tigapuluh)bahan" in text
    for number in range(30):
        assert f"bahan-{number}.pdf" in text
        assert f"{number:064x}" in text
    assert "Demikian" in next(page for page in pages if "Diparaf" in page)
