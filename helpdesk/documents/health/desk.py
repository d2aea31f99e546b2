"""The office that a health report is made in, from the settings."""

from __future__ import annotations

from config import HelpdeskSettings
from helpdesk.documents.health.service import ReportDesk
from helpdesk.documents.steps import stationery_of


def report_desk(settings: HelpdeskSettings) -> ReportDesk:
    """Return what the making of reports takes from the settings."""
    return ReportDesk(
        stationery=stationery_of(settings),
        zone=settings.zone,
        language=settings.default_language,
        base_url=settings.base_url,
        mail_max_bytes=settings.report_mail_max_bytes,
    )
