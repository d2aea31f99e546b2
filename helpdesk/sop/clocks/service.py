"""Use cases of a step's clock: it starts, pauses, resumes, ends; its deadline is reckoned anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import WorkingCalendar, due_after
from helpdesk.calendars.windows import digest_of, local_day
from helpdesk.errors import InputInvalid
from helpdesk.sop.clocks import queries, rules
from helpdesk.sop.clocks.explanation import explain, write_lines
from helpdesk.sop.clocks.models import ClockEntry, StepReminder
from helpdesk.sop.clocks.rules import Clock, EntryKind, WaitingFor
from helpdesk.sop.models import StepRun

LONGEST_REASON = 500


@dataclass(frozen=True)
class Moved:
    """A deadline of an open step that the calendar moved."""

    step_run: StepRun
    before: datetime
    after: datetime


def start_clock(step_run: StepRun, calendar: WorkingCalendar, *, now: datetime) -> None:
    """Begin the ledger of a step that opens."""
    step_run.clock_entries.append(
        ClockEntry(sequence=1, kind=EntryKind.START.value, at=now, by_id=None, reason="")
    )
    step_run.due_at = _cached_due(queries.clock_of(step_run, calendar, now), calendar)


def pause_clock(
    session: Session,
    step_run: StepRun,
    calendar: WorkingCalendar,
    *,
    waiting_for: WaitingFor,
    reason: str,
    by: Person,
    now: datetime,
) -> Clock:
    """Let the clock stand still, because the office waits for the requester or the agency."""
    words = reason.strip()
    if not words:
        raise InputInvalid(field="reason", reason="Say what you wait for, in a few words.")
    if len(words) > LONGEST_REASON:
        raise InputInvalid(field="reason", reason="Use at most 500 characters.")
    entry = _next_entry(step_run, EntryKind.PAUSE, by_id=by.id, now=now)
    entry.waiting_for, entry.reason = waiting_for.value, words
    return _keep(session, step_run, entry, calendar, now)


def resume_clock(
    session: Session, step_run: StepRun, calendar: WorkingCalendar, *, by: Person | None, now: datetime
) -> Clock:
    """Let the clock run again; `by` is None where the requester's answer does it."""
    entry = _next_entry(step_run, EntryKind.RESUME, by_id=by.id if by else None, now=now)
    return _keep(session, step_run, entry, calendar, now)


def end_clock(
    step_run: StepRun, calendar: WorkingCalendar, *, is_returned: bool, by: Person, now: datetime
) -> Clock:
    """End the ledger with what the step is judged by; a pause that goes on ends with it."""
    kind = EntryKind.RETURN if is_returned else EntryKind.STOP
    entry = _next_entry(step_run, kind, by_id=by.id, now=now)
    # Reckoned with the end in place, and kept with it: the entry can never be written again.
    step_run.clock_entries.append(entry)
    entries = queries.entries_of(step_run)
    clock = rules.derive(entries, calendar, step_run.allowed_minutes, entry.at)
    told = explain(entries, calendar, step_run.allowed_minutes, entry.at)
    last = max(clock.due_at or entry.at, entry.at)
    digest = digest_of(calendar, local_day(calendar, clock.started_at), local_day(calendar, last))
    entry.judgement = rules.judgement_of(clock, digest, write_lines(told.lines))
    step_run.used_minutes = clock.used_minutes
    step_run.due_at = clock.due_at or step_run.due_at
    step_run.paused_at = None
    return clock


def abandon_clock(step_run: StepRun, *, by: Person, now: datetime) -> None:
    """End the ledger of a step that nobody will do: it is judged by nothing."""
    step_run.clock_entries.append(_next_entry(step_run, EntryKind.STOP, by_id=by.id, now=now))
    step_run.paused_at = None


def reckon_anew(
    session: Session, step_runs: Sequence[StepRun], calendar: WorkingCalendar, *, now: datetime
) -> list[Moved]:
    """Write the deadlines of open steps as the calendar has them now, and return those that moved."""
    moved = []
    for step_run in step_runs:
        before = step_run.due_at
        after = _cached_due(queries.clock_of(step_run, calendar, now), calendar)
        if after != before:
            _write_cache(session, step_run, due_at=after, paused_at=step_run.paused_at)
            moved.append(Moved(step_run, before, after))
    return moved


def claim_rung(session: Session, step_run_id: int, rung: str, *, now: datetime) -> bool:
    """Take the right to send a reminder; False where somebody else has it."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = StepReminder.__table__
    assert isinstance(table, Table)
    statement = insert(table).values(step_run_id=step_run_id, rung=rung, at=now)
    # Whoever comes second waits for the first one's commit, and then gets no row.
    taken = session.execute(statement.on_conflict_do_nothing().returning(table.c.id))
    return taken.first() is not None


def _next_entry(step_run: StepRun, kind: EntryKind, *, by_id: int | None, now: datetime) -> ClockEntry:
    last = step_run.clock_entries[-1]
    rules.ensure_may_follow(EntryKind(last.kind), kind)
    # Two machines may differ by a moment; a ledger never goes back in time.
    return ClockEntry(
        sequence=last.sequence + 1, kind=kind.value, at=max(now, last.at), by_id=by_id, reason=""
    )


def _keep(
    session: Session, step_run: StepRun, entry: ClockEntry, calendar: WorkingCalendar, now: datetime
) -> Clock:
    step_run.clock_entries.append(entry)
    session.flush()
    clock = queries.clock_of(step_run, calendar, now)
    pause = clock.open_pause
    due_at = _cached_due(clock, calendar)
    _write_cache(session, step_run, due_at=due_at, paused_at=pause.starts_at if pause else None)
    return clock


def _cached_due(clock: Clock, calendar: WorkingCalendar) -> datetime:
    """The due moment; of a clock that stands still the one it would have had without the pause."""
    if clock.due_at is not None:
        return clock.due_at
    return due_after(calendar, clock.pauses[-1].starts_at, clock.remaining)


def _write_cache(
    session: Session, step_run: StepRun, *, due_at: datetime, paused_at: datetime | None
) -> None:
    # Past the unit of work, so that the version of the step stays: a form somebody fills in meanwhile is
    # not out of date because the clock was paused or the calendar changed.
    session.execute(
        update(StepRun).where(StepRun.id == step_run.id).values(due_at=due_at, paused_at=paused_at)
    )
