"""Tables of what a step works on: stored files, snapshot runs, frozen snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from helpdesk.database import Base
from helpdesk.devices.models import Device


class StoredFile(Base):
    """The bytes of a file, kept once per content."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    created_at: Mapped[datetime]


class SnapshotRun(Base):
    """One reading of one device that is due. The row is the work: APScheduler is only the clock."""

    __tablename__ = "snapshot_runs"
    __table_args__ = (
        UniqueConstraint("device_id", "due_at"),
        Index("ix__snapshot_runs__state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    due_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(16))  # schedule | ticket | manual | trap
    state: Mapped[str] = mapped_column(String(16), default="due")  # due | leased | done
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ticket_id: Mapped[int | None]
    commands: Mapped[list[Any] | None]  # what a person picked, beside the usual ones
    finished_at: Mapped[datetime | None]

    device: Mapped[Device] = relationship()


class Snapshot(Base):
    """What a device said at one moment: canonical JSON with its SHA-256. Never changed once written."""

    __tablename__ = "snapshots"
    __table_args__ = (Index("ix__snapshots__device_id_taken_at", "device_id", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    # One run yields one snapshot: the constraint is what makes "none twice" true.
    run_id: Mapped[int] = mapped_column(ForeignKey("snapshot_runs.id"), unique=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("snapshots.id"))
    taken_at: Mapped[datetime]
    duration_ms: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    complete: Mapped[bool]
    reachable: Mapped[bool]
    failures: Mapped[list[Any]]
    summary: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    # Canonical JSON, zlib: whole, or what differs from the base, which is always kept whole.
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("snapshots.id"), index=True)

    device: Mapped[Device] = relationship()
    previous: Mapped[Snapshot | None] = relationship(remote_side=[id], foreign_keys=[previous_id])
    base: Mapped[Snapshot | None] = relationship(remote_side=[id], foreign_keys=[base_id])
