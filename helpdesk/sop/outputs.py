"""What each kind of output holds. Every caller of the services is held to it. Pure.

The generic kinds are told by their definition in the file (`output_contracts`); the official papers of the
coordination with another agency have the shape their sheets need, below.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from helpdesk.datafiles import findings_of
from helpdesk.sop import output_contracts
from helpdesk.sop.errors import OutputInvalid
from helpdesk.sop.schema import External, Output, OutputKind

Words = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=500)]
Row = Annotated[int, Field(strict=True, gt=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Day = date | None


class Sheet(BaseModel):
    """The root of all shapes: no key but the named ones."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Recipient(Sheet):
    """One of several to whom a disposition goes side by side."""

    step: Line
    role: Line
    assignee_id: Row
    assignee_name: Line


class Disposition(Sheet):
    """Lembar disposisi: to whom, what to do, how urgent."""

    sensitivity: Literal["biasa", "segera", "sangat_segera", "rahasia"]
    to_role: Line
    assignee_id: Row
    assignee_name: Line
    recipients: list[Recipient] = Field(default_factory=list, max_length=20)
    instructions: list[
        Literal["for_information", "follow_up", "prepare_material", "coordinate", "report_result"]
    ]
    instruction: Annotated[str, Field(max_length=2000)]
    due_on: Day
    letter_number: Annotated[str, Field(max_length=64)]
    letter_date: Day


class EvidenceEntry(Sheet):
    """One piece of bahan, with what makes it provable."""

    id: Row
    kind: Literal["snapshot", "file", "note"]
    title: Line
    sha256: Digest
    added_at: Line


class Evidence(Sheet):
    """Data dan/atau bahan."""

    items: list[EvidenceEntry]
    note: Words


class FindingEntry(Sheet):
    """What was found on one device."""

    device_id: Row
    device: Line
    condition: Literal["normal", "attention", "fault"]
    finding: Words
    advice: Words


class ProposalEntry(Sheet):
    """What a reading showed to be wrong, and what the technician decided of it."""

    finding_id: Row
    device_id: Row
    device: Line
    rule: Line
    object: Words
    since: Line
    snapshot_id: Row
    sha256: Digest
    proposed: Words
    text: Words
    decision: Literal["accepted", "edited", "rejected"]
    reason: Words
    decided_by: Line
    decided_at: Line


class Identification(Sheet):
    """Proses identifikasi; `proposals` are what the readings proposed."""

    findings: list[FindingEntry]
    proposals: list[ProposalEntry] = Field(default_factory=list)
    conclusion: Annotated[str, Field(min_length=1, max_length=20_000)]


class Verdict(Sheet):
    """Accepted, or rejected with a reason."""

    ref: Line
    kind: Line
    title: Line
    accepted: Annotated[bool, Field(strict=True)]
    reason: Words


class Verification(Sheet):
    """Verifikasi bahan."""

    items: list[Verdict] = Field(min_length=1)
    note: Words


class Coordination(Sheet):
    """Koordinasi dan kerja sama teknis."""

    agency: Annotated[str, Field(min_length=1, max_length=200)]
    persons: list[Line] = Field(min_length=1)
    held_on: date
    manner: Literal["meeting", "online", "phone", "letter", "visit"]
    result: Annotated[str, Field(min_length=1, max_length=20_000)]
    agreements: list[Words]


class ReportDraft(Sheet):
    """Konsep laporan: its sections; what the report editor keeps beside them is its own."""

    model_config = ConfigDict(extra="allow")
    sections: dict[str, Words] = Field(min_length=1)


class SignedReport(Sheet):
    """Laporan: the paper that was kept; what proves the signature stands beside it."""

    model_config = ConfigDict(extra="allow")
    document_id: Row
    number: Line | None
    sha256: Digest


SHEETS: dict[OutputKind, type[Sheet]] = {
    OutputKind.DISPOSITION: Disposition,
    OutputKind.EVIDENCE: Evidence,
    OutputKind.IDENTIFICATION: Identification,
    OutputKind.VERIFICATION: Verification,
    OutputKind.COORDINATION: Coordination,
    OutputKind.REPORT_DRAFT: ReportDraft,
    OutputKind.SIGNED_REPORT: SignedReport,
}


def check_output(output: Output | External, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data as it may be kept, or raise OutputInvalid with the first thing wrong."""
    if isinstance(output, External):
        values = data.get("values")
        if set(data) != {"values"} or not isinstance(values, Mapping):
            raise OutputInvalid(output.title, "values", "There is no form here.")
        faults = list(output_contracts.field_faults(output.fields, values, "values."))
    elif output.kind in SHEETS:
        _check_sheet(output, data)
        return dict(data)
    else:
        faults = output_contracts.faults_of(output, data)
    for fault in faults:
        raise OutputInvalid(output.title, fault.where, fault.reason)
    return dict(data)


def _check_sheet(output: Output, data: Mapping[str, Any]) -> None:
    try:
        sheet = SHEETS[output.kind].model_validate(dict(data))
    except ValidationError as error:
        location, reason = findings_of(error)[0]
        raise OutputInvalid(output.title, ".".join(str(part) for part in location), reason) from None
    left_out = _said_nothing(sheet)
    if left_out:
        raise OutputInvalid(output.title, *left_out)


def _said_nothing(sheet: Sheet) -> tuple[str, str] | None:
    """Say where a sheet leaves out what its reader works from."""
    if isinstance(sheet, Disposition) and not sheet.instructions and not sheet.instruction.strip():
        return "instruction", "Tick an instruction, or write one."
    if isinstance(sheet, Evidence) and not sheet.items and not sheet.note.strip():
        return "items", "Choose at least one piece of evidence, or write what was observed."
    if isinstance(sheet, Identification):
        if any(one.decision == "rejected" and not one.reason.strip() for one in sheet.proposals):
            return "proposals", "Say why it is no finding: the evidence shows one."
        silent = (one for one in sheet.findings if one.condition != "normal" and not one.finding.strip())
        return next(
            (("findings", "Write what was found: the condition is not normal.") for _ in silent), None
        )
    if isinstance(sheet, Verification):
        silent_no = (one for one in sheet.items if not one.accepted and not one.reason.strip())
        return next((("items", "Say why the item is rejected.") for _ in silent_no), None)
    return None


def rejects(output: Output | External, data: Mapping[str, Any]) -> bool:
    """Whether the data says that the work has to go back."""
    if output.kind is not OutputKind.VERIFICATION:
        return False
    return any(not one.get("accepted") for one in data.get("items", ()))
