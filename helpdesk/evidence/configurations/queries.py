"""Reading configurations: the versions of a device, what differs, what is due to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.evidence.configurations.errors import ConfigurationNotFound
from helpdesk.evidence.configurations.models import Configuration, ConfigurationReading
from helpdesk.evidence.configurations.rules import unpack

_ACCEPTED = or_(Configuration.problem == "", Configuration.confirmed_at.is_not(None))


def select_configurations(device_id: int) -> Select[Configuration]:
    """Return the statement of a device's versions, the latest first, for lists in pages."""
    return (
        select(Configuration)
        .where(Configuration.device_id == device_id)
        .order_by(Configuration.taken_at.desc(), Configuration.id.desc())
    )


def get_configuration(session: Session, device_id: int, configuration_id: int) -> Configuration:
    """Return the version of this device, or raise ConfigurationNotFound."""
    found = session.scalar(
        select(Configuration)
        .where(Configuration.id == configuration_id, Configuration.device_id == device_id)
        .options(joinedload(Configuration.device).joinedload(Device.site))
    )
    if found is None:
        raise ConfigurationNotFound
    return found


def find_head(session: Session, device_id: int) -> Configuration | None:
    """Return the device's latest version that counts as evidence."""
    return session.scalar(select_configurations(device_id).where(_ACCEPTED).limit(1))


def find_latest(session: Session, device_id: int) -> Configuration | None:
    """Return what was read last, evidence or not."""
    return session.scalar(select_configurations(device_id).limit(1))


def list_accepted(session: Session, device_id: int, *, limit: int = 100) -> Sequence[Configuration]:
    """Return the latest versions that can be compared, the latest first."""
    return session.scalars(select_configurations(device_id).where(_ACCEPTED).limit(limit)).all()


def configuration_change_since(session: Session, device_id: int, since: datetime) -> Configuration | None:
    """Return the latest version that took another one's place after the moment; None where none did."""
    came = func.coalesce(Configuration.confirmed_at, Configuration.taken_at)
    return session.scalar(
        select_configurations(device_id)
        .where(_ACCEPTED, Configuration.previous_id.is_not(None), came > since)
        .limit(1)
    )


def text_of(configuration: Configuration) -> str:
    """Return the masked text as the device printed it."""
    return unpack(configuration.content)


def changes_between(before: Configuration, after: Configuration) -> reading.ConfigurationChanges:
    """Return what differs between two versions, apart from what changes by itself."""
    if before.normalised_sha256 == after.normalised_sha256:
        return reading.ConfigurationChanges()
    return reading.compare_configurations(
        *(reading.normalise_configuration(text_of(each), each.platform) for each in (before, after))
    )


def find_reading(session: Session, device_id: int) -> ConfigurationReading | None:
    """Return how the device's configuration is read."""
    return session.get(ConfigurationReading, device_id)


def list_due_device_ids(session: Session, *, now: datetime, limit: int) -> Sequence[int]:
    """Return devices in use with an SSH credential whose configuration is to be read."""
    is_due = or_(
        ConfigurationReading.device_id.is_(None),
        (ConfigurationReading.next_due_at <= now)
        & or_(ConfigurationReading.lease_until.is_(None), ConfigurationReading.lease_until < now),
    )
    return session.scalars(
        select(Device.id)
        .outerjoin(ConfigurationReading, ConfigurationReading.device_id == Device.id)
        .where(Device.is_active, Device.ssh_credential_id.is_not(None), is_due)
        .order_by(ConfigurationReading.next_due_at, Device.id)
        .limit(limit)
    ).all()
