"""The report's first text: official Indonesian, generated from the steps, then edited by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.documents.rules.contracts import Deviation, EvidenceItem, ProcedureFacts, StepFacts


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """Who asked, when and for what. `channel` and `kind` are already worded in Indonesian."""

    ticket_number: str
    requester_name: str
    requester_agency: str
    received_at: datetime
    channel: str
    kind: str
    subject: str
    description: str
    affected: str = ""
    letter_number: str = ""
    letter_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class DispositionFacts:
    """One disposition given on the way: from which office to which, with what instruction."""

    sheet_number: str
    step_number: int
    from_office: str
    to_office: str
    to_name: str
    instruction: str
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding of the identification; `severity` is already worded ("Ringan", "Sedang", "Berat")."""

    device: str
    title: str
    description: str = ""
    severity: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifiedItem:
    """One item of the verification: accepted, or rejected with a reason."""

    title: str
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CoordinationFacts:
    """The coordination with the agency: who met, when, how, and what came of it."""

    agency: str
    persons: tuple[str, ...]
    held_on: date
    manner: str = ""
    subject: str = ""
    result: str = ""
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """All that the sections are generated from."""

    timezone: str = "Asia/Jakarta"
    office: str
    unit: str
    request: RequestFacts
    procedure: ProcedureFacts
    work_programme: str = ""
    steps: tuple[StepFacts, ...]
    dispositions: tuple[DispositionFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    identification_summary: str = ""
    verified_items: tuple[VerifiedItem, ...] = ()
    coordination: CoordinationFacts | None = None
    deviations: tuple[Deviation, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
