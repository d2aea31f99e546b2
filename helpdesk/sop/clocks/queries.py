"""Reading clocks: of an open step by the calendar of now, of a finished one as it was judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.sop.clocks import rules
from helpdesk.sop.clocks.explanation import Explanation, explain, read_lines
from helpdesk.sop.clocks.models import ClockEntry, StepReminder
from helpdesk.sop.clocks.rules import Clock, Entry, EntryKind, WaitingFor
from helpdesk.sop.models import StepRun


def entries_of(step_run: StepRun) -> tuple[Entry, ...]:
    """Return the ledger of the step as the rules know it, the oldest entry first."""
    return tuple(
        Entry(
            EntryKind(row.kind),
            row.at,
            WaitingFor(row.waiting_for) if row.waiting_for else None,
            row.reason,
            row.by_id,
        )
        for row in step_run.clock_entries
    )


def clock_of(step_run: StepRun, calendar: WorkingCalendar, now: datetime) -> Clock:
    """Return the clock of the step; a finished one keeps the time it was judged by."""
    entries, last = entries_of(step_run), step_run.clock_entries[-1]
    if last.judgement is not None:
        return rules.judged(entries, last.judgement)
    return rules.derive(entries, calendar, step_run.allowed_minutes, now)


def explanation_of(step_run: StepRun, calendar: WorkingCalendar, now: datetime) -> Explanation:
    """Return why the deadline of the step is what it is; of a finished one as it was reckoned then."""
    entries, last = entries_of(step_run), step_run.clock_entries[-1]
    if last.judgement is None or last.judgement["lines"] is None:
        return explain(entries, calendar, step_run.allowed_minutes, now)
    clock = rules.judged(entries, last.judgement)
    lines = read_lines(last.judgement["lines"], clock.pauses)
    return Explanation(clock.started_at, clock.allowed, lines, clock.due_at)


def is_explanation_kept(step_run: StepRun) -> bool:
    """Whether the calculation was kept with the end of the step: the steps of before the ledger have none."""
    judgement = step_run.clock_entries[-1].judgement
    return judgement is not None and judgement["lines"] is not None


def paused_minutes(step_run: StepRun, calendar: WorkingCalendar, now: datetime) -> int:
    """Return the whole working minutes that the clock of the step stood still."""
    return clock_of(step_run, calendar, now).paused_minutes


def list_entries(session: Session, step_run_id: int) -> Sequence[ClockEntry]:
    """Return the rows of the ledger of a step, the oldest first."""
    return session.scalars(
        select(ClockEntry).where(ClockEntry.step_run_id == step_run_id).order_by(ClockEntry.sequence)
    ).all()


def list_rungs(session: Session, step_run_id: int) -> frozenset[str]:
    """Return the rungs of the ladder that were claimed for the step."""
    return frozenset(
        session.scalars(select(StepReminder.rung).where(StepReminder.step_run_id == step_run_id))
    )
