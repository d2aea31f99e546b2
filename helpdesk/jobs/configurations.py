"""The daily reading of running configurations."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk.evidence.configurations import queries, service

logger = logging.getLogger(__name__)

# A session costs the device a line of its few: a handful at once reads hundreds of devices in an hour.
AT_ONCE = 4
A_ROUND = 20
BUDGET_SECONDS = 150.0


def read_due(sessions: sessionmaker[Session], settings: HelpdeskSettings, *, now: datetime) -> int:
    """Read the devices whose turn has come, and return how many were tried."""
    if settings.configuration_hours == 0:
        return 0
    with sessions() as session:
        session.connection(execution_options={"reads_only": True})
        due = queries.list_due_device_ids(session, now=now, limit=A_ROUND)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="configuration") as threads:
        running = {device_id: threads.submit(_read, sessions, settings, device_id) for device_id in due}
    for device_id, done in running.items():
        problem = done.exception()
        if problem is not None:
            # One device does not end the round of the others. The kind only: the words of an error may hold
            # an address or a secret.
            logger.error("configuration of device %d was not read: %s", device_id, type(problem).__name__)
    return len(due)


def _read(sessions: sessionmaker[Session], settings: HelpdeskSettings, device_id: int) -> None:
    service.read_configuration(
        sessions,
        device_id,
        settings.key_ring(),
        hours=settings.configuration_hours,
        budget_seconds=BUDGET_SECONDS,
    )
