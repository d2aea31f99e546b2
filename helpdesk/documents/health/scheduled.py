"""What the schedules of health reports last yielded, for their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session

from helpdesk.documents.health import queries
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.health.service import period_of_report
from helpdesk.documents.rules.health_paper import period_text
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.presentation import RESULT_SOURCES, LastResult
from helpdesk.schedules.rules import Kind


def tell_schedules() -> None:
    """Have the page of schedules lead to the latest report of each."""
    RESULT_SOURCES[Kind.HEALTH_REPORT.value] = last_results


def last_results(
    session: Session, schedules: Sequence[Schedule], _governed: Mapping[int, Sequence[int]]
) -> dict[int, LastResult]:
    """Return the latest report of each schedule, by the id of the schedule."""
    return {
        schedule_id: LastResult(
            at=report.made_at,
            words=f"{period_text(period_of_report(report), str(get_locale()))} ({state_words(report)})",
            url=url_for("health_reports.show_report", report_id=report.id),
            is_good=report.state != "failed",
        )
        for schedule_id, report in queries.list_latest(session, schedules).items()
    }


def state_words(report: HealthReport) -> str:
    """Return how far a report is."""
    if report.state == "done":
        return str(gettext("made"))
    return str(gettext("failed") if report.state == "failed" else gettext("being made"))
