"""Reading the report's making: the working copy, the versions, the remarks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.documents.report.models import ReportComment, ReportDraft, ReportVersion
from helpdesk.errors import NotFound
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import Ticket


def find_draft(session: Session, step_run_id: int) -> ReportDraft | None:
    """Return the working copy of a pass, or None."""
    return session.scalar(select(ReportDraft).where(ReportDraft.step_run_id == step_run_id))


def list_versions(session: Session, ticket: Ticket) -> Sequence[ReportVersion]:
    """Return the versions of the ticket's report, the newest first."""
    return session.scalars(
        select(ReportVersion)
        .where(ReportVersion.ticket_id == ticket.id)
        .order_by(ReportVersion.number.desc())
    ).all()


def find_latest_version(session: Session, ticket: Ticket) -> ReportVersion | None:
    """Return the newest version, or None."""
    return session.scalar(
        select(ReportVersion)
        .where(ReportVersion.ticket_id == ticket.id)
        .order_by(ReportVersion.number.desc())
        .limit(1)
    )


def get_version(session: Session, ticket: Ticket, number: int) -> ReportVersion:
    """Return a version of the ticket's report, or raise NotFound."""
    found = session.scalar(
        select(ReportVersion).where(ReportVersion.ticket_id == ticket.id, ReportVersion.number == number)
    )
    if found is None:
        raise NotFound
    return found


def next_version_number(session: Session, ticket: Ticket) -> int:
    """Return the number of the version to come; two that take the same meet at the unique constraint."""
    last = session.scalar(select(func.max(ReportVersion.number)).where(ReportVersion.ticket_id == ticket.id))
    return (last or 0) + 1


def find_returned_version(session: Session, ticket: Ticket) -> ReportVersion | None:
    """Return the version that was handed in and came back, while no later one was handed in."""
    handed_in = [one for one in ticket.run.outputs if one.kind == OutputKind.REPORT_DRAFT.value]
    if not handed_in or handed_in[-1].is_valid:
        return None
    number = handed_in[-1].data.get("version")
    return get_version(session, ticket, number) if number else None


def list_comments(session: Session, ticket: Ticket) -> Sequence[ReportComment]:
    """Return the remarks on the ticket's report, the oldest first."""
    return session.scalars(
        select(ReportComment).where(ReportComment.ticket_id == ticket.id).order_by(ReportComment.id)
    ).all()


def list_open_remarks(session: Session, ticket: Ticket) -> list[ReportComment]:
    """Return the remarks (not the answers) that nobody has settled."""
    return [
        one for one in list_comments(session, ticket) if one.answers_id is None and one.resolved_at is None
    ]


def get_comment(session: Session, ticket: Ticket, comment_id: int) -> ReportComment:
    """Return a remark of the ticket's report, or raise NotFound."""
    found = session.get(ReportComment, comment_id)
    if found is None or found.ticket_id != ticket.id:
        raise NotFound
    return found
