"""What an archive says in JSON: the case, its conversation, its timeline. Moments are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from helpdesk.database import Base
from helpdesk.events import Event
from helpdesk.sop.clocks.queries import clock_of, entries_of
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office

# Keys of the program, which tell an auditor nothing.
_LEFT_OUT = frozenset({"version", "submission_key", "draft", "run_id", "lease_owner"})


def case_facts(ticket: Ticket, office: Office, *, now: datetime) -> dict[str, Any]:
    """Return the ticket with its procedure, its steps with their clocks, and what they yielded."""
    procedure = office.procedure_of(ticket.run)
    item = ticket.work_programme_item
    return {
        "ticket": row_facts(ticket),
        "work_programme": f"{item.code} {item.title}" if item else None,
        "procedure": procedure.model_dump(mode="json"),
        "steps": [_step(step, office, now=now) for step in ticket.run.steps],
        "outputs": [_output(output) for output in ticket.run.outputs],
        "evidence": [row_facts(item) for item in ticket.evidence],
    }


def conversation_facts(ticket: Ticket) -> list[dict[str, Any]]:
    """Return every turn of the conversation with who wrote it, the oldest first."""
    files: dict[int | None, list[dict[str, Any]]] = {}
    for one in ticket.attachments:
        files.setdefault(one.message_id, []).append({"name": one.name, "sha256": one.file.sha256})
    return [
        {
            **row_facts(message),
            "author": message.author.name if message.author else None,
            "files": files.get(message.id, []),
        }
        for message in ticket.messages
    ]


def timeline_facts(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """Return every act on the ticket, the oldest first."""
    events = session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))
    return [row_facts(event) for event in events]


def row_facts(row: Base) -> dict[str, Any]:
    """Return the columns of a row as plain JSON values."""
    columns = inspect(row).mapper.column_attrs
    return {one.key: _plain(getattr(row, one.key)) for one in columns if one.key not in _LEFT_OUT}


def _step(step: StepRun, office: Office, *, now: datetime) -> dict[str, Any]:
    clock = clock_of(step, office.calendar, now)
    return {
        **row_facts(step),
        "assignee": step.assignee.name if step.assignee else None,
        "finished_by": step.finished_by.name if step.finished_by else None,
        "used_minutes": clock.used_minutes,
        "paused_minutes": clock.paused_minutes,
        "clock": [
            {
                "kind": entry.kind.value,
                "at": _plain(entry.at),
                "waiting_for": entry.waiting_for.value if entry.waiting_for else None,
                "reason": entry.reason,
            }
            for entry in entries_of(step)
        ],
    }


def _output(output: StepOutput) -> dict[str, Any]:
    return row_facts(output)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
