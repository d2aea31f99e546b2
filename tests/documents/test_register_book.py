"""The register book: every ticket of a year once, with all its columns, for whoever may see it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.register.rules import Officer, RegisterData, RegisterEntry, RegisterNumber
from helpdesk.documents.rules import DocumentKind, LetterheadData
from helpdesk.evidence.service import store_file
from helpdesk.numbering.catalogue import default_numbering
from helpdesk.numbering.rules import REPORT
from helpdesk.numbering.service import issue_number
from helpdesk.tickets.models import Ticket
from tests.factories.people import Office
from tests.factories.tickets import make_ticket

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SignIn = Callable[[FlaskClient, Person], None]


def entry(number: int = 7, **fields: object) -> RegisterEntry:
    made = RegisterEntry(
        number=number,
        agenda=f"{number:04d}/2026",
        ticket_id=number,
        ticket_number=f"TKT-2026-{number:04d}",
        received_at=NOW,
        sender="Badan Contoh Nasional",
        subject="Jaringan lantai 3 terputus",
        officers=(Officer(7, "Kabag Data dan Informasi", "Dewi Lestari", "Plh."),),
        closed_at=NOW + timedelta(days=2),
        numbers=(RegisterNumber("LAP-0003/2026"),),
        status="closed",
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # a test's own words


def book(*entries: RegisterEntry) -> RegisterData:
    return RegisterData(
        letterhead=LetterheadData(agency="KEMENTERIAN CONTOH"),
        created_at=NOW,
        year=2026,
        printed_by="Dewi Lestari",
        entries=entries,
        heads=[(date(2026, 11, 22), 1234, hashlib.sha256(b"head").hexdigest())],
    )


def draw(data: RegisterData) -> PdfReader:
    return PdfReader(io.BytesIO(render_document(DocumentKind.REGISTER, data.to_dict())))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_book_has_every_column_on_landscape_paper() -> None:
    reader = draw(book(entry()))
    text = words(reader)
    box = reader.pages[0].mediabox
    assert box.width > box.height
    for part in (
        "BUKU REGISTER TAHUN 2026",
        "No. Tanggal Nomor tiket Asal Perihal Langkah/petugas Selesai Nomor laporan Keterangan",
        "7 23-11-2026 TKT-2026-0007 Badan Contoh Nasional Jaringan lantai 3 terputus",
        "7. Dewi Lestari, Plh. Kabag Data dan Informasi",
        "25-11-2026 LAP-0003/2026",
        "1 permohonan: 1 selesai, 0 dalam proses, 0 dibatalkan.",
        "Dicetak oleh Dewi Lestari pada 23 November 2026 pukul 09.30 WIB",
    ):
        assert part in text


def test_the_book_prints_the_daily_head_of_the_record() -> None:
    text = words(draw(book(entry())))
    assert "Segel harian catatan" in text
    assert f"22 November 2026 1.234 {hashlib.sha256(b'head').hexdigest()}" in text


def test_a_year_of_four_hundred_tickets_repeats_the_head_of_the_table_on_every_page() -> None:
    reader = draw(book(*(entry(number) for number in range(1, 401))))
    pages = [page.extract_text() for page in reader.pages]
    assert all("Nomor tiket" in page for page in pages[:-1])
    text = words(reader)
    assert all(f"TKT-2026-{number:04d}" in text for number in range(1, 401))


def test_the_same_book_is_the_same_bytes_and_made_to_last() -> None:
    first, second = (render_document(DocumentKind.REGISTER, book(entry()).to_dict()) for _ in range(2))
    assert first == second
    root = PdfReader(io.BytesIO(first)).trailer["/Root"]
    assert root["/Lang"] == "id-ID"
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in root["/Metadata"].get_data().decode()


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        ({}, ""),
        ({"status": "open"}, "Dalam proses"),
        ({"status": "cancelled", "cancel_reason": "Permohonan ganda"}, "Dibatalkan: Permohonan ganda"),
        ({"is_secret": True, "late_steps": (3, 5)}, "Rahasia; Terlambat pada langkah 3, 5"),
        ({"numbers": (RegisterNumber("LAP-1", True, "Salah cetak"),)}, "LAP-1 batal: Salah cetak"),
    ],
)  # fmt: skip
def test_the_remarks_say_what_a_clerk_would_write(fields: dict[str, object], remark: str) -> None:
    assert entry(**fields).remarks() == remark


def report_of(session: Session, ticket: Ticket) -> Document:
    """Keep a signed report of the ticket, with the next number."""
    now = clock.now()
    issued = issue_number(session, default_numbering(), REPORT, on=now.date(), at=now, ticket_id=ticket.id)
    stored = store_file(session, b"%PDF-", "application/pdf", now=now)
    document = Document(
        ticket_id=ticket.id,
        kind="report",
        number=issued.text,
        issued_number_id=issued.id,
        title=f"Laporan {issued.text}",
        file_id=stored.id,
        data={},
        created_at=now,
    )
    session.add(document)
    session.flush()
    return document


@pytest.fixture
def tickets(session: Session, office: Office) -> list[Ticket]:
    now = clock.now()
    made = [
        make_ticket(session, now=now, subject="Jaringan terputus"),
        make_ticket(session, now=now, subject="Pencetak rusak", requester_agency="Dinas Lain"),
    ]
    session.commit()
    return made


def test_the_page_is_narrowed_by_words_and_by_a_reports_number(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, tickets: list[Ticket]
) -> None:
    number = report_of(session, tickets[1]).number
    sign_in(client, office.kabag)
    whole = client.get("/register").text
    assert all(ticket.number in whole for ticket in tickets)
    for query in ("pencetak", "dinas lain", number, tickets[1].number):
        page = client.get("/register", query_string={"q": query}).text
        assert tickets[1].number in page
        assert tickets[0].number not in page
    assert "No ticket fits" in client.get("/register?q=%25").text


def test_the_printed_book_holds_what_its_reader_may_see(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, tickets: list[Ticket]
) -> None:
    sign_in(client, office.auditor)
    everything = words(PdfReader(io.BytesIO(client.get("/register.pdf").data)))
    assert all(ticket.number in everything for ticket in tickets)
    sign_in(client, office.pelaksana)
    own = words(PdfReader(io.BytesIO(client.get("/register.pdf").data)))
    assert not any(ticket.number in own for ticket in tickets)
    assert "Dibatasi pada" in own
    sign_in(client, office.admin)
    assert client.get("/register.pdf").status_code == 403


def test_a_void_number_is_marked_on_the_ticket_in_the_register_and_in_the_book(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, tickets: list[Ticket]
) -> None:
    document = report_of(session, tickets[0])
    number_id = document.issued_number_id
    sign_in(client, office.kabag)
    answer = client.post(f"/numbers/{number_id}/void", data={"reason": ""})
    assert answer.status_code == 422
    answer = client.post(f"/numbers/{number_id}/void", data={"reason": "Salah cetak"}, follow_redirects=True)
    assert "is void" in answer.text
    assert "Salah cetak" in client.get("/numbers?year=2026&state=void").text
    assert "Salah cetak" in client.get("/register").text
    assert "Void" in client.get(f"/tickets/{tickets[0].id}").text
    book = words(PdfReader(io.BytesIO(client.get("/register.pdf").data)))
    assert f"{document.number} batal: Salah cetak" in book
    session.expire_all()
    assert session.scalars(select(Document).where(Document.id == document.id)).one().is_void


def test_only_a_head_voids_a_number(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, tickets: list[Ticket]
) -> None:
    document = report_of(session, tickets[0])
    for person in (office.pelaksana, office.kasubbag, office.auditor, office.admin):
        sign_in(client, person)
        client.post(f"/numbers/{document.issued_number_id}/void", data={"reason": "Salah cetak"})
        assert "/void" not in client.get("/numbers?year=2026").text
        session.expire_all()
        assert not document.is_void


def test_the_register_of_numbers_names_no_paper_that_its_reader_may_not_see(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, tickets: list[Ticket]
) -> None:
    document = report_of(session, tickets[0])
    sign_in(client, office.pelaksana)
    page = client.get("/numbers?year=2026").text
    assert document.number in page
    assert document.title not in page
    assert tickets[0].number not in page
