"""Table of the papers that were made: each is a frozen file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.evidence.models import StoredFile
from helpdesk.numbering.models import IssuedNumber
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.sop.rules import PassState


class Document(Base):
    """A disposition sheet or a report, as it was at the moment it was made."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    step_run_id: Mapped[int | None] = mapped_column(ForeignKey("step_runs.id"))
    kind: Mapped[str] = mapped_column(String(32))
    number: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    issued_number_id: Mapped[int | None] = mapped_column(ForeignKey("issued_numbers.id"))
    # What the paper was drawn from, or what holds it: once a return makes that invalid, so is the paper.
    output_id: Mapped[int | None] = mapped_column(ForeignKey("step_outputs.id"))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    file: Mapped[StoredFile] = relationship()
    created_by: Mapped[Person | None] = relationship()
    step_run: Mapped[StepRun | None] = relationship()
    output: Mapped[StepOutput | None] = relationship()
    issued_number: Mapped[IssuedNumber | None] = relationship()

    @property
    def is_void(self) -> bool:
        """Whether the paper's number was voided: "batal"."""
        return self.issued_number is not None and self.issued_number.is_void

    @property
    def is_superseded(self) -> bool:
        """Whether a return took back what the paper says: "tidak berlaku".

        The paper of the pass that sent the work back says why, and stays good.
        """
        was_taken_back = self.output is not None and not self.output.is_valid
        return was_taken_back and not (self.step_run and self.step_run.state == PassState.RETURNED)
