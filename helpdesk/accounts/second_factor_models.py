"""Tables of the second factor: the sealed secret, and the codes for when the phone is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import Base


class SecondFactor(Base):
    """A person's TOTP secret. It counts from the moment when a first code proved that it arrived."""

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    binding: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # The time step of the last code that was taken: no code counts twice, nor one before it.
    last_step: Mapped[int] = mapped_column(default=0)

    def __repr__(self) -> str:
        return f"<SecondFactor of person {self.person_id}>"


class RecoveryCode(Base):
    """A code that stands in for the phone, once. Only its digest is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
