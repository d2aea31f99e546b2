"""A finding as a sentence, for pages, papers and tickets."""

from __future__ import annotations

from helpdesk.devices import reading
from helpdesk.findings.models import FindingRecord


def sentence_in(finding: FindingRecord, rules: reading.RuleBook, language: str) -> str:
    """Return the finding as a sentence; of a rule that is no more, its object."""
    rule, through = rules.get(finding.rule), finding.values.get("through")
    if rule is None:
        return f"{finding.rule}: {finding.object}"
    if through:
        # The trouble is at the device in between, and its own finding says which.
        if language.startswith("id"):
            return f"{finding.object} tidak dapat dijangkau lewat {through}."
        return f"{finding.object} cannot be reached through {through}."
    told = reading.Finding(
        rule=finding.rule, object=finding.object, severity=rule.severity, values=dict(finding.values)
    )
    return told.describe(language, rules)
