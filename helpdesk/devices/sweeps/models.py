"""Tables of sweeps and of what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base


class Sweep(Base):
    """A confirmed range that is asked. The row is the work: APScheduler is only the clock."""

    __tablename__ = "sweeps"

    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(64))
    port: Mapped[int]
    addresses: Mapped[int]  # how many the person confirmed
    credential_ids: Mapped[list[Any]]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(16), default="due", index=True)  # due | leased | done | failed
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    asked_by: Mapped[Person] = relationship()
    finds: Mapped[list[SweepFind]] = relationship(order_by="SweepFind.id")


class SweepFind(Base):
    """An address that answered, with the name of the credential it answered to."""

    __tablename__ = "sweep_finds"
    __table_args__ = (UniqueConstraint("sweep_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"))
    address: Mapped[str] = mapped_column(String(64))
    credential_name: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(500))
    platform: Mapped[str | None] = mapped_column(String(64))
