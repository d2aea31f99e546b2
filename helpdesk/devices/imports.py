"""Use case of importing devices: first a plan that a person reads, then exactly that plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices import queries, reading, service
from helpdesk.devices.errors import ImportStale
from helpdesk.devices.importing import ImportRow, parse_flag, parse_port
from helpdesk.devices.models import Credential, Device, Site
from helpdesk.devices.rules import (
    DEFAULT_PORTS,
    SNMP_KINDS,
    SSH,
    DeviceInput,
    address_problem,
    name_problem,
    normalise_address,
)

NEW, CHANGE, SAME, ERROR = "new", "change", "same", "error"
Problem = tuple[str, str]  # column and English msgid


@dataclass(frozen=True)
class PlannedRow:
    """What one line of the file would do."""

    line: int
    name: str
    action: str
    given: DeviceInput | None = None
    device_id: int | None = None
    site: str = ""
    address: str = ""
    changes: tuple[tuple[str, Any, Any], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Known:
    """What is stored, by the words that a file uses for it."""

    sites: dict[str, Site]
    credentials: dict[str, Credential]
    platforms: dict[str, str]
    names: dict[str, Device]
    places: dict[tuple[str, int], Device]
    may_move_secrets: bool
    seen: dict[object, int] = field(default_factory=dict)


def plan_import(
    session: Session, rows: Sequence[ImportRow], *, may_move_secrets: bool = True
) -> list[PlannedRow]:
    """Return what each row would do, without doing it."""
    devices = session.scalars(queries.select_devices(active=None)).unique().all()
    known = _Known(
        sites={site.code.lower(): site for site in queries.list_sites(session)},
        credentials={each.name.lower(): each for each in queries.list_credentials(session)},
        platforms={code: code for code in reading.platform_titles()}
        | {title.lower(): code for code, title in reading.platform_titles().items()},
        names={device.name.lower(): device for device in devices},
        places={(device.address.lower(), device.snmp_port): device for device in devices},
        may_move_secrets=may_move_secrets,
    )
    return [_plan_row(row, known) for row in rows]


def fingerprint(plan: Sequence[PlannedRow]) -> str:
    """Return a digest of what the plan would do, to see whether it is still the one that was read."""
    spelled = [[row.line, row.action, row.device_id, row.changes, row.problems] for row in plan]
    return hashlib.sha256(json.dumps(spelled, default=str).encode()).hexdigest()


def carry_out_import(
    session: Session,
    rows: Sequence[ImportRow],
    agreed: str,
    *,
    now: datetime,
    by: Person,
    may_move_secrets: bool = True,
    lines: Collection[int] | None = None,
) -> dict[str, int]:
    """Add and change what the person agreed to, or nothing where the plan is no longer the same.

    `lines` are those that were ticked; None stands for all.
    """
    # They are changed in the order of the file, while others lock devices by their numbers.
    queries.lock_all_devices(session)
    plan = plan_import(session, rows, may_move_secrets=may_move_secrets)
    if fingerprint(plan) != agreed:
        raise ImportStale
    done = {NEW: 0, CHANGE: 0}
    for row in plan:
        is_chosen = lines is None or row.line in lines
        if row.given is None or row.action not in done or not is_chosen:
            continue
        if row.device_id is None:
            service.add_device(session, row.given, now=now, by=by)
        else:
            device = queries.get_device(session, row.device_id)
            service.change_device(session, device, row.given, now=now, by=by)
        done[row.action] += 1
    return done


def _plan_row(row: ImportRow, known: _Known) -> PlannedRow:
    values, problems = row.values, _required(row.values)
    name = values.get("name", "")
    device = known.names.get(name.lower())
    planned = PlannedRow(
        row.line, name, ERROR, site=values.get("site", ""), address=values.get("address", "")
    )
    given = _input(values, device, known, problems)
    if given is not None:
        problems += _collisions(row.line, given, device, known)
        moved = None if known.may_move_secrets else service.moved_secret(given, device)
        if moved is not None:
            problems.append((moved.removesuffix("_id"), service.NEEDS_KEEPER))
    if given is None or problems:
        return replace(planned, problems=tuple(problems))
    if device is None:
        return replace(planned, action=NEW, given=given)
    changes = _changes(device, given, known)
    action = CHANGE if changes else SAME
    return replace(planned, action=action, given=given, device_id=device.id, changes=tuple(changes))


def _required(values: dict[str, str]) -> list[Problem]:
    problems: list[Problem] = []
    found = name_problem(values.get("name", ""))
    if found is not None:
        problems.append(("name", found))
    found = address_problem(values.get("address", ""))
    if found is not None:
        problems.append(("address", found))
    if len(values.get("description", "")) > 300:
        problems.append(("description", "At most 300 letters."))
    return problems


def _input(
    values: dict[str, str], device: Device | None, known: _Known, problems: list[Problem]
) -> DeviceInput | None:
    """Return the device of the row; a cell that is empty keeps what is stored."""
    site = known.sites.get(values.get("site", "").lower())
    if site is None:
        problems.append(("site", "There is no site with this code. Add the site first."))
    snmp_port, ssh_port = (_port(values, column, device, problems) for column in DEFAULT_PORTS)
    snmp_id = _credential(values, "snmp_credential", SNMP_KINDS, device, known, problems)
    ssh_id = _credential(values, "ssh_credential", (SSH,), device, known, problems)
    platform = _platform(values, device, known, problems)
    old_ciphers = device.allow_old_ciphers if device else False
    if "allow_old_ciphers" in values:
        flag = parse_flag(values["allow_old_ciphers"])
        if flag is None:
            problems.append(("allow_old_ciphers", "Write yes or no."))
        old_ciphers = bool(flag)
    if site is None or problems:
        return None
    return DeviceInput(
        site_id=site.id,
        name=device.name if device else values["name"],
        address=normalise_address(values["address"]),
        platform=platform,
        description=values.get("description", device.description if device else ""),
        allow_old_ciphers=old_ciphers,
        snmp_port=snmp_port,
        ssh_port=ssh_port,
        snmp_credential_id=snmp_id,
        ssh_credential_id=ssh_id,
        parent_id=device.parent_id if device else None,
    )


def _port(values: dict[str, str], column: str, device: Device | None, problems: list[Problem]) -> int:
    kept: int = getattr(device, column) if device else DEFAULT_PORTS[column]
    if column not in values:
        return kept
    port = parse_port(values[column])
    if port is None:
        problems.append((column, "A port is a number from 1 to 65535."))
    return port or kept


def _credential(
    values: dict[str, str],
    column: str,
    kinds: tuple[str, ...],
    device: Device | None,
    known: _Known,
    problems: list[Problem],
) -> int | None:
    if column not in values:
        kept: int | None = getattr(device, f"{column}_id") if device else None
        return kept
    found = known.credentials.get(values[column].lower())
    if found is None or found.kind not in kinds:
        problems.append((column, "There is no credential of this kind with this name."))
        return None
    return found.id


def _platform(
    values: dict[str, str], device: Device | None, known: _Known, problems: list[Problem]
) -> str | None:
    if "platform" not in values:
        return device.platform if device else None
    code = known.platforms.get(values["platform"].lower())
    if code is None:
        problems.append(("platform", "This platform is not known. Leave the cell empty to detect it."))
    return code


def _collisions(line: int, given: DeviceInput, device: Device | None, known: _Known) -> list[Problem]:
    problems: list[Problem] = []
    place = (given.address.lower(), given.snmp_port)
    for column, key in (("name", given.name.lower()), ("address", place)):
        if known.seen.setdefault(key, line) != line:
            problems.append((column, "The same device stands in an earlier line of the file."))
    stored = known.places.get(place)
    if stored is not None and stored is not device:
        problems.append(("address", service.ADDRESS_TAKEN))
    return problems


def _changes(device: Device, given: DeviceInput, known: _Known) -> list[tuple[str, Any, Any]]:
    """Return what would differ, in words: codes and names instead of numbers of rows."""
    sites = {site.id: site.code for site in known.sites.values()}
    credentials: dict[int | None, str | None] = {each.id: each.name for each in known.credentials.values()}
    credentials[None] = None
    words = {
        "site": (sites[device.site_id], sites[given.site_id]),
        "snmp_credential": (
            credentials[device.snmp_credential_id],
            credentials[given.snmp_credential_id],
        ),
        "ssh_credential": (credentials[device.ssh_credential_id], credentials[given.ssh_credential_id]),
    }
    plain = ("address", "snmp_port", "ssh_port", "platform", "description", "allow_old_ciphers")
    words |= {column: (getattr(device, column), getattr(given, column)) for column in plain}
    return [(column, before, after) for column, (before, after) in words.items() if before != after]
