"""Tables of findings: what is wrong, its history, and when the office works on its devices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.accounts.models import Person
from helpdesk.database import Base
from helpdesk.devices.models import Device, DeviceGroup, Site
from helpdesk.evidence.models import Snapshot

_ALIVE = text("state IN ('pending', 'open', 'recovering')")


class FindingRecord(Base):
    """One thing that is or was wrong on a device: rule and object say which."""

    __tablename__ = "findings"
    __table_args__ = (
        # One that lives for each thing, whoever writes at the same moment.
        Index(
            "uq__findings__alive",
            "device_id",
            "rule",
            "object_key",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        Index("ix__findings__state_last_seen_at", "state", "last_seen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(Text)
    # The object where it is short, else its SHA-256: an index takes no long names.
    object_key: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(16))
    values: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    streak: Mapped[int]
    swings: Mapped[list[Any]]
    is_flapping: Mapped[bool] = mapped_column(default=False)
    # Opened while somebody worked on the device: nothing is told of it.
    is_muted: Mapped[bool] = mapped_column(default=False)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    recovered_at: Mapped[datetime | None]
    # Since when one that recovers has been good; unknown of what recovered before this was kept.
    good_since: Mapped[datetime | None]
    first_snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    last_snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))

    device: Mapped[Device] = relationship()
    last_snapshot: Mapped[Snapshot] = relationship(foreign_keys=[last_snapshot_id])
    turns: Mapped[list[FindingTurn]] = relationship(back_populates="finding", order_by="FindingTurn.id")


class FindingTurn(Base):
    """What a reading did to a finding. Rows are only added."""

    __tablename__ = "finding_turns"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"), index=True)
    turn: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    is_muted: Mapped[bool] = mapped_column(default=False)

    finding: Mapped[FindingRecord] = relationship(back_populates="turns")


class MaintenanceWindow(Base):
    """A time in which the office works on a device or a site: findings go on, and nothing is told."""

    __tablename__ = "maintenance_windows"
    __table_args__ = (Index("ix__maintenance_windows__ends_at", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    device: Mapped[Device | None] = relationship()
    site: Mapped[Site | None] = relationship()
    planned_by: Mapped[Person] = relationship(foreign_keys=[planned_by_id])


class StateChange(Base):
    """A port or a peer that changed its state, and how often between two readings."""

    __tablename__ = "state_changes"
    __table_args__ = (Index("ix__state_changes__device_id_at", "device_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    kind: Mapped[str] = mapped_column(String(16))  # port | peer
    object: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    times: Mapped[int]


class RuleOverride(Base):
    """What of a rule is different for the devices of a group, or for one device."""

    __tablename__ = "rule_overrides"
    __table_args__ = (UniqueConstraint("rule", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(32))  # group:<id> | device:<id>, as the constraint sees it
    group_id: Mapped[int | None] = mapped_column(ForeignKey("device_groups.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    values: Mapped[dict[str, Any]]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    group: Mapped[DeviceGroup | None] = relationship()
    device: Mapped[Device | None] = relationship()
    set_by: Mapped[Person] = relationship()
