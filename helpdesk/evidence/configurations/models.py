"""Tables of running configurations and of their reading."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.devices.models import Device


class Configuration(Base):
    """One version of a device's configuration, secrets masked; the same again only moves `last_seen_at`."""

    __tablename__ = "configurations"
    __table_args__ = (Index("ix__configurations__device_id_taken_at", "device_id", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    # The accepted version before: what this one is compared with.
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("configurations.id"))
    taken_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    platform: Mapped[str | None] = mapped_column(String(64))
    command: Mapped[str] = mapped_column(String(120))
    raw_sha256: Mapped[str] = mapped_column(String(64))
    normalised_sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    line_count: Mapped[int]
    problem: Mapped[str] = mapped_column(String(16))  # "" | unfinished | shrunk
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))  # the masked text, zlib

    device: Mapped[Device] = relationship()
    confirmed_by: Mapped[Person | None] = relationship()

    @property
    def is_accepted(self) -> bool:
        """Whether it counts as evidence: whole, or confirmed by a person."""
        return not self.problem or self.confirmed_at is not None


class ConfigurationReading(Base):
    """When a device's configuration is read next, and how the last try went. The row is the work."""

    __tablename__ = "configuration_readings"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True, autoincrement=False)
    next_due_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(64), default="")
