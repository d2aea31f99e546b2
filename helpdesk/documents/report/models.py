"""Tables of the report's making: the working copy of a pass, the versions, the comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base


class ReportDraft(Base):
    """What stands in the editor of one pass through the step, saved as it is typed; it is no version yet."""

    __tablename__ = "report_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    step_run_id: Mapped[int] = mapped_column(ForeignKey("step_runs.id"), unique=True)
    sections: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    # Counts the savings: a page that shows an older state overwrites nothing.
    revision: Mapped[int] = mapped_column(default=1)

    saved_by: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": revision}


class ReportVersion(Base):
    """The report's text as somebody saved it. Rows are only added."""

    __tablename__ = "report_versions"
    __table_args__ = (UniqueConstraint("ticket_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    step_run_id: Mapped[int | None] = mapped_column(ForeignKey("step_runs.id"))
    number: Mapped[int]
    # The version whose text this one brought back.
    restored_from: Mapped[int | None]
    sections: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    author: Mapped[Person] = relationship()


class ReportComment(Base):
    """A remark on a section, or an answer to one. Its words stay; whether it is settled may change."""

    __tablename__ = "report_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    step_run_id: Mapped[int] = mapped_column(ForeignKey("step_runs.id"))
    version_number: Mapped[int]
    section: Mapped[str] = mapped_column(String(32))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("report_comments.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])
