"""Every task that runs by the clock, once. Each is short, or hands its work to the pool."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts.models import SignInAttempt, SignInSession
from helpdesk.archive import service as archive
from helpdesk.archive.catalogue import load_schedule
from helpdesk.audit import service as audit
from helpdesk.calendars import service as calendars
from helpdesk.database import transaction
from helpdesk.devices.sweeps import queries as sweep_queries
from helpdesk.devices.sweeps import service as sweeps
from helpdesk.documents.health import queries as report_queries
from helpdesk.documents.health import service as health_reports
from helpdesk.documents.health.desk import report_desk
from helpdesk.documents.incidents import service as incidents
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence import service as evidence
from helpdesk.evidence.series import service as series
from helpdesk.evidence.traps import service as traps
from helpdesk.intake import service as intake
from helpdesk.jobs import configurations
from helpdesk.jobs.planning import plan_due_snapshots
from helpdesk.notifications import reminders
from helpdesk.notifications import service as notifications
from helpdesk.schedules import heartbeat
from helpdesk.tickets.context import office_of

logger = logging.getLogger(__name__)

OWNER = "scheduler"
KEEP_ATTEMPTS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=90)


def purge(session: Session, *, now: datetime) -> None:
    """Forget sign-in tries, ended sessions and files of forms never sent that nothing needs any more."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEEP_ATTEMPTS))
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - KEEP_SESSIONS))
    intake.discard_abandoned_files(session, now=now)
    series.purge(session, now=now)


class SnapshotPool:
    """Takes due runs with a bounded number of threads; a slow device holds up one of them only."""

    def __init__(self, app: Flask, sessions: sessionmaker[Session], settings: HelpdeskSettings) -> None:
        self._app, self._sessions, self._settings = app, sessions, settings
        self.owner = evidence.owner_name(OWNER)
        self.begun = 0
        self._size = settings.snapshot_concurrency
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="snapshot")
        self._lock = threading.Lock()
        self._running: dict[int, Future[int | None]] = {}
        self._closed = False

    def take_over(self) -> int:
        """Free what schedulers before us had leased: only a leader calls this, so they are dead."""
        with self._sessions() as session, transaction(session):
            health_reports.release_reports(session, owner_prefix=f"{OWNER}:")
            return evidence.release_leases(session, owner_prefix=f"{OWNER}:")

    def fill(self) -> None:
        """Hand due runs to the free threads."""
        with self._sessions() as session:
            session.connection(execution_options={"reads_only": True})
            due = evidence_queries.list_due_run_ids(session, now=clock.now(), limit=self._size * 2)
        for run_id in due:
            with self._lock:
                if self._closed or len(self._running) >= self._size:
                    return
                if run_id in self._running:
                    continue
                future = self._threads.submit(self._take, run_id)
                self._running[run_id] = future
                self.begun += 1
            future.add_done_callback(partial(self._note_end, run_id))

    def drain(self) -> None:
        """Wait until nothing is being taken any more."""
        while True:
            with self._lock:
                running = list(self._running.values())
            if not running:
                return
            wait_for(running, timeout=0.2)

    def close(self, *, within_seconds: float) -> None:
        """Take nothing more, and give what is being taken a little time; the rest is due again."""
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        wait_for(running, timeout=within_seconds)
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._sessions() as session, transaction(session):
            evidence.release_leases(session, owner_prefix=self.owner)

    def _take(self, run_id: int) -> int | None:
        with self._app.app_context():
            return evidence.carry_out_run(self._sessions, run_id, self._settings, self.owner)

    def _note_end(self, run_id: int, done: Future[int | None]) -> None:
        with self._lock:
            self._running.pop(run_id, None)
        if done.cancelled():
            return
        problem = done.exception()
        if problem is not None:
            # The kind only: the words of an error may hold an address or a secret. The lease runs out,
            # and the run is tried again.
            logger.error("snapshot run %d stopped: %s", run_id, type(problem).__name__)
        elif done.result() is not None:
            self.fill()


class Tasks:
    """The tasks of one scheduler, as the clock calls them."""

    def __init__(self, app: Flask, sessions: sessionmaker[Session], settings: HelpdeskSettings) -> None:
        self._app, self._sessions, self._settings = app, sessions, settings
        self.pool = SnapshotPool(app, sessions, settings)
        self._started_at = clock.now()
        self._file_noted_in: int | None = None

    def plan_due_snapshots(self) -> int:
        """Write down what is due."""
        with self._sessions() as session, transaction(session):
            return plan_due_snapshots(
                session,
                default_minutes=self._settings.snapshot_minutes,
                now=clock.now(),
                calendar=office_of(self._app, session).calendar,
            )

    def work_snapshots(self) -> None:
        """Plan, and take as much as there are free threads."""
        self.plan_due_snapshots()
        self.pool.fill()

    def freeze_evidence_sets(self) -> int:
        """Freeze what is known of the devices whose trouble opened a ticket a moment ago."""
        with self._app.app_context():
            return incidents.freeze_due_sets(
                self._sessions, self._settings, self._app.extensions["health_rules"], now=clock.now
            )

    def work_sweeps(self) -> None:
        """Ask the ranges of addresses that people confirmed."""
        with self._sessions() as session:
            session.connection(execution_options={"reads_only": True})
            waiting = sweep_queries.list_free_sweep_ids(session, now=clock.now())
        for sweep_id in waiting:
            sweeps.carry_out_sweep(self._sessions, sweep_id, self._settings, self.pool.owner)

    def send_outbox(self) -> int:
        """Send the e-mails that are due."""
        with self._app.app_context():
            sent: int = notifications.send_due(self._sessions, self._settings, clock.now())
            return sent

    def remind(self) -> int:
        """Remind of the steps whose time runs out, inside working hours."""
        with self._app.app_context():
            self._note_calendar_file()
            return reminders.remind_due(self._sessions, partial(office_of, self._app), clock.now())

    def _note_calendar_file(self) -> None:
        """Let the deadlines follow a calendar file, or a list of holidays, that a new start brought."""
        # The file is read when a program starts; only the years it is compared over go on.
        now = clock.now()
        if self._file_noted_in != now.year:
            with self._sessions() as session, transaction(session):
                calendars.note_file(session, self._app.extensions["calendar"], now=now)
            self._file_noted_in = now.year

    def purge(self) -> None:
        """Forget what is no longer needed."""
        with self._sessions() as session, transaction(session):
            purge(session, now=clock.now())
            traps.forget_traps(session, days=self._settings.trap_days, now=clock.now())

    def class_ended_tickets(self) -> None:
        """Give the tickets that ended their class of the retention schedule."""
        schedule = load_schedule(self._settings.retention_file)
        with self._sessions() as session, transaction(session):
            archive.class_ended_tickets(session, schedule, self._settings.zone, now=clock.now())

    def make_health_reports(self) -> int:
        """Plan the health reports that are due, make them one after the other, and return how many."""
        desk, made = report_desk(self._settings), 0
        with self._app.app_context():
            with self._sessions() as session, transaction(session):
                calendar = office_of(self._app, session).calendar
                health_reports.plan_due_reports(session, desk, calendar, now=clock.now())
            with self._sessions() as session:
                session.connection(execution_options={"reads_only": True})
                due = report_queries.list_open_reports(session, now=clock.now())
            for report_id in due:
                made += health_reports.make_report(
                    self._sessions, report_id, desk, self.pool.owner, now=clock.now
                )
        return made

    def read_configurations(self) -> int:
        """Read the running configurations that are due, a few devices at once."""
        with self._app.app_context():
            return configurations.read_due(self._sessions, self._settings, now=clock.now())

    def write_daily_head(self) -> None:
        """Write down the end of the record for the day that has passed, for the register to print."""
        now = clock.now()
        with self._sessions() as session, transaction(session):
            yesterday = now.astimezone(self._settings.zone).date() - timedelta(days=1)
            audit.write_head(session, yesterday, now=now)

    def note_alive(self) -> None:
        """Say that this scheduler is alive."""
        with self._sessions() as session, transaction(session):
            heartbeat.note_alive(session, started_at=self._started_at, now=clock.now())

    def once(self) -> dict[str, Any]:
        """Do all that is due now, and wait for it."""
        self.note_alive()
        planned = self.plan_due_snapshots()
        self.pool.fill()
        self.pool.drain()
        read = self.read_configurations()
        self.freeze_evidence_sets()
        self.work_sweeps()
        self.remind()
        self.make_health_reports()
        sent = self.send_outbox()
        self.purge()
        self.write_daily_head()
        self.class_ended_tickets()
        return {"planned": planned, "taken": self.pool.begun, "sent": sent, "read": read}
