"""Use cases of commands: a person picks one and a value for it, and its output is evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.events import record
from helpdesk.evidence import queries
from helpdesk.evidence.command_rules import kinds_of
from helpdesk.evidence.errors import ArgumentRefused, CommandNotListed, EvidenceBroken
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.service import request_snapshot


@dataclass(frozen=True)
class Pickable:
    """A command that a person may pick, and the type of the value it takes."""

    run: str
    parameter: str | None


def list_pickable(session: Session, device: Device, roles: Iterable[str]) -> list[Pickable]:
    """Return the commands of the device's platform that the roles may pick."""
    if device.ssh_credential_id is None:
        return []
    latest = queries.find_latest_snapshot(session, device.id)
    platform = device.platform or (latest.summary.get("platform") if latest else None)
    kinds = kinds_of(roles)
    listed = reading.commands_of(platform)
    return [Pickable(command.run, command.parameter) for command in listed if command.kind in kinds]


def list_port_names(session: Session, device: Device) -> Sequence[str]:
    """Return the ports that the device had when it was last read."""
    latest = queries.find_latest_snapshot(session, device.id)
    try:
        facts = queries.load_content(latest) if latest else {}
    except EvidenceBroken:
        return []
    return [port["name"] for port in facts.get("interfaces") or [] if port.get("name")]


def request_command(
    session: Session,
    device: Device,
    template: str,
    argument: str | None,
    *,
    roles: Iterable[str],
    by: Person,
    now: datetime,
    ticket_id: int | None = None,
) -> SnapshotRun:
    """Ask for a snapshot with the command in it; or raise CommandNotListed, ArgumentRefused."""
    picked = next((one for one in list_pickable(session, device, roles) if one.run == template), None)
    if picked is None:
        raise CommandNotListed
    if picked.parameter is None:
        argument = None
    if picked.parameter == "interface" and argument not in list_port_names(session, device):
        raise ArgumentRefused
    try:
        command = reading.build_command(template, argument)
    except reading.BadArgument:
        raise ArgumentRefused from None
    reason = "manual" if ticket_id is None else "ticket"
    run = request_snapshot(session, device, reason=reason, now=now, by=by, ticket_id=ticket_id)
    run.commands = [command]
    record(
        session,
        "command_picked",
        at=now,
        ticket_id=ticket_id,
        by=by,
        device_id=device.id,
        name=device.name,
        command=command,
    )
    return run
