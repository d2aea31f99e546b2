"""A finding as a sentence, for pages, papers and tickets."""

from __future__ import annotations

import re

from helpdesk.devices import reading
from helpdesk.findings.models import FindingRecord

_FRACTION = re.compile(r"-?\d+\.\d+")
# Values of a sentence that are measured: they are written as the language writes numbers.
_MEASURED = ("celsius", "percent", "rate")
# States that a device reports, where they are words; what a protocol calls its states stays as it is.
_STATES_ID = {
    "failed": "gagal",
    "warning": "peringatan",
    "absent": "tidak terpasang",
    "critical": "kritis",
    "major": "mayor",
    "information": "informasi",
}


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
        rule=finding.rule,
        object=finding.object,
        severity=rule.severity,
        values={name: _in_language(name, value, language) for name, value in finding.values.items()},
    )
    return told.describe(language, rules)


def _in_language(name: str, value: str, language: str) -> str:
    if name == "reason":
        return "; ".join(_clause(one, language) for one in value.split(", "))
    if name == "status" and language.startswith("id"):
        return _STATES_ID.get(value, value)
    is_number = name in _MEASURED and _FRACTION.fullmatch(value)
    return value.replace(".", ",") if is_number and language.startswith("id") else value


def _clause(reason: str, language: str) -> str:
    """Return what a failure means, to stand within a sentence; a code that is not known stays."""
    part, colon, code = reason.rpartition(": ")
    words = reading.failure_sentence({"code": code}, language)
    return part + colon + (words if words == code else words[:1].lower() + words[1:].removesuffix("."))
