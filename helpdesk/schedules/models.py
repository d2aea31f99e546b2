"""Tables of schedules and of who gets their reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.devices.models import DeviceGroup, Site
from helpdesk.schedules.rules import Rhythm, Timing

schedule_recipients = Table(
    "schedule_recipients",
    Base.metadata,
    Column("schedule_id", ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
)


class Schedule(Base):
    """When the devices of a site, of a group or of the whole office are read, or reported on."""

    __tablename__ = "schedules"
    # One rule a scope and rhythm: a second one would only raise the question which of the two holds.
    __table_args__ = (UniqueConstraint("kind", "scope", "rhythm"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # snapshot | health_report
    scope: Mapped[str] = mapped_column(String(32))  # all | site:<id> | group:<id>, as the constraint sees it
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("device_groups.id"))
    rhythm: Mapped[str] = mapped_column(String(16))  # interval | daily | weekly | monthly
    every_minutes: Mapped[int] = mapped_column(default=0)
    at_minute: Mapped[int] = mapped_column(default=0)
    weekday: Mapped[int] = mapped_column(default=0)
    month_day: Mapped[int] = mapped_column(default=1)
    working_only: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    # Of a health report only: a snapshot's moment is that of each device.
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)

    site: Mapped[Site | None] = relationship()
    group: Mapped[DeviceGroup | None] = relationship()
    recipients: Mapped[list[Person]] = relationship(
        secondary=schedule_recipients, order_by=Person.name, passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def timing(self) -> Timing:
        """When the schedule is due."""
        return Timing(
            rhythm=Rhythm(self.rhythm),
            every_minutes=self.every_minutes,
            at_minute=self.at_minute,
            weekday=self.weekday,
            month_day=self.month_day,
            working_only=self.working_only,
        )


class SchedulerState(Base):
    """The scheduler's sign of life; the one row is number 1."""

    __tablename__ = "scheduler_states"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
