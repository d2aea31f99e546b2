"""What each document is drawn from. Callers fill these; `to_dict()` words them for the typst templates.

Moments are aware datetimes; `to_dict()` writes them in the office's time zone, so that the dict can be stored
beside the document and always gives the same bytes again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from helpdesk.documents.rules import formats


class DocumentKind(StrEnum):
    """The papers this product draws; the value is the name of the typst template."""

    DISPOSITION = "disposition"
    EVIDENCE_LIST = "evidence_list"
    IDENTIFICATION = "identification"
    VERIFICATION = "verification"
    COORDINATION = "coordination"
    REPORT = "report"
    RECEIPT = "receipt"
    PAPER = "paper"
    REGISTER = "register"
    SOP = "sop"
    HEALTH_REPORT = "health_report"


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

    `acting` is "Plh." or "Plt." and `decree` its decree; `on_behalf_of` is the office above for "a.n.". With
    `confirmed_at` the block says that the official confirmed with the password, with `marked_at` that the
    step was done from the official's account (paraf); without either there is space for a pen.
    """

    office: str
    name: str
    rank: str = ""
    nip: str = ""
    acting: str = ""
    decree: str = ""
    on_behalf_of: str = ""
    confirmed_at: datetime | None = None
    marked_at: datetime | None = None
    qr_svg: str = ""
    # Whether the file itself carries a signature, and where and by which code anybody checks it.
    certified: bool = False
    verify_at: str = ""
    verify_code: str = ""

    def to_dict(self, timezone: str) -> dict[str, Any]:
        """Return the block as the template draws it."""
        confirmed = formats.format_moment(self.confirmed_at, timezone) if self.confirmed_at else ""
        marked = formats.format_moment(self.marked_at, timezone) if self.marked_at else ""
        return {
            "on_behalf_of": self.on_behalf_of,
            "office": f"{self.acting} {self.office}".strip(),
            "name": self.name,
            "rank": self.rank,
            "nip": self.nip,
            "confirmed_at": confirmed,
            "marked_at": marked,
            "decree": self.decree,
            "qr_svg": self.qr_svg,
            "certified": self.certified,
            "verify_at": self.verify_at,
            "verify_code": self.verify_code,
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
    due_on: date | None = None
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
            "classification": URGENCY_LABELS[self.urgency] if self.urgency is Urgency.SECRET else "",
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
            "due": formats.format_date(self.due_on, weekday=True) if self.due_on else "",
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
    # Without both it is the office's copy.
    follow_url: str = ""
    qr_svg: str = ""
    agenda_number: str = ""
    classification: str = ""
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
            "agenda_number": self.agenda_number,
            "classification": self.classification,
            "follow_url": self.follow_url,
            "qr_svg": self.qr_svg,
            "contact": self.contact or self.letterhead.contact,
            "printed": moment(self.created_at),
        }


def _ticked(labels: Mapping[Any, str], chosen: Collection[Any]) -> list[dict[str, Any]]:
    return [{"label": label, "ticked": key in chosen} for key, label in labels.items()]
