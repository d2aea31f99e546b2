"""Use cases of device groups: which devices belong together. Functions never commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.errors import GroupInUse, GroupNotFound, GroupRefused
from helpdesk.devices.models import Device, DeviceGroup, device_group_members
from helpdesk.devices.rules import name_problem
from helpdesk.events import record

NAME_TAKEN = "This name is already taken."


def get_group(session: Session, group_id: int) -> DeviceGroup:
    """Return the group, or raise GroupNotFound."""
    group = session.get(DeviceGroup, group_id)
    if group is None:
        raise GroupNotFound
    return group


def find_group_by_name(session: Session, name: str) -> DeviceGroup | None:
    """Return the group of the name, in any case of letters."""
    return session.scalar(select(DeviceGroup).where(func.lower(DeviceGroup.name) == name.strip().lower()))


def list_groups(session: Session) -> Sequence[DeviceGroup]:
    """Return all groups by name."""
    return session.scalars(select(DeviceGroup).order_by(func.lower(DeviceGroup.name), DeviceGroup.id)).all()


def count_devices_by_group(session: Session) -> dict[int, int]:
    """Return how many devices in use are in each group."""
    members = device_group_members.c
    rows = session.execute(
        select(members.group_id, func.count().label("devices"))
        .join(Device, Device.id == members.device_id)
        .where(Device.is_active)
        .group_by(members.group_id)
    )
    return {row.group_id: row.devices for row in rows}


def add_group(
    session: Session,
    *,
    name: str,
    description: str = "",
    device_ids: Collection[int] = (),
    now: datetime,
    by: Person | None = None,
) -> DeviceGroup:
    """Add a group with its devices."""
    _ensure_name(session, name, None)
    group = DeviceGroup(name=name.strip(), description=description.strip(), created_at=now)
    try:
        with session.begin_nested():
            session.add(group)
    except IntegrityError:
        # Somebody else took the name in this very moment.
        raise GroupRefused(field="name", reason=NAME_TAKEN) from None
    _set_members(session, group, device_ids)
    record(
        session,
        "device_group_added",
        at=now,
        by=by,
        group_id=group.id,
        name=group.name,
        devices=[device.name for device in group.devices],
    )
    return group


def change_group(
    session: Session,
    group: DeviceGroup,
    *,
    name: str,
    description: str,
    device_ids: Collection[int],
    now: datetime,
    by: Person,
) -> None:
    """Rename a group and say again which devices are in it."""
    _ensure_name(session, name, group)
    before = _as_kept(group)
    try:
        with session.begin_nested():
            group.name, group.description = name.strip(), description.strip()
    except IntegrityError:
        raise GroupRefused(field="name", reason=NAME_TAKEN) from None
    _set_members(session, group, device_ids)
    after = _as_kept(group)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changed:
        record(
            session,
            "device_group_changed",
            at=now,
            by=by,
            group_id=group.id,
            name=group.name,
            changed=changed,
        )


def delete_group(session: Session, group: DeviceGroup, *, now: datetime, by: Person) -> None:
    """Delete a group that nothing needs any more."""
    if group.devices:
        raise GroupInUse(name=group.name)
    group_id, name = group.id, group.name
    try:
        with session.begin_nested():
            session.delete(group)
    except IntegrityError:
        # A schedule or a health report names it: the database knows who does.
        raise GroupInUse(name=name) from None
    record(session, "device_group_deleted", at=now, by=by, group_id=group_id, name=name)


def put_in_groups(
    session: Session, device: Device, group_ids: Collection[int], *, now: datetime, by: Person | None = None
) -> None:
    """Say of one device which groups it is in."""
    before = [group.name for group in device.groups]
    wanted = session.scalars(
        select(DeviceGroup).where(DeviceGroup.id.in_(group_ids)).order_by(DeviceGroup.name)
    ).all()
    if {group.id for group in wanted} == {group.id for group in device.groups}:
        return
    device.groups = list(wanted)
    # Another schedule may govern it now: the next round reckons its moment anew.
    device.next_due_at = None
    session.flush()
    record(
        session,
        "device_grouped",
        at=now,
        by=by,
        device_id=device.id,
        name=device.name,
        groups=[before, [group.name for group in wanted]],
    )


def _set_members(session: Session, group: DeviceGroup, device_ids: Collection[int]) -> None:
    wanted = session.scalars(select(Device).where(Device.id.in_(device_ids)).order_by(Device.name)).all()
    moved = {*wanted} ^ {*group.devices}
    group.devices = list(wanted)
    for device in moved:
        device.next_due_at = None
    session.flush()


def _as_kept(group: DeviceGroup) -> dict[str, object]:
    return {
        "name": group.name,
        "description": group.description,
        "devices": sorted(device.name for device in group.devices),
    }


def _ensure_name(session: Session, name: str, group: DeviceGroup | None) -> None:
    problem = name_problem(name)
    if problem is not None:
        raise GroupRefused(field="name", reason=problem)
    same = find_group_by_name(session, name)
    if same is not None and same is not group:
        raise GroupRefused(field="name", reason=NAME_TAKEN)
