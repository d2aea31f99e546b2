"""The sheets that steps leave behind: list of evidence, identification, verification, coordination."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from helpdesk.documents.rules import formats
from helpdesk.documents.rules.contracts import LetterheadData, SignatureData


@dataclass(frozen=True, kw_only=True)
class SheetHead:
    """What stands on every sheet of a step: whose, of which ticket, of which step, made when and by whom."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str = "Asia/Jakarta"
    title: str
    sheet_number: str
    agenda_number: str
    ticket_number: str
    sender: str
    subject: str
    classification: str = ""
    procedure_number: str
    procedure_title: str
    step_number: int
    step_activity: str
    attempt: int = 1
    signature: SignatureData

    def to_dict(self) -> dict[str, Any]:
        """Return the part of the data that all sheets share."""
        again = f", pelaksanaan ke-{self.attempt}" if self.attempt > 1 else ""
        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "title": f"{self.title} {self.sheet_number}",
            "heading": self.title,
            "author": self.signature.office,
            "keywords": [self.ticket_number, self.agenda_number, self.procedure_number],
            "classification": self.classification,
            "sheet_number": self.sheet_number,
            "agenda_number": self.agenda_number,
            "ticket_number": self.ticket_number,
            "sender": self.sender,
            "subject": self.subject,
            "procedure": f"{self.procedure_number} {self.procedure_title}",
            "step": f"{self.step_number}{again}",
            "step_activity": self.step_activity,
            "made": formats.format_moment(self.created_at, self.timezone, weekday=True),
            "signature": self.signature.to_dict(self.timezone),
        }


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """A piece of bahan: what it is, when it was taken, and the digest that proves it."""

    kind: str
    title: str
    taken_at: datetime
    sha256: str = ""
    size_bytes: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class EvidenceListData:
    """Daftar bahan: what the identification works on."""

    head: SheetHead
    items: tuple[EvidenceRow, ...]
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `evidence_list` template."""
        zone = self.head.timezone
        return {
            **self.head.to_dict(),
            "count": _counted(len(self.items), "bahan"),
            "items": [
                {
                    "kind": one.kind,
                    "title": one.title,
                    "note": one.note,
                    "taken": formats.format_moment_short(one.taken_at, zone),
                    "size": formats.NOT_KNOWN
                    if one.size_bytes is None
                    else formats.format_bytes(one.size_bytes),
                    "sha256": one.sha256,
                }
                for one in self.items
            ],
            "note": self.note,
        }


@dataclass(frozen=True, kw_only=True)
class IdentifiedDevice:
    """What was found on a device; `condition` is already worded."""

    device: str
    condition: str
    is_normal: bool
    finding: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposedFinding:
    """What a reading showed to be wrong, and what was decided of it; `decision` is already worded."""

    device: str
    text: str
    decision: str
    is_rejected: bool
    since: datetime
    snapshot_sha256: str
    decided_by: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class IdentificationData:
    """Lembar identifikasi."""

    head: SheetHead
    devices: tuple[IdentifiedDevice, ...]
    conclusion: str
    evidence: tuple[str, ...] = ()
    proposals: tuple[ProposedFinding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `identification` template."""
        zone = self.head.timezone
        return {
            **self.head.to_dict(),
            "devices": [asdict(one) for one in self.devices],
            "proposals": [
                {**asdict(one), "since": formats.format_moment_short(one.since, zone)}
                for one in self.proposals
            ],
            "conclusion": self.conclusion,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One item of the verification."""

    kind: str
    title: str
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class VerificationData:
    """Lembar verifikasi: every item accepted, or rejected with its reason."""

    head: SheetHead
    verdicts: tuple[Verdict, ...]
    note: str = ""
    returned_to: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `verification` template."""
        rejected = sum(not one.accepted for one in self.verdicts)
        return {
            **self.head.to_dict(),
            "verdicts": [asdict(one) for one in self.verdicts],
            "summary": _verdict(len(self.verdicts), rejected),
            "note": self.note,
            "returned_to": self.returned_to,
        }


@dataclass(frozen=True, kw_only=True)
class CoordinationData:
    """Catatan koordinasi with the related agency."""

    head: SheetHead
    agency: str
    persons: tuple[str, ...]
    held_on: date
    manner: str = ""
    result: str = ""
    agreements: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `coordination` template."""
        return {
            **self.head.to_dict(),
            "agency": self.agency,
            "persons": list(self.persons),
            "held_on": formats.format_date(self.held_on, weekday=True),
            "manner": self.manner,
            "result": self.result,
            "agreements": list(self.agreements),
        }


def _counted(count: int, what: str) -> str:
    return f"{formats.format_number(count)} ({formats.number_in_words(count)}) {what}"


def _verdict(count: int, rejected: int) -> str:
    if not rejected:
        return f"{_counted(count, 'butir')} diperiksa, seluruhnya diterima."
    accepted = count - rejected
    return (
        f"{_counted(count, 'butir')} diperiksa: {_counted(accepted, 'diterima')}, "
        f"{_counted(rejected, 'ditolak')}."
    )
