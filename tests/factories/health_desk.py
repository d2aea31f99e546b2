"""The week of a health report, and how a test asks for it, makes it and reads it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfReader
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.accounts.models import Person
from helpdesk.calendars.catalogue import default_calendar
from helpdesk.devices.models import Device
from helpdesk.documents.health import queries, service
from helpdesk.documents.health.rules import Period, period_of
from helpdesk.documents.health.service import ReportDesk, Scope
from helpdesk.schedules import service as schedules
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Kind, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput
from tests.factories.health import make_facts, moments, store_facts

JAKARTA = ZoneInfo("Asia/Jakarta")
WEEK = period_of(Rhythm.WEEKLY, date(2026, 11, 18))
BEGIN, END = WEEK.bounds(JAKARTA)
# Monday morning, when the week before is reported on.
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=JAKARTA).astimezone(UTC)
OFFICE = default_calendar()
MONDAYS = Timing(rhythm=Rhythm.WEEKLY, weekday=0, at_minute=360)


def fill(session: Session, device: Device, step: timedelta = timedelta(hours=6)) -> None:
    for at in moments(BEGIN, END, step):
        store_facts(session, device, make_facts(at, since=BEGIN))


def ask_for_report(
    session: Session, desk: ReportDesk, scope: Scope, *, period: Period = WEEK, now: datetime = MONDAY
) -> int:
    report_id = service.request_report(session, scope, period, desk, now=now).id
    session.commit()
    return report_id


def make_now(session: Session, desk: ReportDesk, report_id: int, owner: str = "scheduler:test") -> bool:
    # SQLite has one writer, and the test must not be it.
    session.commit()
    return make_beside(session.get_bind(), desk, report_id, owner)


def make_beside(engine: Any, desk: ReportDesk, report_id: int, owner: str) -> bool:
    return service.make_report(sessionmaker(engine), report_id, desk, owner, now=lambda: MONDAY)


def text_of(session: Session, report_id: int) -> str:
    session.expire_all()
    report = queries.get_report(session, report_id)
    assert report.file is not None
    pages = PdfReader(io.BytesIO(report.file.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def plan_weekly(session: Session, *people: Person, now: datetime, **scope: int) -> Schedule:
    given = ScheduleInput(
        kind=Kind.HEALTH_REPORT, timing=MONDAYS, recipient_ids=[one.id for one in people], **scope
    )
    made = schedules.add_schedule(session, given, now=now)
    session.commit()
    return made


def plan_due(session: Session, desk: ReportDesk, now: datetime) -> int:
    planned = service.plan_due_reports(session, desk, OFFICE, now=now)
    session.commit()
    return planned
