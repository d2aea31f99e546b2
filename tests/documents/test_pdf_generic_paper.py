"""The paper of any procedure, read back from the file."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind, LetterheadData, SignatureData
from helpdesk.documents.rules.papers import PaperData, PaperSection
from helpdesk.sop.presentation import Shown

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
LOG = Shown(
    "catatan tindakan",
    header=("Pukul", "Tindakan"),
    rows=(("09.10", "Mengganti modul optik"), ("09.40", "#panic() *tebal* <b>")),
)
FORM = Shown("catatan gangguan", fields=(("Gejala", "Putus\nnyambung"), ("Keterangan", "–")))
TICKS = Shown("daftar periksa", ticks=(("Daya menyala", True), ("Kabel terpasang", False)), words="Catatan.")


def paper(**changed: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "letterhead": LetterheadData(agency="INSTANSI CONTOH", unit="SEKRETARIAT"),
        "created_at": NOW,
        "is_draft": False,
        "number": "ND-0001/2026",
        "place": "Jakarta",
        "signed_on": date(2026, 11, 23),
        "title": "Berita Acara",
        "subject": "Jaringan putus",
        "ticket_number": "TKT-2026-0001",
        "requester": "Rina, Badan Contoh",
        "procedure_number": "OT.99.Uji",
        "procedure_title": "SOP Uji",
        "legal_basis": ("Undang-Undang Contoh",),
        "sections": [
            PaperSection(title="Isi", text="Kata **tebal**.", parts=[FORM.to_dict(), TICKS.to_dict()]),
            PaperSection(title="Tabel", parts=[LOG.to_dict(), Shown("kosong", header=("A",)).to_dict()]),
            PaperSection(title="Penutup", text="Demikian."),
        ],
        "signature": SignatureData(office="Kepala Bagian", name="Ratna", confirmed_at=NOW),
        "copies_to": ("Badan Contoh",),
    }
    return PaperData(**(values | changed)).to_dict()


def words_of(data: dict[str, Any]) -> str:
    pages = PdfReader(io.BytesIO(render_document(DocumentKind.PAPER, data))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_paper_says_all_that_its_sections_show() -> None:
    words = words_of(paper())
    for expected in (
        *("BERITA ACARA", "NOMOR ND-0001/2026", "Jaringan putus", "OT.99.Uji", "Undang-Undang Contoh"),
        *("I. ISI", "Kata tebal.", "Putus", "nyambung", "Daya menyala", "Catatan."),
        *("II. TABEL", "Mengganti modul optik", "#panic() *tebal* <b>", "Tidak ada."),
        *("III. PENUTUP", "Demikian.", "23 November 2026", "Kepala Bagian,", "Ratna", "Badan Contoh"),
    ):
        assert expected in words


def test_a_draft_says_so_and_has_neither_number_nor_date() -> None:
    draft = SignatureData(office="Kepala Bagian", name="")
    words = words_of(paper(is_draft=True, number="", signed_on=None, signature=draft))
    assert "KONSEP" in words
    assert "ND-0001" not in words
    assert "23 November 2026" not in words


def test_a_secret_paper_says_so_at_its_head() -> None:
    assert "RAHASIA" in words_of(paper(classification="Rahasia"))
    assert "RAHASIA" not in words_of(paper())


def test_the_same_data_give_the_same_bytes() -> None:
    first, second = (render_document(DocumentKind.PAPER, paper()) for _ in range(2))
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    assert reader.trailer["/Root"]["/Lang"].startswith("id")
    assert "/MarkInfo" in reader.trailer["/Root"]
    assert b"<pdfaid:part>3" in first or b'pdfaid:part="3"' in first


@pytest.mark.parametrize("count", [0, 1, 200])
def test_a_table_of_any_length_fits(count: int) -> None:
    rows = tuple((f"{number:02d}.00", "kata " * 60 + "x" * 90) for number in range(count))
    long = Shown("catatan", header=("Pukul", "Tindakan"), rows=rows)
    sections = [PaperSection(title=f"Bagian {number}", parts=[long.to_dict()]) for number in range(1)]
    reader = PdfReader(io.BytesIO(render_document(DocumentKind.PAPER, paper(sections=sections))))
    assert "Ratna" in reader.pages[-1].extract_text()
