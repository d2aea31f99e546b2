"""The acts on a report in the words of the ticket's timeline."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from helpdesk.tickets.presenters import SENTENCES

REPORT_SENTENCES = {
    "report_version_saved": (_l("Report: version %(number)s saved"), "document"),
    "report_version_restored": (
        _l("Report: text of version %(restored_from)s brought back as version %(number)s"),
        "document",
    ),
    "report_remark_made": (_l("Report: remark written"), "message"),
    "report_remark_answered": (_l("Report: remark answered"), "message"),
    "report_remark_settled": (_l("Report: remark settled"), "done"),
    "report_remark_reopened": (_l("Report: remark opened again"), "note"),
}


def tell_on_the_timeline() -> None:
    """Add the sentences to those of the tickets."""
    SENTENCES.update(REPORT_SENTENCES)
