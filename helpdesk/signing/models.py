"""Table of the keys that people sign with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base


class SigningKey(Base):
    """A person's key with its certificate. The row stays when the key is gone: papers name it."""

    __tablename__ = "signing_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # issued | pkcs12 | token
    subject: Mapped[str] = mapped_column(String(500))
    issuer: Mapped[str] = mapped_column(String(500))
    serial: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    # The certificate of the person, then those above it.
    certificates: Mapped[str] = mapped_column(Text)
    # Where the token's key is, by labels; None for a key that is kept here.
    token: Mapped[dict[str, Any] | None]
    # The private key; emptied when the key is retired or revoked.
    key_id: Mapped[str | None] = mapped_column(String(32))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    binding: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoke_reason: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def __repr__(self) -> str:
        return f"<SigningKey {self.id} ({self.kind})>"

    @property
    def is_active(self) -> bool:
        """Whether the key may still sign, as far as the office is concerned."""
        return self.retired_at is None and self.revoked_at is None
