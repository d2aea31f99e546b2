"""Use cases of health reports: asked for or due, made once, attached to the tickets, told of.

A report is a row with a lease, as a snapshot is: gathered and drawn without a transaction, then stored with
all that follows from it in one. A scheduler that is killed in between leaves a row that the next one makes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import leases
from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.database import transaction
from helpdesk.devices.grouping import get_group
from helpdesk.devices.queries import get_site
from helpdesk.documents.health import queries
from helpdesk.documents.health.errors import HealthReportRefused
from helpdesk.documents.health.figures import gather_figures
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.health.rules import Period, findings_of, period_before
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind
from helpdesk.documents.rules.health_paper import HealthReportData, report_title
from helpdesk.documents.service import Stationery, keep
from helpdesk.events import Event, record
from helpdesk.evidence import service as evidence_service
from helpdesk.evidence.models import StoredFile
from helpdesk.notifications.rules import LetterKind, health_report_url
from helpdesk.notifications.service import put_in_outbox
from helpdesk.schedules.queries import devices_of_scope
from helpdesk.schedules.rules import Rhythm, latest_slot, next_slot

# Longer than the slowest report takes: nobody makes what is being made.
LEASE = timedelta(minutes=20)
ATTEMPTS = 3
PDF = "application/pdf"

SessionFactory = Callable[[], Session]


@dataclass(frozen=True)
class ReportDesk:
    """What of the office the making of a report depends on."""

    stationery: Stationery
    zone: ZoneInfo
    language: str
    base_url: str
    # A greater report is told of by its link alone; 0 sends none.
    mail_max_bytes: int = 0


@dataclass(frozen=True)
class Scope:
    """The devices that a report is about: of a site, of a group, or all."""

    site_id: int | None = None
    group_id: int | None = None

    @property
    def code(self) -> str:
        """The scope in one word, as schedules spell it."""
        if self.group_id is not None:
            return f"group:{self.group_id}"
        return f"site:{self.site_id}" if self.site_id is not None else "all"


@dataclass(frozen=True)
class _Made:
    """A report that is drawn and not yet stored."""

    title: str
    pdf: bytes
    device_ids: list[int]
    unread: int
    findings: int


def plan_due_reports(session: Session, desk: ReportDesk, calendar: WorkingCalendar, *, now: datetime) -> int:
    """Write down a report for every schedule whose moment has come, and return how many."""
    planned = 0
    for schedule in queries.list_due_schedules(session, now=now):
        slot = latest_slot(schedule.timing, 0, now, calendar)
        schedule.next_due_at = next_slot(schedule.timing, 0, now, calendar)
        # A schedule asks for nothing that was before it.
        if slot is None or slot < schedule.created_at:
            continue
        period = period_before(Rhythm(schedule.rhythm), slot.astimezone(desk.zone).date())
        scope = Scope(schedule.site_id, schedule.group_id)
        known = queries.find_report(session, scope.code, period.first, period.last)
        if known is None:
            planned += _add(session, scope, period, desk, now=now, by=None) is not None
    session.flush()
    return planned


def request_report(
    session: Session,
    scope: Scope,
    period: Period,
    desk: ReportDesk,
    *,
    now: datetime,
    by: Person | None = None,
) -> HealthReport:
    """Ask for the report of a past period; the one that is there already is that report."""
    if period.bounds(desk.zone)[1] > now:
        raise HealthReportRefused(field="on", reason="This period is not over yet. Choose an earlier one.")
    if scope.site_id is not None:
        get_site(session, scope.site_id)
    if scope.group_id is not None:
        get_group(session, scope.group_id)
    known = queries.find_report(session, scope.code, period.first, period.last)
    if known is None:
        added = _add(session, scope, period, desk, now=now, by=by)
        known = added or queries.find_report(session, scope.code, period.first, period.last)
        assert known is not None, "somebody else added it"
    elif known.state == "failed":
        known.state, known.attempts, known.last_error = "due", 0, None
    else:
        return known
    record(session, "health_report_asked", at=now, by=by, report_id=known.id, title=known.title)
    return known


def _add(
    session: Session, scope: Scope, period: Period, desk: ReportDesk, *, now: datetime, by: Person | None
) -> HealthReport | None:
    report = HealthReport(
        scope=scope.code,
        site_id=scope.site_id if scope.group_id is None else None,
        group_id=scope.group_id,
        rhythm=period.rhythm.value,
        first_day=period.first,
        last_day=period.last,
        language=desk.language,
        state="due",
        attempts=0,
        created_at=now,
        requested_by_id=by.id if by else None,
    )
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:
        # Somebody else asked for it in this very moment: theirs is ours.
        return None
    report.title = report_title(period, scope_of(report), report.language)
    return report


def scope_of(report: HealthReport) -> tuple[str, str]:
    """Return the level of a report's scope and its name."""
    if report.group is not None:
        return "group", report.group.name
    return ("site", report.site.name) if report.site is not None else ("all", "")


def period_of_report(report: HealthReport) -> Period:
    """Return the days of a report."""
    return Period(Rhythm(report.rhythm), report.first_day, report.last_day)


def lease_report(session: Session, report_id: int, *, owner: str, now: datetime) -> bool:
    """Take the report for this owner; False where it is made or somebody else's."""
    return leases.take(session, HealthReport, report_id, owner=owner, now=now, until=now + LEASE)


def release_reports(session: Session, *, owner_prefix: str) -> int:
    """Make the reports of owners that are known to be dead due again, and return how many.

    One that ended its makers time and again is given up, so that it ends no further one.
    """
    state = case((HealthReport.attempts >= 2 * ATTEMPTS, "failed"), else_="due")
    return leases.release(session, HealthReport, owner_prefix=owner_prefix, state=state)


def make_report(
    sessions: SessionFactory, report_id: int, desk: ReportDesk, owner: str, *, now: Callable[[], datetime]
) -> bool:
    """Make a report that is due; False where it is not ours to make. What fails is tried again, then told.

    Three parts: lease (a short transaction), gather and draw (reading only), store (a short transaction).
    """
    with sessions() as session, transaction(session):
        if not lease_report(session, report_id, owner=owner, now=now()):
            return False
    with _FailureNoted(sessions, report_id, owner), sessions() as session:
        session.connection(execution_options={"reads_only": True})
        made = _draw(session, report_id, desk, now=now())
    with sessions() as session, transaction(session):
        _finish(session, report_id, made, desk, now=now())
    return True


def make_at_once(session: Session, report: HealthReport, desk: ReportDesk, *, now: datetime) -> None:
    """Make the report within the caller's transaction: where nobody else can be at it."""
    session.flush()
    _finish(session, report.id, _draw(session, report.id, desk, now=now), desk, now=now)


def _draw(session: Session, report_id: int, desk: ReportDesk, *, now: datetime) -> _Made:
    report = queries.get_report(session, report_id)
    period = period_of_report(report)
    begin, end = period.bounds(desk.zone)
    devices = devices_of_scope(session, report.site_id, report.group_id)
    figures = gather_figures(session, devices, begin, end, period.rhythm)
    data = HealthReportData(
        letterhead=desk.stationery.letterhead,
        created_at=now,
        timezone=desk.zone.key,
        language=report.language,
        period=period,
        scope=scope_of(report),
        devices=figures,
    )
    return _Made(
        title=report_title(period, data.scope, data.language),
        pdf=render_document(DocumentKind.HEALTH_REPORT, data.to_dict()),
        device_ids=[device.id for device in devices],
        unread=sum(not one.observed.answered for one in figures),
        findings=len(findings_of(figures)),
    )


def _finish(session: Session, report_id: int, made: _Made, desk: ReportDesk, *, now: datetime) -> None:
    """Store the paper with all that follows from it; a second result of the same report is discarded."""
    report = session.scalars(select(HealthReport).where(HealthReport.id == report_id).with_for_update()).one()
    if report.state == "done":
        return
    stored = evidence_service.store_file(session, made.pdf, PDF, now=now)
    report.state, report.lease_until, report.lease_owner, report.last_error = "done", None, None, None
    report.title, report.file_id, report.made_at = made.title, stored.id, now
    event = record(
        session,
        "health_report_made",
        at=now,
        report_id=report.id,
        title=report.title,
        sha256=stored.sha256,
        devices=len(made.device_ids),
        findings=made.findings,
    )
    _attach(session, report, made, desk, now=now)
    _tell(session, report, made, desk, event, stored)


def _attach(session: Session, report: HealthReport, made: _Made, desk: ReportDesk, *, now: datetime) -> None:
    """Add the paper to the tickets of the period that are about one of its devices."""
    assert report.file_id is not None
    begin, end = period_of_report(report).bounds(desk.zone)
    have = queries.tickets_with_paper(session, report.file_id)
    for ticket in queries.list_tickets_of_period(session, made.device_ids, begin, end):
        if ticket.id in have:
            continue
        paper = Document(
            ticket_id=ticket.id,
            kind=DocumentKind.HEALTH_REPORT.value,
            title=report.title,
            data={"health_report_id": report.id, "period": [str(report.first_day), str(report.last_day)]},
            created_at=now,
        )
        keep(session, paper, made.pdf, by=None, at=now)


def _tell(
    session: Session, report: HealthReport, made: _Made, desk: ReportDesk, event: Event, stored: StoredFile
) -> None:
    """Write to whoever the schedule names, with the report where it is no greater than the office sends."""
    is_sent = stored.size_bytes <= desk.mail_max_bytes
    told: set[str] = set()
    for person in queries.list_recipients(session, report):
        if person.email is None or person.email in told:
            continue
        # An office may share one mailbox: it gets one message.
        told.add(person.email)
        facts = {
            "person": person,
            "report": {
                "title": report_title(period_of_report(report), scope_of(report), person.language),
                "devices": len(made.device_ids),
                "unread": made.unread,
                "findings": made.findings,
                "sha256": stored.sha256,
                "is_attached": is_sent,
                "url": health_report_url(desk.base_url, report.id),
            },
        }
        put_in_outbox(
            session,
            event,
            LetterKind.HEALTH_REPORT,
            person.email,
            person.language,
            facts,
            file=stored if is_sent else None,
            file_name=f"{report.title.replace('/', '-')[:190]}.pdf" if is_sent else None,
        )


class _FailureNoted:
    """Notes on the row that its making failed, whatever it was; the failure goes on to whoever logs it."""

    def __init__(self, sessions: SessionFactory, report_id: int, owner: str) -> None:
        self._sessions, self._report_id, self._owner = sessions, report_id, owner

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, *_problem: object) -> None:
        """Let the next round try again, a few times."""
        if kind is None:
            return
        with self._sessions() as session, transaction(session):
            # Held before it is looked at: another maker may be storing it in this very moment.
            report = session.get_one(HealthReport, self._report_id, with_for_update=True)
            if report.lease_owner != self._owner or report.state != "leased":
                # Whoever took over in the meantime says how it went.
                return
            # The kind only: an error's words may quote data.
            report.last_error = kind.__name__[:120]
            report.state = "failed" if report.attempts >= ATTEMPTS else "due"
            report.lease_until = report.lease_owner = None
