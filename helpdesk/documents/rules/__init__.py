"""The rules of the papers, pure: data contracts, Indonesian formats, markdown blocks, first texts."""

from helpdesk.documents.rules.annexes import SnapshotAnnex, SnapshotChange
from helpdesk.documents.rules.blocks import blocks_from_markdown, escape_markdown
from helpdesk.documents.rules.contracts import (
    SECTION_TITLES,
    STANDARD_INSTRUCTIONS,
    URGENCY_LABELS,
    Deviation,
    DispositionData,
    DispositionRecipient,
    DocumentKind,
    EvidenceItem,
    LetterheadData,
    ProcedureFacts,
    ReceiptData,
    ReportData,
    ReportState,
    SignatureData,
    StepFacts,
    Urgency,
)
from helpdesk.documents.rules.sections import (
    CoordinationFacts,
    DispositionFacts,
    Finding,
    ReportFacts,
    RequestFacts,
    VerifiedItem,
)

__all__ = [
    "SECTION_TITLES",
    "STANDARD_INSTRUCTIONS",
    "URGENCY_LABELS",
    "CoordinationFacts",
    "Deviation",
    "DispositionData",
    "DispositionFacts",
    "DispositionRecipient",
    "DocumentKind",
    "EvidenceItem",
    "Finding",
    "LetterheadData",
    "ProcedureFacts",
    "ReceiptData",
    "ReportData",
    "ReportFacts",
    "ReportState",
    "RequestFacts",
    "SignatureData",
    "SnapshotAnnex",
    "SnapshotChange",
    "StepFacts",
    "Urgency",
    "VerifiedItem",
    "blocks_from_markdown",
    "escape_markdown",
]
