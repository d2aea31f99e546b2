"""The papers of one invented ticket; a test changes only what it is about."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from helpdesk.documents.rules import (
    CoordinationFacts,
    Deviation,
    DispositionData,
    DispositionFacts,
    DispositionRecipient,
    EvidenceItem,
    Finding,
    LetterheadData,
    ProcedureFacts,
    ReceiptData,
    ReportData,
    ReportFacts,
    ReportState,
    RequestFacts,
    SignatureData,
    SnapshotAnnex,
    SnapshotChange,
    StepFacts,
    Urgency,
    VerifiedItem,
    report_sections,
)

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
DIGEST = hashlib.sha256(b"snapshot").hexdigest()
SQUARE_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><path d="M0 0h3v3h-3z"/></svg>'
LETTERHEAD = LetterheadData(
    agency="KEMENTERIAN CONTOH REPUBLIK INDONESIA",
    unit="SEKRETARIAT KEMENTERIAN",
    address="Jalan Contoh Nomor 1, Jakarta",
    contact="contoh@instansi.example",
)
SIGNATURE = SignatureData(
    office="Kepala Bagian Data dan Informasi",
    name="Drs. Ahmad Fauzi, M.Si.",
    rank="Pembina Tingkat I (IV/b)",
    nip="197001011995031001",
    acting="Plh.",
    confirmed_at=NOW,
    qr_svg=SQUARE_SVG,
)
PROCEDURE = ProcedureFacts(
    number="OT.01.02-090-097.Set.PO",
    title="Kerjasama Teknis dan Konsultasi Pengoperasian Jaringan Sistem",
    effective_on=date(2018, 5, 2),
    legal_basis=("Undang-Undang Nomor 17 Tahun 2007", "Peraturan Presiden Nomor 2 Tahun 2015"),
)
STEPS = tuple(
    StepFacts(
        number=number,
        activity=f"Melaksanakan kegiatan langkah {number}",
        office="Kasubbag Sistem Informasi",
        official="Siti Rahmawati, S.Kom.",
        started_at=NOW + timedelta(hours=number),
        finished_at=NOW + timedelta(hours=number, minutes=45),
        minutes_used=150 if number == 3 else 45,
        minutes_allowed=120,
    )
    for number in range(1, 8)
)
DEVIATION = Deviation(
    step_number=3, kind="Terlambat", description="Perangkat tidak terjangkau.", recorded_at=NOW
)
EVIDENCE = EvidenceItem(
    kind="Cuplikan perangkat", title="sw-core-01", taken_at=NOW, sha256=DIGEST, size_bytes=15_234
)


@pytest.fixture
def pdf_text() -> Callable[[bytes], str]:
    """Read all words of a PDF, with single spaces."""
    return lambda pdf: " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


@pytest.fixture
def disposition() -> DispositionData:
    return DispositionData(
        letterhead=LETTERHEAD,
        created_at=NOW,
        ticket_number="TKT-2026-000042",
        sheet_number="12/DISP/XI/2026",
        agenda_number="AG-2026-0117",
        received_at=NOW,
        sender="Dinas Kominfo Kabupaten Contoh",
        letter_number="B-123/KOM/2026",
        letter_date=date(2026, 11, 20),
        subject="Pemeliharaan jaringan kantor wilayah",
        urgency=Urgency.URGENT,
        recipients=(
            DispositionRecipient(office="Kasubbag Sistem Informasi", name="Siti Rahmawati", ticked=True),
            DispositionRecipient(office="Pelaksana (JP/JFT)"),
        ),
        standard_instructions=frozenset({"follow_up", "prepare_material"}),
        instruction="Siapkan bahan.\nKoordinasikan dengan pemohon.",
        due_on=date(2026, 11, 25),
        work_programme="PK-07 Pemeliharaan jaringan",
        procedure_number=PROCEDURE.number,
        step_number=1,
        signature=SIGNATURE,
    )


@pytest.fixture
def receipt() -> ReceiptData:
    return ReceiptData(
        letterhead=LETTERHEAD,
        created_at=NOW,
        ticket_number="TKT-2026-000042",
        received_at=NOW,
        requester_name="Budi Santoso",
        requester_agency="Dinas Kominfo Kabupaten Contoh",
        request_kind="Kerja sama teknis pemeliharaan",
        subject="Pemeliharaan jaringan kantor wilayah",
        attachment_names=("surat.pdf",),
        promised_at=NOW + timedelta(days=2),
        follow_url="https://desk.example/t/eyJ0IjoiVEtULTAwMDA0MiJ9",
        qr_svg=SQUARE_SVG,
    )


@pytest.fixture
def facts() -> ReportFacts:
    return ReportFacts(
        office="Bagian Data dan Informasi",
        unit="Biro Perencanaan dan Organisasi",
        request=RequestFacts(
            ticket_number="TKT-2026-000042",
            requester_name="Budi Santoso",
            requester_agency="Dinas Kominfo Kabupaten Contoh",
            received_at=NOW,
            channel="Formulir web",
            kind="Kerja sama teknis pemeliharaan",
            subject="Pemeliharaan jaringan kantor wilayah",
            description="Jaringan gedung B sering terputus.",
        ),
        procedure=PROCEDURE,
        work_programme="PK-07 Pemeliharaan jaringan",
        steps=STEPS,
        dispositions=(
            DispositionFacts(
                sheet_number="12/DISP/XI/2026",
                step_number=1,
                from_office="Kabag Data dan Informasi",
                to_office="Kasubbag Sistem Informasi",
                to_name="Siti Rahmawati",
                instruction="Siapkan bahan",
                given_at=NOW,
            ),
        ),
        findings=(
            Finding(device="sw-core-01", title="Port Gi1/0/3 mati", severity="Sedang", advice="Ganti kabel"),
            Finding(device="rt-edge-02", title="Suhu 61 °C", description="Kipas berhenti."),
        ),
        verified_items=(
            VerifiedItem(title="sw-core-01", accepted=True),
            VerifiedItem(title="Topologi", accepted=False, reason="Gambar tidak terbaca"),
        ),
        coordination=CoordinationFacts(
            agency="Dinas Kominfo Kabupaten Contoh",
            persons=("Budi", "Rina", "Agus"),
            held_on=date(2026, 11, 24),
            manner="Rapat daring",
            result="Kabel diganti.",
            agreements=("Pemohon mengganti kabel",),
        ),
        deviations=(DEVIATION,),
        evidence=(EVIDENCE,),
    )


@pytest.fixture
def annex() -> SnapshotAnnex:
    return SnapshotAnnex(
        device_name="sw-core-01",
        address="192.0.2.10",
        site="Gedung B",
        taken_at=NOW,
        duration_seconds=2.4,
        complete=False,
        sha256=DIGEST,
        snapshot={
            "system": {"name": "sw-core-01", "vendor": "Contoh", "uptime_seconds": 90_060, "serial": None},
            "interfaces": [
                {
                    "name": "GigabitEthernet1/0/1",
                    "alias": "Uplink gedung B",
                    "admin_status": "up",
                    "oper_status": "down",
                    "speed_bps": 1_000_000_000,
                    "in_octets": 1_500_000_000,
                    "out_octets": None,
                    "in_errors": 3,
                    "out_errors": 4,
                }
            ],
            "processors": [{"name": "CPU 1", "usage_percent": 12.5}],
            "memory": [
                {"name": "RAM", "used_bytes": 1_000_000, "total_bytes": 4_000_000, "usage_percent": 25}
            ],
            "sensors": [{"name": "Inlet", "kind": "temperature", "value": 36.5, "unit": "celsius"}],
            "failures": [{"code": "timeout", "probe": "lldp", "message": "Tidak menjawab dalam 5 detik"}],
        },
        previous_taken_at=NOW - timedelta(minutes=15),
        changes=(
            SnapshotChange(
                object="GigabitEthernet1/0/1", what="Status operasi berubah", before="aktif", after="mati"
            ),
        ),
    )


@pytest.fixture
def report(facts: ReportFacts, annex: SnapshotAnnex) -> ReportData:
    return ReportData(
        letterhead=LETTERHEAD,
        created_at=NOW,
        state=ReportState.FINAL,
        number="LAP-15/XI/2026",
        place="Jakarta",
        signed_on=date(2026, 11, 24),
        subject="Hasil koordinasi pemeliharaan jaringan",
        ticket_number="TKT-2026-000042",
        procedure=PROCEDURE,
        sections=report_sections(facts),
        steps=STEPS,
        deviations=(DEVIATION,),
        signature=SIGNATURE,
        copies_to=("Sekretaris Kementerian",),
        evidence=(EVIDENCE,),
        snapshots=(annex,),
    )


@pytest.fixture
def wide_annex(annex: SnapshotAnnex) -> Callable[[int], SnapshotAnnex]:
    """Give the annex of a switch with many interfaces."""
    first = annex.snapshot["interfaces"][0]

    def make(count: int) -> SnapshotAnnex:
        interfaces = [{**first, "name": f"GigabitEthernet1/0/{port}"} for port in range(1, count + 1)]
        return replace(annex, snapshot={**annex.snapshot, "interfaces": interfaces})

    return make
