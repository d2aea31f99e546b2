"""The office as the scheduler of health reports knows it."""

from __future__ import annotations

import pytest

from config import HelpdeskSettings
from helpdesk.documents.health.desk import report_desk
from helpdesk.documents.health.service import ReportDesk
from helpdesk.notifications import service as notifications


@pytest.fixture
def desk(settings: HelpdeskSettings) -> ReportDesk:
    """Return the office as the scheduler knows it."""
    notifications.listen_to_events(settings)
    return report_desk(settings)
