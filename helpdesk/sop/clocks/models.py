"""The ledger of the clocks, and the reminders that were sent by them. Rows are only added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import Base


class ClockEntry(Base):
    """One entry of a step's clock. The database refuses to change or delete it (migration 0003)."""

    __tablename__ = "clock_entries"
    # Two people who pause or finish at the same moment want the same place: one gets it.
    __table_args__ = (UniqueConstraint("step_run_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step_run_id: Mapped[int] = mapped_column(ForeignKey("step_runs.id"))
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))  # start | pause | resume | return | stop
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    waiting_for: Mapped[str | None] = mapped_column(String(16))  # requester | agency
    reason: Mapped[str] = mapped_column(String(500), default="")
    # With the end of a step: the time it was judged by, and the calculation. None where it goes on.
    judgement: Mapped[dict[str, Any] | None]


class StepReminder(Base):
    """A rung of the ladder of reminders that a step has reached: whoever adds the row sends the reminder."""

    __tablename__ = "step_reminders"
    __table_args__ = (UniqueConstraint("step_run_id", "rung"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step_run_id: Mapped[int] = mapped_column(ForeignKey("step_runs.id"))
    rung: Mapped[str] = mapped_column(String(32))  # 50 | 80 | 100 | overdue-2026-11-25
    at: Mapped[datetime]
