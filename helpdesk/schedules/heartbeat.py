"""The scheduler's sign of life: written by whoever leads, read by whoever watches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.schedules.models import SchedulerState


def note_alive(session: Session, *, started_at: datetime, now: datetime) -> None:
    """Write down that the scheduler that began to lead then is alive now."""
    state = session.get(SchedulerState, 1)
    if state is None:
        session.add(SchedulerState(id=1, started_at=started_at, seen_at=now))
    else:
        state.started_at, state.seen_at = started_at, now


def find_state(session: Session) -> SchedulerState | None:
    """Return what the scheduler last said of itself; None where none ever ran."""
    return session.get(SchedulerState, 1)
