"""The paper of any procedure, drawn from what its steps yielded, by the sections of the procedure's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from helpdesk.documents.rules import formats
from helpdesk.documents.rules.blocks import blocks_from_markdown
from helpdesk.documents.rules.contracts import LetterheadData, SignatureData


@dataclass(frozen=True, kw_only=True)
class PaperSection:
    """One section: its heading, what the official wrote (markdown), and the outputs it shows, as
    `helpdesk.sop.presentation` words them.
    """

    title: str
    text: str = ""
    parts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class PaperData:
    """A numbered paper of a procedure; without a signer it is a draft and says so."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str = "Asia/Jakarta"
    is_draft: bool
    number: str = ""
    place: str
    signed_on: date | None = None
    title: str
    subject: str
    ticket_number: str
    requester: str
    procedure_number: str
    procedure_title: str
    legal_basis: tuple[str, ...] = ()
    sections: Sequence[PaperSection]
    signature: SignatureData
    copies_to: tuple[str, ...] = ()
    classification: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `paper` template."""
        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "title": f"{self.title} {self.number}".strip(),
            "heading": self.title,
            "author": self.signature.office,
            "keywords": [self.ticket_number, self.number, self.procedure_number],
            "is_draft": self.is_draft,
            "number": self.number,
            "place": self.place,
            "signed_on": formats.format_date(self.signed_on) if self.signed_on else "",
            "subject": self.subject,
            "ticket_number": self.ticket_number,
            "requester": self.requester,
            "procedure_number": self.procedure_number,
            "procedure_title": self.procedure_title,
            "legal_basis": list(self.legal_basis),
            "sections": [
                {
                    "title": one.title,
                    "blocks": blocks_from_markdown(one.text),
                    "parts": [dict(part) for part in one.parts],
                }
                for one in self.sections
            ],
            "signature": self.signature.to_dict(self.timezone),
            "copies_to": list(self.copies_to),
            "classification": self.classification,
        }
