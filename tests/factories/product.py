"""The product as an office runs it: a database, gunicorn and the scheduler, each a process of its own."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from config import ROOT, HelpdeskSettings, build_settings, child_environment
from helpdesk import clock
from helpdesk.accounts import service as account_service
from helpdesk.database import make_engine, transaction
from helpdesk.demo.programs import helpdesk_command, python
from helpdesk.devices import credentials as credential_service
from helpdesk.devices import service as device_service
from helpdesk.devices.models import Device
from helpdesk.devices.rules import SNMP_V3, SSH, DeviceInput, SiteInput
from helpdesk.tickets.service import programme
from tests.factories.daemons import Agent, Server, running
from tests.factories.moments import LONG_AGO
from tests.factories.ports import HOST, free_port

PASSWORD = "kopi-tubruk-sore-hari"
PEOPLE = {
    "kabag": ("head", "Dewi Lestari, S.Kom., M.M.", "197501012000032001"),
    "kasubbag": ("subhead", "Budi Santoso, S.T.", "198003032005011002"),
    "pelaksana": ("technician", "Rina Wahyuni, A.Md.", "199205052018012003"),
    "admin": ("admin", "Agus Salim", "198511112010011004"),
}


@dataclass(frozen=True)
class Product:
    """A running office."""

    url: str
    folder: Path
    settings: HelpdeskSettings

    def session(self) -> Session:
        """Return a session to look into the database with."""
        return Session(make_engine(self.settings.database_url))


@contextmanager
def running_product(folder: Path, *, database_url: str = "", **chosen: Any) -> Iterator[Product]:
    """Migrate a database and run the office on it until the end of the block."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    values = {"data_directory": str(folder), "database_url": database_url, "base_url": url, **chosen}
    environment = child_environment(**{name: str(value) for name, value in values.items() if value != ""})
    migrated = subprocess.run(
        helpdesk_command("database", "upgrade"),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert migrated.returncode == 0, migrated.stderr
    settings = build_settings(**{name: value for name, value in values.items() if value != ""})
    server = python("-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    server += ("--threads", "8", "--graceful-timeout", "5", "--no-control-socket")
    run: dict[str, Any] = {"folder": folder, "environment": environment, "where": ROOT}
    leads = folder / "scheduler.log"
    with (
        running("web", server, is_ready=lambda: answers(f"{url}/health"), **run),
        running(
            "scheduler",
            helpdesk_command("scheduler"),
            is_ready=lambda: leads.exists() and "leader" in leads.read_text("utf-8"),
            **run,
        ),
    ):
        yield Product(url, folder, settings)


def answers(url: str) -> bool:
    """Whether a page answers well."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def fill_office(product: Product) -> None:
    """Add the people of the office, and planned work of this year."""
    now = clock.now()
    with product.session() as opened, transaction(opened) as session:
        people = {
            username: account_service.add_person(
                session,
                username=username,
                name=name,
                password=PASSWORD,
                roles=[role],
                starts_on=LONG_AGO,
                now=now,
                nip=nip,
            )
            for username, (role, name, nip) in PEOPLE.items()
        }
        year = now.astimezone(product.settings.zone).year
        title = "Pemeliharaan jaringan sistem informasi"
        programme.add_item(session, year=year, code="PK-01", title=title, by=people["admin"], now=now)


def register_machine(product: Product, agent: Agent, server: Server) -> int:
    """Register this machine, read every minute, and return its number."""
    now, ring = clock.now(), product.settings.key_ring()
    with product.session() as opened, transaction(opened) as session:
        site = device_service.add_site(
            session, SiteInput(code="UJI", name="Ruang server uji", snapshot_minutes=1), now=now
        )
        snmp = credential_service.add_credential(
            session,
            name="SNMP v3",
            kind=SNMP_V3,
            public={"user": agent.user, "auth_protocol": "SHA", "priv_protocol": "AES-128"},
            secret={"auth_key": agent.auth_key, "priv_key": agent.priv_key},
            ring=ring,
            now=now,
        )
        ssh = credential_service.add_credential(
            session,
            name="SSH",
            kind=SSH,
            public={"username": server.username},
            secret={"password": server.password},
            ring=ring,
            now=now,
        )
        given = DeviceInput(
            site_id=site.id,
            name="peladen-uji",
            address=HOST,
            snmp_port=agent.port,
            ssh_port=server.port,
            snmp_credential_id=snmp.id,
            ssh_credential_id=ssh.id,
        )
        device: Device = device_service.add_device(session, given, now=now)
        device.ssh_host_key = server.fingerprint
        return device.id
