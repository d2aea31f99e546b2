"""net-snmp's own snmptrap and snmpinform against the receiver as an office runs it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import ROOT, HelpdeskSettings, build_settings, child_environment
from helpdesk import clock
from helpdesk.database import make_engine, transaction
from helpdesk.demo.programs import helpdesk_command
from helpdesk.devices import credentials
from helpdesk.devices.rules import SNMP_V2C, SNMP_V3
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.traps.models import ReceivedTrap
from helpdesk.schema import upgrade
from tests.factories.daemons import find_program, running, wait_until
from tests.factories.network import make_device
from tests.factories.ports import HOST, free_port

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
PORT_OF_IT = ("1.3.6.1.2.1.2.2.1.2.7", "s", "GigabitEthernet1/0/7")


@dataclass
class Office:
    """A database with one device at this machine, and the receiver that listens beside it."""

    settings: HelpdeskSettings
    folder: Path
    port: int
    community: str = field(default_factory=lambda: secrets.token_hex(6))
    auth_key: str = field(default_factory=lambda: secrets.token_hex(8))
    priv_key: str = field(default_factory=lambda: secrets.token_hex(8))

    def send(self, program: str, *arguments: str) -> None:
        """Run a program of net-snmp to its end; an inform that is not acknowledged fails."""
        environment = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(self.folder / "snmp")}
        command = [find_program(program), "-t", "40", "-r", "1", *arguments]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr

    def look(self, act: Callable[[Session], list[object]]) -> list[object]:
        """Look into the database."""
        engine = make_engine(self.settings.database_url)
        try:
            with Session(engine) as session:
                return act(session)
        finally:
            engine.dispose()

    def traps(self) -> list[object]:
        """Return version, trap and objects of all that was kept."""
        return self.look(
            lambda session: [
                (row.version, row.code, row.device_id is not None, [each["value"] for each in row.varbinds])
                for row in session.scalars(select(ReceivedTrap).order_by(ReceivedTrap.id))
            ]
        )


@pytest.fixture
def receiving(tmp_path: Path) -> Iterator[Office]:
    """Run `helpdesk traps` until the end of the test."""
    settings = build_settings(data_directory=tmp_path)
    upgrade(settings)
    office = Office(settings, tmp_path, free_port(socket.SOCK_DGRAM))
    _register(office)
    log = tmp_path / "traps.log"
    with running(
        "traps",
        helpdesk_command("traps", "--listen", f"{HOST}:{office.port}"),
        folder=tmp_path,
        environment=child_environment(data_directory=str(tmp_path)),
        where=ROOT,
        is_ready=lambda: log.exists() and "listening" in log.read_text("utf-8"),
    ):
        yield office


def _register(office: Office) -> None:
    """Register this machine under a community, and another device under a user."""
    engine, now = make_engine(office.settings.database_url), clock.now()
    ring = office.settings.key_ring()
    with Session(engine) as opened, transaction(opened) as session:
        v2c = credentials.add_credential(
            session,
            name="umum",
            kind=SNMP_V2C,
            public={},
            secret={"community": office.community},
            ring=ring,
            now=now,
        )
        v3 = credentials.add_credential(
            session,
            name="pembaca",
            kind=SNMP_V3,
            public={"user": "pembaca", "auth_protocol": "SHA-256", "priv_protocol": "AES-128"},
            secret={"auth_key": office.auth_key, "priv_key": office.priv_key},
            ring=ring,
            now=now,
        )
        make_device(session, name="sw-sini", address=HOST, snmp_credential_id=v2c.id)
        make_device(session, name="sw-sana", address="192.0.2.1", snmp_credential_id=v3.id)
    engine.dispose()


def test_traps_and_informs_of_every_version_arrive_and_have_the_device_read(receiving: Office) -> None:
    to = f"{HOST}:{receiving.port}"
    v2c = ("-v2c", "-c", receiving.community, to, "1250", LINK_DOWN, *PORT_OF_IT)
    user = ("-v3", "-u", "pembaca", "-l", "authPriv", "-a", "SHA-256", "-A", receiving.auth_key)
    user += ("-x", "AES", "-X", receiving.priv_key, to, "1250", LINK_DOWN, *PORT_OF_IT)
    v1 = ("-v1", "-c", receiving.community, to, "1.3.6.1.4.1.318", "192.0.2.9", "6", "5", "1250")

    receiving.send("snmptrap", *v2c)
    receiving.send("snmpinform", *v2c)
    receiving.send("snmptrap", *v1)
    receiving.send("snmptrap", *user)
    receiving.send("snmpinform", *user)
    # Not ours: a wrong community, and the user's name without any key.
    receiving.send("snmptrap", "-v2c", "-c", "tebakan", to, "1250", LINK_DOWN)
    receiving.send("snmptrap", "-v3", "-u", "pembaca", "-l", "noAuthNoPriv", to, "1250", LINK_DOWN)

    link = ["GigabitEthernet1/0/7"]
    expected = [
        ("v2c", "linkDown", True, link),
        ("v2c", "linkDown", True, link),
        ("v1", "apcUpsOnBattery", True, ["192.0.2.9"]),
        ("v3", "linkDown", True, link),
        ("v3", "linkDown", True, link),
    ]
    wait_until(lambda: len(receiving.traps()) >= len(expected), "the traps in the database")
    assert receiving.traps() == expected
    runs = receiving.look(lambda session: [run.reason for run in session.scalars(select(SnapshotRun))])
    assert runs == ["trap"], "five traps of one moment have the device read once"
    log = (receiving.folder / "traps.log").read_text("utf-8")
    for secret in (receiving.community, receiving.auth_key, receiving.priv_key):
        assert secret not in log
