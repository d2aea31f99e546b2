"""What a procedure must satisfy beyond its grammar, so that whatever may happen it can be walked. Pure."""

from __future__ import annotations

from helpdesk.sop.checks.finding import Finding
from helpdesk.sop.checks.options import check_options
from helpdesk.sop.checks.references import check_references
from helpdesk.sop.checks.ways import check_ways
from helpdesk.sop.schema import Procedure

__all__ = ["Finding", "check_procedure"]


def check_procedure(procedure: Procedure) -> list[Finding]:
    """Return everything that keeps the procedure from being walked; nothing when it is sound."""
    findings = [*check_references(procedure), *check_options(procedure)]
    # To walk the ways, steps must be told apart and lead somewhere.
    return findings or check_ways(procedure)
