"""Reading health reports, and the tickets and people that one of them concerns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from helpdesk import leases
from helpdesk.accounts.models import Person
from helpdesk.documents.health.errors import HealthReportNotFound
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.models import Document
from helpdesk.evidence.models import Snapshot
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Kind
from helpdesk.tickets.models import EvidenceItem, Ticket, TicketDevice
from helpdesk.tickets.rules import TicketStatus


def get_report(session: Session, report_id: int) -> HealthReport:
    """Return the report, or raise HealthReportNotFound."""
    report = session.get(HealthReport, report_id)
    if report is None:
        raise HealthReportNotFound
    return report


def find_report(session: Session, scope: str, first: date, last: date) -> HealthReport | None:
    """Return the report of the scope over the days."""
    return session.scalar(
        select(HealthReport).where(
            HealthReport.scope == scope, HealthReport.first_day == first, HealthReport.last_day == last
        )
    )


def select_reports() -> Select[HealthReport]:
    """Return the statement of all reports, the latest period first, for lists in pages."""
    return (
        select(HealthReport)
        .options(joinedload(HealthReport.site), joinedload(HealthReport.group), joinedload(HealthReport.file))
        .order_by(HealthReport.last_day.desc(), HealthReport.first_day.desc(), HealthReport.id.desc())
    )


def list_open_reports(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the reports that wait to be made, or whose lease has run out."""
    is_free = leases.is_free(HealthReport, now)
    return session.scalars(
        select(HealthReport.id).where(is_free).order_by(HealthReport.created_at, HealthReport.id)
    ).all()


def list_latest(session: Session, schedules: Sequence[Schedule]) -> dict[int, HealthReport]:
    """Return the latest report of each schedule's scope and rhythm, by the id of the schedule."""
    scopes = {one.scope for one in schedules}
    rows = session.scalars(
        select(HealthReport).where(HealthReport.scope.in_(scopes)).order_by(HealthReport.last_day)
    )
    latest = {(row.scope, row.rhythm): row for row in rows}
    found = {one.id: latest.get((one.scope, one.rhythm)) for one in schedules}
    return {schedule_id: report for schedule_id, report in found.items() if report is not None}


def list_due_schedules(session: Session, *, now: datetime) -> Sequence[Schedule]:
    """Return the schedules of reports whose moment has come or is not reckoned yet, for planning."""
    return session.scalars(
        select(Schedule)
        .where(
            Schedule.kind == Kind.HEALTH_REPORT.value,
            Schedule.is_enabled,
            or_(Schedule.next_due_at.is_(None), Schedule.next_due_at <= now),
        )
        .order_by(Schedule.id)
        .with_for_update(skip_locked=True)
    ).all()


def list_recipients(session: Session, report: HealthReport) -> list[Person]:
    """Return who is told of the report: the people of the schedules of its scope and rhythm."""
    schedules = session.scalars(
        select(Schedule)
        .where(
            Schedule.kind == Kind.HEALTH_REPORT.value,
            Schedule.scope == report.scope,
            Schedule.rhythm == report.rhythm,
        )
        .options(selectinload(Schedule.recipients))
    )
    people = {person.id: person for schedule in schedules for person in schedule.recipients}
    return [person for person in people.values() if person.is_active and person.email]


def list_tickets_of_period(
    session: Session, device_ids: Sequence[int], begin: datetime, end: datetime
) -> Sequence[Ticket]:
    """Return the tickets that were open at some time of the period and are about one of the devices."""
    named = select(TicketDevice.ticket_id).where(TicketDevice.device_id.in_(device_ids))
    shown = (
        select(EvidenceItem.ticket_id)
        .join(Snapshot, Snapshot.id == EvidenceItem.snapshot_id)
        .where(Snapshot.device_id.in_(device_ids))
    )
    return session.scalars(
        select(Ticket)
        .where(
            Ticket.received_at < end,
            or_(Ticket.closed_at.is_(None), Ticket.closed_at >= begin),
            Ticket.status != TicketStatus.CANCELLED.value,
            or_(Ticket.id.in_(named), Ticket.id.in_(shown)),
        )
        .order_by(Ticket.id)
    ).all()


def tickets_with_paper(session: Session, file_id: int) -> set[int]:
    """Return the tickets that have the file among their papers."""
    return set(session.scalars(select(Document.ticket_id).where(Document.file_id == file_id)))
