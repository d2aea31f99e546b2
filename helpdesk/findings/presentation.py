"""How findings are put into words."""

from __future__ import annotations

from flask import current_app
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from helpdesk.devices import reading
from helpdesk.findings.models import FindingRecord
from helpdesk.findings.wording import sentence_in

SEVERITIES = {"critical": _l("Critical"), "warning": _l("Warning"), "information": _l("Information")}


def rules_of_office() -> reading.RuleBook:
    """Return the rules that this office judges by."""
    book: reading.RuleBook = current_app.extensions["health_rules"]
    return book


def finding_sentence(finding: FindingRecord) -> str:
    """Return the finding as a sentence in the language of the page."""
    return sentence_in(finding, rules_of_office(), str(get_locale()))


def finding_title(finding: FindingRecord) -> str:
    """Return what kind of finding it is, in the language of the page."""
    rule = rules_of_office().get(finding.rule)
    return rule.title.in_language(str(get_locale())) if rule else finding.rule


FILTERS = (("finding_sentence", finding_sentence), ("finding_title", finding_title))
