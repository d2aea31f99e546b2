"""What the report is drawn from: its sections as people left them, and the facts of the ticket's way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from helpdesk.documents.rules import formats
from helpdesk.documents.rules.annexes import SnapshotAnnex, snapshot_to_dict
from helpdesk.documents.rules.blocks import blocks_from_markdown
from helpdesk.documents.rules.contracts import LetterheadData, SignatureData
from helpdesk.documents.rules.figures import FigureSource, figures_to_dict
from helpdesk.documents.rules.incidents import IncidentAnnex


class ReportState(StrEnum):
    """A draft carries the watermark KONSEP; a final report does not."""

    DRAFT = "draft"
    FINAL = "final"


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
    incidents: tuple[IncidentAnnex, ...] = ()
    # What the sections may show of the ticket's snapshots, by the snapshot's number.
    figures: Mapping[int, FigureSource] = field(default_factory=dict)

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
            "figures": figures_to_dict(
                [self.sections.get(code, "") for code in SECTION_TITLES], self.figures, zone
            ),
            "steps": [_step_row(step, zone) for step in self.steps],
            "total_used": formats.format_working_time(sum(step.minutes_used or 0 for step in self.steps)),
            "total_allowed": formats.format_working_time(sum(step.minutes_allowed for step in self.steps)),
            "punctuality": _punctuality(self.steps),
            "deviations": [_deviation_row(row, zone) for row in self.deviations],
            "signature": self.signature.to_dict(zone),
            "copies_to": list(self.copies_to),
            "evidence": [_evidence_row(row, zone) for row in self.evidence],
            "snapshots": [snapshot_to_dict(annex, zone) for annex in self.snapshots],
            "incidents": [annex.to_dict(zone) for annex in self.incidents],
        }


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
