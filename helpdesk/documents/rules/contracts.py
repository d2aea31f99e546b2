"""What each document is drawn from. Callers fill these; `to_dict()` words them for the typst templates.

Moments are aware datetimes; `to_dict()` writes them in the office's time zone, so that the dict can be stored
beside the document and always gives the same bytes again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from helpdesk.documents.rules import formats
from helpdesk.documents.rules.annexes import SnapshotAnnex, snapshot_to_dict
from helpdesk.documents.rules.blocks import blocks_from_markdown


class DocumentKind(StrEnum):
    """The papers this product draws; the value is the name of the typst template."""

    DISPOSITION = "disposition"
    REPORT = "report"
    RECEIPT = "receipt"


class ReportState(StrEnum):
    """A draft carries the watermark KONSEP; a final report does not."""

    DRAFT = "draft"
    FINAL = "final"


class Urgency(StrEnum):
    """Sifat of a disposition."""

    ORDINARY = "biasa"
    URGENT = "segera"
    VERY_URGENT = "sangat_segera"
    SECRET = "rahasia"  # noqa: S105  # the classification of a letter, not a password


URGENCY_LABELS: dict[Urgency, str] = {
    Urgency.ORDINARY: "Biasa",
    Urgency.URGENT: "Segera",
    Urgency.VERY_URGENT: "Sangat Segera",
    Urgency.SECRET: "Rahasia",
}

# The sections of the report that people edit, in the order of the official form.
SECTION_TITLES: dict[str, str] = {
    "general": "Umum",
    "purpose": "Maksud dan Tujuan",
    "scope": "Ruang Lingkup",
    "basis": "Dasar",
    "activities": "Kegiatan yang Dilaksanakan",
    "identification": "Identifikasi Bahan",
    "verification": "Verifikasi Bahan",
    "coordination": "Koordinasi dan Kerja Sama Teknis",
    "conclusions": "Kesimpulan",
    "recommendations": "Saran",
    "closing": "Penutup",
}

STANDARD_INSTRUCTIONS: dict[str, str] = {
    "for_information": "Untuk diketahui",
    "follow_up": "Untuk ditindaklanjuti",
    "prepare_material": "Siapkan bahan",
    "coordinate": "Koordinasikan",
    "report_result": "Laporkan hasilnya",
}


@dataclass(frozen=True, kw_only=True)
class LetterheadData:
    """Kop surat. `emblem_svg` is the text of an SVG file; without it a neutral emblem is drawn."""

    agency: str
    unit: str = ""
    address: str = ""
    contact: str = ""
    emblem_svg: str = ""


@dataclass(frozen=True, kw_only=True)
class SignatureData:
    """The signature block: who, in which office, and how it was signed.

    `acting` is "Plh." or "Plt."; `on_behalf_of` is the office above for "a.n.". With `confirmed_at` the
    block says that the official confirmed with the password; without it there is space for a pen.
    """

    office: str
    name: str
    rank: str = ""
    nip: str = ""
    acting: str = ""
    on_behalf_of: str = ""
    confirmed_at: datetime | None = None
    qr_svg: str = ""

    def to_dict(self, timezone: str) -> dict[str, Any]:
        """Return the block as the template draws it."""
        confirmed = formats.format_moment(self.confirmed_at, timezone) if self.confirmed_at else ""
        return {
            "on_behalf_of": self.on_behalf_of,
            "office": f"{self.acting} {self.office}".strip(),
            "name": self.name,
            "rank": self.rank,
            "nip": self.nip,
            "confirmed_at": confirmed,
            "qr_svg": self.qr_svg,
        }


@dataclass(frozen=True, kw_only=True)
class DispositionRecipient:
    """An office on the sheet; ticked where the disposition goes to it."""

    office: str
    name: str = ""
    ticked: bool = False


@dataclass(frozen=True, kw_only=True)
class DispositionData:
    """Lembar disposisi. `standard_instructions` are keys of STANDARD_INSTRUCTIONS."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str = "Asia/Jakarta"
    ticket_number: str
    sheet_number: str
    agenda_number: str
    received_at: datetime
    sender: str
    letter_number: str = ""
    letter_date: date | None = None
    subject: str
    urgency: Urgency = Urgency.ORDINARY
    recipients: tuple[DispositionRecipient, ...]
    standard_instructions: frozenset[str] = frozenset()
    instruction: str = ""
    due_at: datetime | None = None
    work_programme: str = ""
    procedure_number: str = ""
    step_number: int
    step_activity: str = ""
    signature: SignatureData

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `disposition` template."""
        zone = self.timezone
        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "title": f"Lembar Disposisi {self.sheet_number}",
            "author": self.signature.office,
            "keywords": [self.ticket_number, self.agenda_number, self.procedure_number],
            "ticket_number": self.ticket_number,
            "sheet_number": self.sheet_number,
            "agenda_number": self.agenda_number,
            "received": formats.format_moment(self.received_at, zone, weekday=True),
            "sender": self.sender,
            "letter_number": self.letter_number,
            "letter_date": formats.format_date(self.letter_date) if self.letter_date else "",
            "subject": self.subject,
            "urgencies": _ticked(URGENCY_LABELS, {self.urgency}),
            "recipients": [asdict(recipient) for recipient in self.recipients],
            "standard_instructions": _ticked(STANDARD_INSTRUCTIONS, self.standard_instructions),
            "instruction": self.instruction,
            "due": formats.format_moment(self.due_at, zone, weekday=True) if self.due_at else "",
            "work_programme": self.work_programme,
            "procedure_number": self.procedure_number,
            "step_number": self.step_number,
            "step_activity": self.step_activity,
            "written": formats.format_moment(self.created_at, zone),
            "signature": self.signature.to_dict(zone),
        }


@dataclass(frozen=True, kw_only=True)
class ReceiptData:
    """Tanda terima for the requester, in the requester's language; `qr_svg` leads to `follow_url`."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str = "Asia/Jakarta"
    language: str = "id"
    ticket_number: str
    received_at: datetime
    requester_name: str
    requester_agency: str
    request_kind: str
    subject: str
    channel: str = ""
    attachment_names: tuple[str, ...] = ()
    promised_at: datetime | None = None
    follow_url: str
    qr_svg: str
    contact: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `receipt` template."""
        zone, language = self.timezone, self.language
        title = "Tanda Terima Permohonan" if language == "id" else "Receipt of Request"

        def moment(value: datetime) -> str:
            return formats.format_moment(value, zone, weekday=True, language=language)

        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "title": f"{title} {self.ticket_number}",
            "author": self.letterhead.unit or self.letterhead.agency,
            "keywords": [self.ticket_number],
            "language": language,
            "ticket_number": self.ticket_number,
            "received": moment(self.received_at),
            "requester_name": self.requester_name,
            "requester_agency": self.requester_agency,
            "request_kind": self.request_kind,
            "subject": self.subject,
            "channel": self.channel,
            "attachment_names": list(self.attachment_names),
            "promised": moment(self.promised_at) if self.promised_at else "",
            "follow_url": self.follow_url,
            "qr_svg": self.qr_svg,
            "contact": self.contact or self.letterhead.contact,
            "printed": moment(self.created_at),
        }


@dataclass(frozen=True, kw_only=True)
class ProcedureFacts:
    """The SOP a ticket ran under, as the report cites it."""

    number: str
    title: str
    version: int = 1
    effective_on: date | None = None
    legal_basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """One step done: a row of the activities table."""

    number: int
    activity: str
    office: str
    official: str
    started_at: datetime | None
    finished_at: datetime | None
    minutes_used: int | None
    minutes_allowed: int
    attempt: int = 1
    paused_minutes: int = 0

    @property
    def is_late(self) -> bool:
        """Whether the step took more working minutes than allowed."""
        return self.minutes_used is not None and self.minutes_used > self.minutes_allowed


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """Penyimpangan: what was not as the SOP says, and why."""

    step_number: int | None
    kind: str
    description: str
    recorded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    """One row of Lampiran I, daftar bahan. `kind` is already worded: "Cuplikan perangkat", "Berkas"."""

    kind: str
    title: str
    taken_at: datetime
    sha256: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """Laporan: `sections` maps the codes of SECTION_TITLES to markdown as the Kasubbag left it."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str = "Asia/Jakarta"
    state: ReportState = ReportState.DRAFT
    number: str = ""
    place: str
    signed_on: date | None = None
    subject: str
    ticket_number: str
    procedure: ProcedureFacts
    sections: Mapping[str, str]
    steps: tuple[StepFacts, ...]
    deviations: tuple[Deviation, ...] = ()
    signature: SignatureData
    copies_to: tuple[str, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    snapshots: tuple[SnapshotAnnex, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `report` template."""
        zone = self.timezone
        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "title": f"Laporan tentang {self.subject}",
            "author": self.signature.office,
            "keywords": [self.ticket_number, self.number, self.procedure.number],
            "is_draft": self.state is ReportState.DRAFT,
            "number": self.number,
            "place": self.place,
            "signed_on": formats.format_date(self.signed_on) if self.signed_on else "",
            "subject": self.subject,
            "ticket_number": self.ticket_number,
            "procedure_number": self.procedure.number,
            "procedure_title": self.procedure.title,
            "legal_basis": list(self.procedure.legal_basis),
            "section_titles": SECTION_TITLES,
            "sections": {code: blocks_from_markdown(text) for code, text in self.sections.items()},
            "steps": [_step_row(step, zone) for step in self.steps],
            "total_used": formats.format_working_time(sum(step.minutes_used or 0 for step in self.steps)),
            "total_allowed": formats.format_working_time(sum(step.minutes_allowed for step in self.steps)),
            "punctuality": _punctuality(self.steps),
            "deviations": [_deviation_row(row, zone) for row in self.deviations],
            "signature": self.signature.to_dict(zone),
            "copies_to": list(self.copies_to),
            "evidence": [_evidence_row(row, zone) for row in self.evidence],
            "snapshots": [snapshot_to_dict(annex, zone) for annex in self.snapshots],
        }


def _ticked(labels: Mapping[Any, str], chosen: Collection[Any]) -> list[dict[str, Any]]:
    return [{"label": label, "ticked": key in chosen} for key, label in labels.items()]


def _punctuality(steps: Sequence[StepFacts]) -> str:
    late = sum(step.is_late for step in steps)
    ended = sum(step.minutes_used is not None for step in steps)
    if not ended:
        return ""
    if not late:
        return "Seluruh langkah yang telah selesai dilaksanakan dalam waktu baku yang ditetapkan."
    counts = [f"{formats.format_number(each)} ({formats.number_in_words(each)})" for each in (ended, late)]
    return f"Dari {counts[0]} pelaksanaan langkah yang telah selesai, {counts[1]} melampaui waktu baku."


def _step_row(step: StepFacts, zone: str) -> dict[str, Any]:
    def moment(value: datetime | None) -> str:
        return formats.format_moment_short(value, zone) if value else formats.NOT_KNOWN

    used = formats.NOT_KNOWN if step.minutes_used is None else formats.format_number(step.minutes_used)
    return {
        "number": step.number,
        "attempt": step.attempt,
        "activity": step.activity,
        "official": step.official,
        "office": step.office,
        "started": moment(step.started_at),
        "finished": moment(step.finished_at),
        "used": used,
        "paused": formats.format_number(step.paused_minutes) if step.paused_minutes else "",
        "allowed": formats.format_number(step.minutes_allowed),
        "is_late": step.is_late,
    }


def _deviation_row(row: Deviation, zone: str) -> dict[str, str]:
    return {
        "step": formats.NOT_KNOWN if row.step_number is None else str(row.step_number),
        "kind": row.kind,
        "description": row.description,
        "recorded": formats.format_moment_short(row.recorded_at, zone)
        if row.recorded_at
        else formats.NOT_KNOWN,
    }


def _evidence_row(row: EvidenceItem, zone: str) -> dict[str, str]:
    return {
        "kind": row.kind,
        "title": row.title,
        "taken": formats.format_moment_short(row.taken_at, zone),
        "sha256": row.sha256,
        "size": "" if row.size_bytes is None else formats.format_bytes(row.size_bytes),
    }
