"""The scheduler: APScheduler is the clock only, every piece of work is a row with a lease."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.application import create_app
from helpdesk.database import make_engine
from helpdesk.events import ORIGIN
from helpdesk.jobs.leader import Leadership, leadership_of
from helpdesk.jobs.tasks import Tasks

logger = logging.getLogger(__name__)

WORK_SECONDS = 2
MAIL_SECONDS = 5
REMINDER_SECONDS = 30
REPORT_SECONDS = 30
PURGE_SECONDS = 3600
HEAD_SECONDS = 600
CONFIGURATION_SECONDS = 60
ALIVE_SECONDS = 15
LEADER_SECONDS = 2.0
STOP_SECONDS = 4.0
JOB_DEFAULTS = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}


class SchedulerProcess:
    """Waits to be the leader, leads until told to stop, and begins again where the lead was lost."""

    def __init__(self, settings: HelpdeskSettings, say: Callable[[str], None]) -> None:
        self._settings, self._say = settings, say
        self._stopping = threading.Event()
        self._app: Flask = create_app(settings)
        self._engine = make_engine(settings.database_url)
        self._sessions: sessionmaker[Session] = sessionmaker(self._engine, info={ORIGIN: "scheduler"})
        self._leadership: Leadership = leadership_of(settings)

    def stop(self) -> None:
        """Ask the process to end; what is being taken is finished first."""
        self._stopping.set()

    def run(self) -> None:
        """Lead whenever nobody else does, until stopped."""
        try:
            while self._wait_for_lead():
                self._lead_while_there_is_a_database()
        finally:
            self._leadership.release()
            self._engine.dispose()

    def run_once(self) -> None:
        """Do one round of what is due; another scheduler that leads is left to it."""
        try:
            if not self._leadership.acquire():
                self._say("scheduler: another one leads; nothing was done")
                return
            tasks = Tasks(self._app, self._sessions, self._settings)
            tasks.pool.take_over()
            done = tasks.once()
            tasks.pool.close(within_seconds=STOP_SECONDS)
            words = "{planned} planned, {taken} taken, {sent} e-mails sent, {read} configurations tried"
            self._say(f"scheduler: {words.format(**done)}")
        finally:
            self._leadership.release()
            self._engine.dispose()

    def _wait_for_lead(self) -> bool:
        """Return True as the leader, False when told to stop."""
        waited = False
        while not self._stopping.is_set():
            if self._leadership.acquire():
                return True
            if not waited:
                self._say("scheduler: waiting; another one leads, or the database does not answer")
                waited = True
            self._stopping.wait(LEADER_SECONDS)
        return False

    def _lead_while_there_is_a_database(self) -> None:
        try:
            self._lead()
        except OperationalError:
            # PostgreSQL is being restarted, for instance. What was leased is freed by whoever leads next.
            self._say("scheduler: the database does not answer; waiting to lead again")
            self._leadership.release()
            self._stopping.wait(LEADER_SECONDS)

    def _lead(self) -> None:
        tasks = Tasks(self._app, self._sessions, self._settings)
        freed = tasks.pool.take_over()
        scheduler = build_scheduler(tasks, self._settings.zone)
        scheduler.start()
        self._say(f"scheduler: leader ({freed} interrupted runs taken over)")
        try:
            while not self._stopping.wait(LEADER_SECONDS):
                if not self._leadership.is_held():
                    self._say("scheduler: the lead is lost; waiting to take over again")
                    return
        finally:
            scheduler.shutdown(wait=False)
            tasks.pool.close(within_seconds=STOP_SECONDS)


def build_scheduler(tasks: Tasks, zone: ZoneInfo) -> BackgroundScheduler:
    """Return the clock with every task on it."""
    scheduler = BackgroundScheduler(
        timezone=zone, job_defaults=JOB_DEFAULTS, executors={"default": ThreadPoolExecutor(4)}
    )
    for task, seconds in (
        (tasks.note_alive, ALIVE_SECONDS),
        (tasks.work_snapshots, WORK_SECONDS),
        (tasks.work_sweeps, WORK_SECONDS),
        (tasks.freeze_evidence_sets, WORK_SECONDS),
        (tasks.remind, REMINDER_SECONDS),
        (tasks.make_health_reports, REPORT_SECONDS),
        (tasks.send_outbox, MAIL_SECONDS),
        (tasks.purge, PURGE_SECONDS),
        (tasks.write_daily_head, HEAD_SECONDS),
        (tasks.class_ended_tickets, HEAD_SECONDS),
        (tasks.read_configurations, CONFIGURATION_SECONDS),
    ):
        scheduler.add_job(
            task, "interval", seconds=seconds, id=task.__name__, next_run_time=clock.now().astimezone(zone)
        )
    scheduler.add_listener(_note_failure, EVENT_JOB_ERROR)
    return scheduler


def _note_failure(event: JobExecutionEvent) -> None:
    # The kind only: an error's words may quote data. The next tick tries again.
    logger.error("task %s failed: %s", event.job_id, type(event.exception).__name__)
