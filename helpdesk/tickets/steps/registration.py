"""The kinds that this subject brings; documents bring theirs."""

from __future__ import annotations

from helpdesk.sop.schema import ExternalKind, OutputKind
from helpdesk.tickets.steps.coordination import CoordinationKind
from helpdesk.tickets.steps.disposition import DispositionKind
from helpdesk.tickets.steps.evidence import EvidenceKind, NetworkEvidenceKind
from helpdesk.tickets.steps.files import FileKind
from helpdesk.tickets.steps.generic import ChecklistKind, FormKind, TableKind
from helpdesk.tickets.steps.identification import IdentificationKind
from helpdesk.tickets.steps.kinds import register
from helpdesk.tickets.steps.programme import ProgrammeKind
from helpdesk.tickets.steps.verification import VerificationKind


def register_kinds() -> None:
    """Fill the table of kinds."""
    register(ExternalKind.WORK_PROGRAMME_ITEM.value, ProgrammeKind())
    # What the holder of a step brings is the same form: both kinds have the same name.
    register(OutputKind.FORM.value, FormKind())
    register(OutputKind.CHECKLIST.value, ChecklistKind())
    register(OutputKind.TABLE.value, TableKind())
    register(OutputKind.FILE.value, FileKind())
    register(OutputKind.NETWORK_EVIDENCE.value, NetworkEvidenceKind())
    register(OutputKind.DISPOSITION.value, DispositionKind())
    register(OutputKind.EVIDENCE.value, EvidenceKind())
    register(OutputKind.IDENTIFICATION.value, IdentificationKind())
    register(OutputKind.VERIFICATION.value, VerificationKind())
    register(OutputKind.COORDINATION.value, CoordinationKind())
