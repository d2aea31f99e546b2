"""Tables of a procedure that runs: the run, its steps, what they yielded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.sop.clocks.models import ClockEntry


class ProcedureRun(Base):
    """A procedure at work for one ticket; it finishes on the version it began with."""

    __tablename__ = "procedure_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_number: Mapped[str] = mapped_column(String(64))
    procedure_version: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    # The steps that one line has reached and that wait for the lines beside it; `end` too.
    arrived: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")

    steps: Mapped[list[StepRun]] = relationship(back_populates="run", order_by="StepRun.id")
    outputs: Mapped[list[StepOutput]] = relationship(back_populates="run", order_by="StepOutput.id")


class StepRun(Base):
    """One pass through one step: a step that was returned to has several."""

    __tablename__ = "step_runs"
    __table_args__ = (
        UniqueConstraint("run_id", "step_number", "attempt"),
        Index("ix__step_runs__role_state", "role", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("procedure_runs.id"), index=True)
    step_number: Mapped[int]
    step_id: Mapped[str] = mapped_column(String(64))
    attempt: Mapped[int] = mapped_column(default=1)
    role: Mapped[str] = mapped_column(String(64))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="current")  # current | done | returned
    opened_at: Mapped[datetime]
    # For lists and sorting only: the truth is the ledger and the calendar (`clocks.queries.clock_of`).
    # Written anew with every entry of the ledger and with every change of the calendar. While the clock
    # stands still (`paused_at`) it is the moment at which the step would have been due without the pause.
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    allowed_minutes: Mapped[int]
    finished_at: Mapped[datetime | None]
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    used_minutes: Mapped[int | None]
    return_reason: Mapped[str | None] = mapped_column(String(2000))
    # The answer of a decision.
    branch: Mapped[str | None] = mapped_column(String(64))
    # The office that may take the step over once its time is used up as the procedure says (escalation).
    escalates_to: Mapped[str | None] = mapped_column(String(64))
    # The office in which somebody took the step over, where that is not the step's own (escalation).
    taken_over_as: Mapped[str | None] = mapped_column(String(64))
    # The unfinished form, so that nothing typed is lost.
    draft: Mapped[dict[str, Any] | None]
    draft_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    draft_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    run: Mapped[ProcedureRun] = relationship(back_populates="steps")
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    finished_by: Mapped[Person | None] = relationship(foreign_keys=[finished_by_id])
    clock_entries: Mapped[list[ClockEntry]] = relationship(order_by=ClockEntry.sequence, lazy="selectin")
    draft_by: Mapped[Person | None] = relationship(foreign_keys=[draft_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def office_of_act(self) -> str:
        """The office in which the step is done: its own, or the one that took it over."""
        return self.taken_over_as or self.role


class StepOutput(Base):
    """What a step yielded. A return makes it invalid and keeps it."""

    __tablename__ = "step_outputs"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("procedure_runs.id"), index=True)
    step_run_id: Mapped[int | None] = mapped_column(ForeignKey("step_runs.id"))
    code: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]
    is_valid: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    run: Mapped[ProcedureRun] = relationship(back_populates="outputs")
