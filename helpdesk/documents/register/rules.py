"""An entry of the register book, and the book as it is printed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from helpdesk.documents.rules import LetterheadData, formats

STATUS_WORDS = {"open": "Dalam proses", "closed": "Selesai", "cancelled": "Dibatalkan"}


@dataclass(frozen=True)
class Officer:
    """Who has a step, in which office; `acting` is "Plh." or "Plt." where it is somebody else's."""

    step: int
    office: str
    name: str
    acting: str = ""

    def worded(self) -> str:
        """Return "5. Bagus Prasetyo, Plh. Kasubbag", or the office alone where nobody was chosen."""
        office = f"{self.acting} {self.office}".strip()
        return f"{self.step}. {self.name}, {office}" if self.name else f"{self.step}. {office}"


@dataclass(frozen=True)
class RegisterNumber:
    """The number of the paper that ended a case; a void one with its reason."""

    text: str
    is_void: bool = False
    void_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterEntry:
    """One line of the book."""

    number: int
    agenda: str
    ticket_id: int
    ticket_number: str
    received_at: datetime
    sender: str
    subject: str
    officers: tuple[Officer, ...] = ()
    closed_at: datetime | None = None
    numbers: tuple[RegisterNumber, ...] = ()
    status: str
    cancel_reason: str = ""
    late_steps: tuple[int, ...] = ()
    is_secret: bool = False
    procedure: str = ""

    def remarks(self) -> str:
        """Return Keterangan in official words."""
        words = [] if self.status == "closed" else [STATUS_WORDS.get(self.status, self.status)]
        if self.cancel_reason:
            words[-1:] = [f"Dibatalkan: {self.cancel_reason}"]
        if self.is_secret:
            words.append("Rahasia")
        if self.late_steps:
            words.append("Terlambat pada langkah " + ", ".join(map(str, self.late_steps)))
        words += [f"{one.text} batal: {one.void_reason}" for one in self.numbers if one.is_void]
        return "; ".join(words)


@dataclass(frozen=True, kw_only=True)
class RegisterData:
    """Buku register of a year; `heads` are the ends of the chain of records, day by day."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str = "Asia/Jakarta"
    year: int
    printed_by: str
    narrowed: str = ""
    entries: Sequence[RegisterEntry]
    heads: Sequence[tuple[date, int, str]] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `register` template."""
        zone = self.timezone
        closed = sum(one.status == "closed" for one in self.entries)
        cancelled = sum(one.status == "cancelled" for one in self.entries)
        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "title": f"Buku Register Tahun {self.year}",
            "author": self.letterhead.unit or self.letterhead.agency,
            "keywords": ["buku register", str(self.year)],
            "classification": "",
            "year": str(self.year),
            "narrowed": self.narrowed,
            "printed": f"Dicetak oleh {self.printed_by} pada {formats.format_moment(self.created_at, zone)}",
            "totals": _totals(len(self.entries), closed, cancelled),
            "entries": [_row(one, zone) for one in self.entries],
            "heads": [
                [formats.format_date(day), formats.format_number(sequence), digest]
                for day, sequence, digest in self.heads
            ],
        }


def _totals(count: int, closed: int, cancelled: int) -> str:
    whole, done, running, ended = map(
        formats.format_number, (count, closed, count - closed - cancelled, cancelled)
    )
    return f"{whole} permohonan: {done} selesai, {running} dalam proses, {ended} dibatalkan."


def _row(entry: RegisterEntry, zone: str) -> list[str]:
    def day(moment: datetime | None) -> str:
        return formats.format_moment_short(moment, zone).split(" ")[0] if moment else formats.NOT_KNOWN

    return [
        str(entry.number),
        day(entry.received_at),
        entry.ticket_number,
        entry.sender,
        entry.subject,
        "\n".join(officer.worded() for officer in entry.officers) or formats.NOT_KNOWN,
        day(entry.closed_at),
        "\n".join(one.text for one in entry.numbers) or formats.NOT_KNOWN,
        entry.remarks() or formats.NOT_KNOWN,
    ]
