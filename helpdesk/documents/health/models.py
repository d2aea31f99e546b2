"""Table of the health reports: the row is the work, and later what it yielded."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.devices.models import DeviceGroup, Site
from helpdesk.evidence.models import StoredFile


class HealthReport(Base):
    """The report of one scope over one period: asked for, being made, or made and frozen."""

    __tablename__ = "health_reports"
    # One report a scope and period: the constraint is what makes "made once" true.
    __table_args__ = (UniqueConstraint("scope", "first_day", "last_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(32))  # all | site:<id> | group:<id>
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("device_groups.id"))
    rhythm: Mapped[str] = mapped_column(String(16))  # daily | weekly | monthly
    first_day: Mapped[date]
    last_day: Mapped[date]
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(16), default="due", index=True)  # due | leased | done | failed
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(300), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    created_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    site: Mapped[Site | None] = relationship()
    group: Mapped[DeviceGroup | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    requested_by: Mapped[Person | None] = relationship()
