"""Reading sites, devices and credentials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.devices.errors import CredentialNotFound, DeviceNotFound, SiteNotFound
from helpdesk.devices.models import Credential, Device, DeviceGroup, Site

ORDERS = {
    "name": func.lower(Device.name).asc(),
    "-name": func.lower(Device.name).desc(),
    "address": Device.address.asc(),
    "-address": Device.address.desc(),
}


def get_device(session: Session, device_id: int) -> Device:
    """Return the device with its site, or raise DeviceNotFound."""
    device = session.get(Device, device_id, options=[joinedload(Device.site)])
    if device is None:
        raise DeviceNotFound
    return device


def lock_device(session: Session, device_id: int) -> None:
    """Let one transaction at a time write of the device; who only refers to it does not wait."""
    _lock(session, select(Device.id).where(Device.id == device_id))


def lock_family(session: Session, device_id: int) -> None:
    """Lock the device and the silent ones behind it, which its answer wakes.

    By their numbers, as all are locked when a schedule changes: so no two wait for each other in a ring.
    """
    is_behind = (Device.parent_id == device_id) & (Device.silent_readings > 0)
    _lock(session, select(Device.id).where((Device.id == device_id) | is_behind))


def lock_all_devices(session: Session) -> None:
    """Lock every device, for what is written on all of them at once."""
    _lock(session, select(Device.id))


def _lock(session: Session, devices: Select[int]) -> None:
    session.execute(devices.order_by(Device.id).with_for_update(key_share=True)).all()


def find_device_by_name(session: Session, name: str) -> Device | None:
    """Return the device of the name, in any case of letters."""
    return session.scalar(select(Device).where(func.lower(Device.name) == name.strip().lower()))


def find_device_by_address(session: Session, address: str, snmp_port: int) -> Device | None:
    """Return the device that answers SNMP at the address and port."""
    return session.scalar(
        select(Device).where(func.lower(Device.address) == address.lower(), Device.snmp_port == snmp_port)
    )


def map_parents(session: Session) -> dict[int, int | None]:
    """Return of every device the one it is reached through."""
    return {row.id: row.parent_id for row in session.execute(select(Device.id, Device.parent_id))}


def list_active_devices(session: Session) -> Sequence[Device]:
    """Return the devices in use with their sites, by site and name."""
    return session.scalars(
        select(Device)
        .join(Device.site)
        .where(Device.is_active)
        .options(joinedload(Device.site))
        .order_by(Site.name, func.lower(Device.name))
    ).all()


def select_devices(
    *,
    site_id: int | None = None,
    group_id: int | None = None,
    words: str = "",
    active: bool | None = True,
    sort: str = "name",
) -> Select[Device]:
    """Return the statement of a list of devices, for the pages and for choosing one."""
    statement = select(Device).join(Device.site).options(joinedload(Device.site))
    if site_id is not None:
        statement = statement.where(Device.site_id == site_id)
    if group_id is not None:
        statement = statement.where(Device.groups.any(DeviceGroup.id == group_id))
    if active is not None:
        statement = statement.where(Device.is_active.is_(active))
    for word in words.split()[:8]:
        columns = (Device.name, Device.address, Device.description, Site.name, Site.code)
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return statement.order_by(ORDERS.get(sort, ORDERS["name"]), Device.id)


def get_site(session: Session, site_id: int) -> Site:
    """Return the site, or raise SiteNotFound."""
    site = session.get(Site, site_id)
    if site is None:
        raise SiteNotFound
    return site


def find_site_by_code(session: Session, code: str) -> Site | None:
    """Return the site of the code, in any case of letters."""
    return session.scalar(select(Site).where(func.lower(Site.code) == code.strip().lower()))


def list_sites(session: Session) -> Sequence[Site]:
    """Return all sites by name."""
    return session.scalars(select(Site).order_by(func.lower(Site.name), Site.id)).all()


def count_devices_by_site(session: Session) -> dict[int, int]:
    """Return how many devices are in use at each site."""
    rows = session.execute(
        select(Device.site_id, func.count().label("devices")).where(Device.is_active).group_by(Device.site_id)
    )
    return {row.site_id: row.devices for row in rows}


def get_credential(session: Session, credential_id: int) -> Credential:
    """Return the credential, or raise CredentialNotFound."""
    credential = session.get(Credential, credential_id)
    if credential is None:
        raise CredentialNotFound
    return credential


def find_credential_by_name(session: Session, name: str) -> Credential | None:
    """Return the credential of the name, in any case of letters."""
    return session.scalar(select(Credential).where(func.lower(Credential.name) == name.strip().lower()))


def list_credentials(session: Session) -> Sequence[Credential]:
    """Return all credentials by name."""
    return session.scalars(select(Credential).order_by(func.lower(Credential.name), Credential.id)).all()


def count_devices_by_credential(session: Session) -> dict[int, int]:
    """Return how many devices, in use or not, are read with each credential."""
    counts: Counter[int] = Counter()
    for column in (Device.snmp_credential_id, Device.ssh_credential_id):
        rows = session.execute(select(column, func.count()).where(column.is_not(None)).group_by(column))
        counts.update({int(credential_id or 0): count for credential_id, count in rows})
    return counts
