"""One try per login: what a device refused is not tried again until a person has seen to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.models import Credential, Device
from helpdesk.events import record

REFUSED = "wrong_credentials"


class Reason(Protocol):
    """Why something could not be read."""

    @property
    def code(self) -> str:
        """The name of the reason."""

    @property
    def probe(self) -> str:
        """What was asked."""


def note_refusal(
    session: Session, device: Device, failures: Iterable[Reason], *, asked_at: datetime, now: datetime
) -> None:
    """Stop the SSH login that a device has just refused; repeated tries lock accounts out at AAA servers.

    A reading that began before the credential was last changed tells of the old one, and stops nothing.
    """
    refused = any(failure.probe == "ssh" and failure.code == REFUSED for failure in failures)
    credential = device.ssh_credential
    if not refused or credential is None or device.ssh_login_stopped_at is not None:
        return
    if asked_at >= max(credential.changed_at, device.ssh_login_given_at or credential.changed_at):
        device.ssh_login_stopped_at = now
        record(
            session,
            "ssh_login_stopped",
            at=now,
            device_id=device.id,
            name=device.name,
            credential_id=credential.id,
        )


def try_again(session: Session, device: Device, *, now: datetime, by: Person) -> None:
    """Let the login be tried once more."""
    if device.ssh_login_stopped_at is not None:
        forget_refusal(device, now=now)
        record(session, "ssh_login_tried_again", at=now, by=by, device_id=device.id, name=device.name)


def forget_refusal(device: Device, *, now: datetime) -> None:
    """Count from now: the login is another one, or goes to another place."""
    device.ssh_login_stopped_at, device.ssh_login_given_at = None, now


def forget_refusals_of(session: Session, credential: Credential, *, now: datetime) -> None:
    """Let a changed credential be tried on every device that it reads."""
    stopped = select(Device).where(
        Device.ssh_credential_id == credential.id, Device.ssh_login_stopped_at.is_not(None)
    )
    for device in session.scalars(stopped):
        forget_refusal(device, now=now)
