"""Table of the reasons that people give for what was not as the SOP says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base


class DeviationReason(Base):
    """Why a pass through a step deviated, in the words of who did it. The latest counts; all are kept."""

    __tablename__ = "deviation_reasons"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    step_run_id: Mapped[int] = mapped_column(ForeignKey("step_runs.id"))
    kind: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(2000))
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    written_by: Mapped[Person] = relationship()
