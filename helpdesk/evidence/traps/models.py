"""Tables of traps, and of what their receiver says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Base
from helpdesk.devices.models import Device


class ReceivedTrap(Base):
    """One trap or inform, without the community or key it came with; no act, so no event."""

    __tablename__ = "traps"
    __table_args__ = (Index("ix__traps__device_id_received_at", "device_id", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))  # None: an unknown source
    source: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(8))  # v1 | v2c | v3
    oid: Mapped[str] = mapped_column(String(500))
    code: Mapped[str] = mapped_column(String(64), default="")  # the name in network/traps.yaml
    uptime_seconds: Mapped[int | None]
    varbinds: Mapped[list[Any]]

    device: Mapped[Device | None] = relationship()


class TrapReceiverState(Base):
    """The receiver's sign of life and its counts; the one row is number 1."""

    __tablename__ = "trap_receivers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    listens_on: Mapped[str] = mapped_column(String(100))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
