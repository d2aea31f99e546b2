"""Devices that are read over SSH alone, with their login, and a switch that answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import paramiko
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.devices import credentials
from helpdesk.devices.models import Device
from network.lab.ssh_device import FakeSshDevice, SshIdentity
from network.ssh.host_key import fingerprint_of
from tests.factories.network import make_device

USERNAME, PASSWORD = "pemantau", "benar-sekali"


@contextmanager
def running_switch(answers: Mapping[str, str]) -> Iterator[FakeSshDevice]:
    """Let a switch of Cisco answer these commands over real SSH."""
    identity = SshIdentity(USERNAME, PASSWORD, paramiko.ECDSAKey.generate())
    switch = FakeSshDevice(identity, prompt="sw1#", answer=answers.get)
    try:
        yield switch
    finally:
        switch.close()


def make_row_of(
    switch: FakeSshDevice,
    session: Session,
    settings: HelpdeskSettings,
    *,
    now: datetime,
    host_key: str | None = None,
) -> Device:
    """Add the switch to the inventory, its key confirmed unless another one is said to be."""
    return make_ssh_device(
        session,
        settings,
        port=switch.port,
        username=USERNAME,
        password=PASSWORD,
        host_key=host_key or fingerprint_of(switch.identity.host_key),
        platform="cisco_ios",
        now=now,
    )


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
