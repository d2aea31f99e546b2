"""Tables of sites, devices and their credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Base


class Site(Base):
    """A place with devices, and how often their health is read."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    snapshot_minutes: Mapped[int | None]  # None: the setting's default; 0: no schedule
    created_at: Mapped[datetime]

    devices: Mapped[list[Device]] = relationship(back_populates="site", order_by="Device.name")


class Credential(Base):
    """A secret to read devices with. `public` is shown, `sealed` never is."""

    __tablename__ = "credentials"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # snmp_v1 | snmp_v2c | snmp_v3 | ssh
    public: Mapped[dict[str, Any]]
    key_id: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    # The row's own random name is part of what AES-GCM authenticates: a copied ciphertext does not open.
    binding: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    def __repr__(self) -> str:
        return f"<Credential {self.name} ({self.kind})>"


# A device may be in any number of groups; being in one is a pair of keys and nothing more.
device_group_members = Table(
    "device_group_members",
    Base.metadata,
    Column("group_id", ForeignKey("device_groups.id"), primary_key=True),
    Column("device_id", ForeignKey("devices.id"), primary_key=True, index=True),
)


class DeviceGroup(Base):
    """Devices that belong together wherever they stand, as the core or the access points."""

    __tablename__ = "device_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    description: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]

    devices: Mapped[list[Device]] = relationship(
        secondary=device_group_members, back_populates="groups", order_by="Device.name"
    )


class Device(Base):
    """A switch, router, server or UPS that can be read."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("address", "snmp_port"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    address: Mapped[str] = mapped_column(String(255))
    snmp_port: Mapped[int] = mapped_column(default=161)
    ssh_port: Mapped[int] = mapped_column(default=22)
    platform: Mapped[str | None] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(300), default="")
    snmp_credential_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    ssh_credential_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    ssh_host_key: Mapped[str | None] = mapped_column(String(100))  # SHA256:… as confirmed by a person
    # The key at which sessions stop until a person decides, and whether one has rejected it.
    ssh_key_shown: Mapped[str | None] = mapped_column(String(100))
    ssh_key_shown_at: Mapped[datetime | None]
    ssh_key_rejected_at: Mapped[datetime | None]
    allow_old_ciphers: Mapped[bool] = mapped_column(default=False)
    ssh_login_stopped_at: Mapped[datetime | None]  # the device refused it: a person decides on the next try
    ssh_login_given_at: Mapped[datetime | None]  # what was asked before this moment says nothing of it
    is_active: Mapped[bool] = mapped_column(default=True)
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    # The device it is reached through, seen from this office.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    # Which engine and size of request it answers, as `devices.reading` writes it.
    suitability: Mapped[dict[str, Any] | None]
    # Readings in a row that met silence, and the slot of the last of them.
    silent_readings: Mapped[int] = mapped_column(default=0, server_default="0")
    silent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    site: Mapped[Site] = relationship(back_populates="devices")
    groups: Mapped[list[DeviceGroup]] = relationship(
        secondary=device_group_members, back_populates="devices", order_by="DeviceGroup.name"
    )
    snmp_credential: Mapped[Credential | None] = relationship(foreign_keys=[snmp_credential_id])
    ssh_credential: Mapped[Credential | None] = relationship(foreign_keys=[ssh_credential_id])
    parent: Mapped[Device | None] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list[Device]] = relationship(back_populates="parent", order_by="Device.name")
