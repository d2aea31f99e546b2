"""Sites, devices and credentials as the desk knows them."""

from __future__ import annotations

import secrets
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.devices.models import Credential, Device, Site
from tests.factories.moments import MORNING

_numbers = count(1)


def make_site(session: Session, **fields: Any) -> Site:
    """Add a site."""
    number = next(_numbers)
    site = Site(**{"code": f"site-{number}", "name": f"Gedung {number}", "created_at": MORNING, **fields})
    session.add(site)
    session.flush()
    return site


def make_credential(session: Session, **fields: Any) -> Credential:
    """Add a credential row whose sealed bytes open nothing; devices.service makes real ones."""
    values: dict[str, Any] = {
        "name": f"kredensial-{next(_numbers)}",
        "kind": "snmp_v2c",
        "public": {},
        "key_id": "k1",
        "sealed": secrets.token_bytes(48),
        "binding": secrets.token_hex(16),
        "created_at": MORNING,
        "changed_at": MORNING,
    }
    credential = Credential(**{**values, **fields})
    session.add(credential)
    session.flush()
    return credential


def make_device(session: Session, **fields: Any) -> Device:
    """Add a device, at a site of its own where none is given."""
    number = next(_numbers)
    site = fields.pop("site", None) or make_site(session)
    device = Device(
        **{
            "site": site,
            "name": f"sw-{number}",
            # Apart from the addresses that tests name: those are of 192.0.2.0/24.
            "address": f"198.18.{number // 250 % 250}.{number % 250 + 1}",
            "snmp_port": 10_000 + number,
            "created_at": MORNING,
            **fields,
        }
    )
    session.add(device)
    session.flush()
    return device
