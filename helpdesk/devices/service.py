"""Use cases of sites and devices. Functions take the session and the moment, and never commit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices import host_keys, queries
from helpdesk.devices.errors import DeviceRefused, SiteRefused
from helpdesk.devices.logins import forget_refusal
from helpdesk.devices.models import Credential, Device, Site
from helpdesk.devices.rules import (
    SNMP_KINDS,
    SSH,
    DeviceInput,
    SiteInput,
    address_problem,
    name_problem,
    normalise_address,
    parent_problem,
)
from helpdesk.events import record

NAME_TAKEN = "This name is already taken."
NEEDS_KEEPER = (
    "Only who keeps the credentials can have this one sent to another address. Choose none, or ask the admin."
)
# What a silence was about: with another of these, the device is tried at once again.
READ_BY = (
    "address",
    "snmp_port",
    "ssh_port",
    "snmp_credential_id",
    "ssh_credential_id",
    "parent_id",
)
ADDRESS_TAKEN = "Another device already has this address and SNMP port."


def add_site(session: Session, given: SiteInput, *, now: datetime, by: Person | None = None) -> Site:
    """Add a site."""
    _ensure_site_can_be(session, given, None)
    site = Site(**asdict(given), created_at=now)
    _insert(session, site, SiteRefused(field="code", reason="This code is already taken."))
    _note(session, "site_added", by, now, site_id=site.id, code=site.code)
    return site


def change_site(session: Session, site: Site, given: SiteInput, *, now: datetime, by: Person) -> None:
    """Change a site; a new interval holds from the next round on."""
    _ensure_site_can_be(session, given, site)
    before = {key: getattr(site, key) for key in asdict(given)}
    if site.snapshot_minutes != given.snapshot_minutes:
        for device in site.devices:
            device.next_due_at = None
    _assign(session, site, asdict(given), SiteRefused(field="code", reason="This code is already taken."))
    changed = _changed(before, asdict(given))
    if changed:
        _note(session, "site_changed", by, now, site_id=site.id, code=site.code, changed=changed)


def add_device(
    session: Session,
    given: DeviceInput,
    *,
    now: datetime,
    by: Person | None = None,
    may_move_secrets: bool = True,
) -> Device:
    """Add a device; its first scheduled snapshot is due at once."""
    if not may_move_secrets:
        _ensure_secrets_stay(given, None)
    values = _checked(session, given, None)
    device = Device(**values, created_at=now)
    _insert(session, device, DeviceRefused(field="name", reason=NAME_TAKEN))
    _note(session, "device_added", by, now, device_id=device.id, name=device.name, address=device.address)
    return device


def change_device(
    session: Session,
    device: Device,
    given: DeviceInput,
    *,
    now: datetime,
    by: Person,
    may_move_secrets: bool = True,
) -> dict[str, list[Any]]:
    """Change a device and return what changed; a new address needs its host key confirmed again."""
    if not may_move_secrets:
        _ensure_secrets_stay(given, device)
    values = _checked(session, given, device)
    before = {key: getattr(device, key) for key in values}
    if (device.address, device.ssh_port) != (values["address"], values["ssh_port"]):
        device.ssh_host_key = None
        host_keys.forget(device)
    if any(getattr(device, key) != values[key] for key in READ_BY):
        device.silent_readings, device.silent_at = 0, None
    login = ("address", "ssh_port", "ssh_credential_id")
    if any(getattr(device, name) != values[name] for name in login):
        forget_refusal(device, now=now)
    _assign(session, device, values, DeviceRefused(field="name", reason=NAME_TAKEN))
    changed = _changed(before, values)
    if changed:
        _note(session, "device_changed", by, now, device_id=device.id, name=device.name, changed=changed)
    return changed


def moved_secret(given: DeviceInput, device: Device | None) -> str | None:
    """Return the field of a credential that would be sent to where it was not sent before, or None.

    A secret is never shown again: who could aim it at a machine of their own would read it there.
    """
    for protocol in ("snmp", "ssh"):
        names = (f"{protocol}_credential_id", "address", f"{protocol}_port")
        before = tuple(getattr(device, name, None) for name in names)
        after = (getattr(given, names[0]), normalise_address(given.address), getattr(given, names[2]))
        if after[0] is not None and after != before:
            return names[0]
    return None


def _ensure_secrets_stay(given: DeviceInput, device: Device | None) -> None:
    field = moved_secret(given, device)
    if field is not None:
        raise DeviceRefused(field=field, reason=NEEDS_KEEPER)


def deactivate_device(session: Session, device: Device, *, now: datetime, by: Person) -> None:
    """Take the device out of use; its history stays."""
    if device.is_active:
        device.is_active, device.next_due_at = False, None
        device.silent_readings, device.silent_at = 0, None
        _note(session, "device_deactivated", by, now, device_id=device.id, name=device.name)


def activate_device(session: Session, device: Device, *, now: datetime, by: Person) -> None:
    """Put the device back into use."""
    if not device.is_active:
        device.is_active, device.next_due_at = True, None
        _note(session, "device_activated", by, now, device_id=device.id, name=device.name)


def confirm_host_key(
    session: Session, device: Device, fingerprint: str, *, now: datetime, by: Person
) -> None:
    """Keep the SSH host key that a person has compared with the device's own."""
    before, device.ssh_host_key = device.ssh_host_key, fingerprint
    host_keys.forget(device)
    _note(
        session,
        "host_key_confirmed",
        by,
        now,
        device_id=device.id,
        name=device.name,
        before=before,
        after=fingerprint,
    )


def _ensure_site_can_be(session: Session, given: SiteInput, site: Site | None) -> None:
    for field in ("code", "name"):
        problem = name_problem(getattr(given, field), maximum=32 if field == "code" else 200)
        if problem is not None:
            raise SiteRefused(field=field, reason=problem)
    found = queries.find_site_by_code(session, given.code)
    if found is not None and found is not site:
        raise SiteRefused(field="code", reason="This code is already taken.")


def _checked(session: Session, given: DeviceInput, device: Device | None) -> dict[str, Any]:
    """Return the values to store, or raise DeviceRefused for the first that cannot be."""
    for field, problem in (("name", name_problem(given.name)), ("address", address_problem(given.address))):
        if problem is not None:
            raise DeviceRefused(field=field, reason=problem)
    values = asdict(given) | {"name": given.name.strip(), "address": normalise_address(given.address)}
    queries.get_site(session, given.site_id)
    _ensure_kind(session, given.snmp_credential_id, SNMP_KINDS, "snmp_credential_id")
    _ensure_kind(session, given.ssh_credential_id, (SSH,), "ssh_credential_id")
    same_name = queries.find_device_by_name(session, values["name"])
    if same_name is not None and same_name is not device:
        raise DeviceRefused(field="name", reason=NAME_TAKEN)
    same_place = queries.find_device_by_address(session, values["address"], given.snmp_port)
    if same_place is not None and same_place is not device:
        raise DeviceRefused(field="address", reason=ADDRESS_TAKEN)
    _ensure_parent(session, given.parent_id, device)
    return values


def _ensure_parent(session: Session, parent_id: int | None, device: Device | None) -> None:
    if parent_id is None or (device is not None and device.parent_id == parent_id):
        return
    # Two who put two devices behind each other at once: the second sees what the first did.
    queries.lock_all_devices(session)
    problem = parent_problem(device.id if device else None, parent_id, queries.map_parents(session))
    if problem is not None:
        raise DeviceRefused(field="parent_id", reason=problem)


def _ensure_kind(session: Session, credential_id: int | None, kinds: tuple[str, ...], field: str) -> None:
    if credential_id is None:
        return
    found = session.get(Credential, credential_id)
    if found is None or found.kind not in kinds:
        raise DeviceRefused(field=field, reason="Choose a credential of this kind.")


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {key: [before[key], after[key]] for key in after if before[key] != after[key]}


def _insert(session: Session, row: Site | Device, refusal: DeviceRefused) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Somebody else took the name in this very moment.
        raise refusal from None


def _assign(session: Session, row: Site | Device, values: dict[str, Any], refusal: DeviceRefused) -> None:
    try:
        with session.begin_nested():
            for key, value in values.items():
                setattr(row, key, value)
    except IntegrityError:
        raise refusal from None


def _note(session: Session, kind: str, by: Person | None, now: datetime, **data: Any) -> None:
    record(session, kind, at=now, by=by, **data)
