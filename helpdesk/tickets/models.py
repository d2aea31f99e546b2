"""Tables of tickets: the ticket, its conversation, its attachments, its evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.devices.models import Device
from helpdesk.evidence.models import Snapshot, StoredFile
from helpdesk.sop.models import ProcedureRun


class WorkProgrammeItem(Base):
    """An item of the year's program kerja."""

    __tablename__ = "work_programme_items"
    __table_args__ = (UniqueConstraint("year", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Ticket(Base):
    """A request on its way through a procedure."""

    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("year", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    # The form's own key: the same form sent twice is one ticket.
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))  # web | phone | letter | fax | visit | e-mail
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    affected: Mapped[str] = mapped_column(Text, default="")
    preferred_on: Mapped[date | None]
    requester_name: Mapped[str] = mapped_column(String(200))
    requester_agency: Mapped[str] = mapped_column(String(200))
    requester_unit: Mapped[str] = mapped_column(String(200), default="")
    requester_email: Mapped[str] = mapped_column(String(254))
    requester_phone: Mapped[str] = mapped_column(String(40))
    requester_language: Mapped[str] = mapped_column(String(2), default="id")
    consented_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="open", index=True)  # open | closed | cancelled
    sensitivity: Mapped[str] = mapped_column(String(16), default="biasa")
    work_programme_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_programme_items.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("procedure_runs.id"), unique=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    promised_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(2000))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)

    run: Mapped[ProcedureRun] = relationship()
    work_programme_item: Mapped[WorkProgrammeItem | None] = relationship()
    messages: Mapped[list[Message]] = relationship(back_populates="ticket", order_by="Message.id")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="ticket", order_by="Attachment.id")
    evidence: Mapped[list[EvidenceItem]] = relationship(back_populates="ticket", order_by="EvidenceItem.id")
    device_links: Mapped[list[TicketDevice]] = relationship(
        back_populates="ticket", order_by="TicketDevice.id"
    )
    follow_links: Mapped[list[FollowLink]] = relationship(back_populates="ticket", order_by="FollowLink.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def files_of_request(self) -> list[Attachment]:
        """What came with the request itself; what was added later is the office's."""
        own = (file for file in self.attachments if file.message_id is None)
        return [file for file in own if file.added_at == self.received_at]


class FollowLink(Base):
    """The requester's link to the ticket; it can be withdrawn."""

    __tablename__ = "follow_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship(back_populates="follow_links")


class Message(Base):
    """One turn of the conversation: a public reply, an internal note, or the requester's words."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # public | internal | requester
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    author: Mapped[Person | None] = relationship()


class Attachment(Base):
    """A file on a ticket, from the requester or from the office."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    name: Mapped[str] = mapped_column(String(255))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship()
    added_by: Mapped[Person | None] = relationship()


class TicketDevice(Base):
    """A device that the ticket is about."""

    __tablename__ = "ticket_devices"
    __table_args__ = (UniqueConstraint("ticket_id", "device_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="device_links")
    device: Mapped[Device] = relationship()


class EvidenceItem(Base):
    """A piece of bahan on the ticket: a snapshot, a file or a note. It is kept when it is set aside."""

    __tablename__ = "evidence_items"
    __table_args__ = (UniqueConstraint("ticket_id", "snapshot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    step_run_id: Mapped[int | None] = mapped_column(ForeignKey("step_runs.id"))
    kind: Mapped[str] = mapped_column(String(16))  # snapshot | file | note
    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshots.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
    details: Mapped[dict[str, Any] | None]

    ticket: Mapped[Ticket] = relationship(back_populates="evidence")
    snapshot: Mapped[Snapshot | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    added_by: Mapped[Person | None] = relationship()
