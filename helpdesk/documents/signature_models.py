"""Table of the signatures on papers: who confirmed what in which office, and how it can be checked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.documents.models import Document


class DocumentSignature(Base):
    """A signature as it was given. Rows are only added."""

    __tablename__ = "document_signatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    signer_name: Mapped[str] = mapped_column(String(200))
    # The office as it stands on the paper, with "Plh." or "Plt." where so.
    office: Mapped[str] = mapped_column(String(300))
    method: Mapped[str] = mapped_column(String(16))  # certificate | confirmation
    signing_key_id: Mapped[int | None] = mapped_column(ForeignKey("signing_keys.id"))
    certificate_subject: Mapped[str] = mapped_column(String(500), default="")
    certificate_issuer: Mapped[str] = mapped_column(String(500), default="")
    certificate_serial: Mapped[str] = mapped_column(String(64), default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    signed_at: Mapped[datetime]
    stamped_at: Mapped[datetime | None]
    stamp_authority: Mapped[str] = mapped_column(String(300), default="")
    # What the QR code on the paper carries; nobody can guess it.
    verify_code: Mapped[str] = mapped_column(String(32), unique=True)

    document: Mapped[Document] = relationship()
    person: Mapped[Person] = relationship()
