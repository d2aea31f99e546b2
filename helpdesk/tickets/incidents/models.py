"""Table of the evidence sets of automatic tickets. The row is the work: whoever leases it freezes the set."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Base
from helpdesk.devices.models import Device
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.findings.models import FindingRecord
from helpdesk.tickets.models import Attachment, Ticket


class EvidenceSet(Base):
    """What was known of a device at the moment its trouble opened a ticket, as one file of the ticket."""

    __tablename__ = "evidence_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"))
    # The reading that showed the trouble, and the fresh look that was asked for because of it.
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot_runs.id"))
    event_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), index=True)  # due | leased | frozen | dropped
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    frozen_at: Mapped[datetime | None]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), unique=True)

    ticket: Mapped[Ticket] = relationship()
    device: Mapped[Device] = relationship()
    finding: Mapped[FindingRecord] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
    run: Mapped[SnapshotRun | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
