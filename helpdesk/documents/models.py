"""Table of the papers that were made: each is a frozen file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.evidence.models import StoredFile


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
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    file: Mapped[StoredFile] = relationship()
    created_by: Mapped[Person | None] = relationship()
