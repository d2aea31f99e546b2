"""Devices that are read over SSH alone, with their login."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.devices import credentials
from helpdesk.devices.models import Device
from tests.factories.network import make_device


def make_ssh_device(
    session: Session,
    settings: HelpdeskSettings,
    *,
    port: int,
    username: str,
    password: str,
    host_key: str,
    platform: str,
    now: datetime,
    name: str = "sw1",
) -> Device:
    """Add a device of loopback with a login of its own."""
    login = credentials.add_credential(
        session,
        name=f"masuk {name}",
        kind="ssh",
        public={"username": username},
        secret={"password": password},
        ring=settings.key_ring(),
        now=now,
    )
    return make_device(
        session,
        name=name,
        address="127.0.0.1",
        ssh_port=port,
        platform=platform,
        ssh_credential=login,
        ssh_host_key=host_key,
    )
