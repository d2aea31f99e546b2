"""Tables of people: the roles they hold or act in, what they are qualified for, their sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Base

ADMIN = "admin"
AUDITOR = "auditor"


class Person(Base):
    """Somebody who signs in."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    nip: Mapped[str | None] = mapped_column(String(32))
    rank: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(256))
    language: Mapped[str] = mapped_column(String(2), default="id")
    is_active: Mapped[bool] = mapped_column(default=True)
    # Somebody else set the password and knows it: it opens the desk, and signs nothing until it is changed.
    password_is_temporary: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]

    appointments: Mapped[list[Appointment]] = relationship(back_populates="person", lazy="selectin")
    acting_appointments: Mapped[list[ActingAppointment]] = relationship(
        back_populates="person",
        foreign_keys="ActingAppointment.person_id",
        order_by="ActingAppointment.id",
    )
    qualifications: Mapped[list[PersonQualification]] = relationship(
        back_populates="person",
        foreign_keys="PersonQualification.person_id",
        order_by="PersonQualification.id",
    )

    def __repr__(self) -> str:
        return f"<Person {self.username}>"


class Appointment(Base):
    """A person holds a role: an office of the SOP, admin or auditor. Dates are inclusive."""

    __tablename__ = "appointments"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(64), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="appointments")

    def holds_on(self, day: date) -> bool:
        """Whether the appointment is in force that day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class ActingAppointment(Base):
    """A person stands in an office that is not theirs (Plh., Plt.), by a decree, from a day to a day.

    The days are inclusive and those of the office's zone; the moments say the same without a zone, so that
    who acted when stays true whatever the settings say later. A row is never changed but to withdraw it.
    """

    __tablename__ = "acting_appointments"
    __table_args__ = (Index("ix__acting_appointments__role_begins_at", "role", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))  # plh | plt
    for_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decree_number: Mapped[str] = mapped_column(String(120))
    decree_date: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(64))
    begins_at: Mapped[datetime]
    ends_before: Mapped[datetime]
    scope: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))

    person: Mapped[Person] = relationship(back_populates="acting_appointments", foreign_keys=[person_id])
    for_person: Mapped[Person | None] = relationship(foreign_keys=[for_person_id])
    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id])

    def is_in_force(self, at: datetime) -> bool:
        """Whether the person could act by it at the moment."""
        is_kept = self.withdrawn_at is None or at < self.withdrawn_at
        return is_kept and self.begins_at <= at < self.ends_before


class PersonQualification(Base):
    """A person has a qualification of the SOP: by which certificate, from when, until when."""

    __tablename__ = "person_qualifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code: Mapped[str] = mapped_column(String(64), index=True)
    evidence: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="qualifications", foreign_keys=[person_id])

    def is_valid_on(self, day: date) -> bool:
        """Whether the qualification counts that day."""
        is_over = self.valid_until is not None and self.valid_until < day
        return self.withdrawn_at is None and self.valid_from <= day and not is_over


class SignInSession(Base):
    """One browser that is signed in; revoking the row ends it."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(300))

    person: Mapped[Person] = relationship()


class SignInAttempt(Base):
    """One try to sign in, kept to slow down guessing."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix__sign_in_attempts__username_at", "username", "at"),
        Index("ix__sign_in_attempts__address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    succeeded: Mapped[bool]
