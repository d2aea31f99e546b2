"""The rules of the papers, pure: data contracts, Indonesian formats, markdown blocks, first texts."""

from helpdesk.documents.rules.annexes import SnapshotAnnex, SnapshotChange, SnapshotFailure
from helpdesk.documents.rules.blocks import blocks_from_markdown, escape_markdown
from helpdesk.documents.rules.contracts import (
    STANDARD_INSTRUCTIONS,
    URGENCY_LABELS,
    DispositionData,
    DispositionRecipient,
    DocumentKind,
    LetterheadData,
    ReceiptData,
    SignatureData,
    Urgency,
)
from helpdesk.documents.rules.figures import FigureSource
from helpdesk.documents.rules.report import (
    SECTION_TITLES,
    Deviation,
    EvidenceItem,
    ProcedureFacts,
    ReportData,
    ReportState,
    StepFacts,
)
from helpdesk.documents.rules.sections import (
    CoordinationFacts,
    DispositionFacts,
    Finding,
    ReportFacts,
    RequestFacts,
    VerifiedItem,
    report_sections,
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
    "FigureSource",
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
    "SnapshotFailure",
    "StepFacts",
    "Urgency",
    "VerifiedItem",
    "blocks_from_markdown",
    "escape_markdown",
    "report_sections",
]
