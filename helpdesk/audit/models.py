"""Tables of the record: acts, their chain, its heads as written down, and personal facts kept apart."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.audit.guards import guard_statements, replacing_guards
from helpdesk.database import Base


class Event(Base):
    """An act: who, in which office, for whom, on what, when, from where. Rows are only added."""

    __tablename__ = "events"
    __table_args__ = (Index("ix__events__ticket_id_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(64), index=True)
    ticket_id: Mapped[int | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    actor_role: Mapped[str] = mapped_column(String(64), default="")
    # "Plh." or "Plt." with the decree where the person acted for somebody else; None in one's own office.
    acting: Mapped[dict[str, Any] | None]
    # Where the act came from: an address, "cli", "scheduler".
    origin: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]]
    # The digest of personal facts that are kept apart, so that they can be erased and the chain stays whole.
    sealed_sha256: Mapped[str | None] = mapped_column(String(64))


class AuditLink(Base):
    """One link of the chain: the digest of the link before and of one act. Rows are only added."""

    __tablename__ = "audit_links"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain as it was written down on a day: printed in the register. Rows are only added."""

    __tablename__ = "audit_heads"

    day: Mapped[date] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]


class SealedFacts(Base):
    """Personal facts of an act, salted; the row may be erased, never changed."""

    __tablename__ = "sealed_facts"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]]


ADDED_ONLY = ("events", "audit_links", "audit_heads")
ERASABLE = ("sealed_facts",)


def _guard(table: Table, connection: Any, **_options: Any) -> None:
    name, dialect = table.name, connection.dialect.name
    guards = guard_statements(name, dialect, erasable=name in ERASABLE)
    for statement in [*guards, *replacing_guards(name, dialect)]:
        connection.exec_driver_sql(statement)


for _name in (*ADDED_ONLY, *ERASABLE):
    event.listen(Base.metadata.tables[_name], "after_create", _guard)
