"""A sweep that the admin of the demo office had done when the network was registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from helpdesk.devices.sweeps.models import SweepFind
from helpdesk.devices.sweeps.service import ask_for_sweep
from helpdesk.events import record

# Addresses of the documentation (RFC 5737): nobody is asked.
_RANGE, _ADDRESSES = "192.0.2.192/28", 14
# Address, whether it answers to the credential, name, description, platform.
_FINDS = (
    ("192.0.2.201", True, "ap-lt3-01", "U6-Pro 6.6.55", "ubiquiti_unifi"),
    ("192.0.2.202", True, "sw-rapat-lt3", "HP J9773A 2530-24G Switch, revision YA.16.11", "hp_procurve"),
    ("192.0.2.206", False, "", "", None),
)


def add_sweep(session: Session, devices: Mapping[str, Device], *, by: Person, now: datetime) -> None:
    """Keep a sweep with its finds, none of which is registered; without devices there are no credentials."""
    known = next((each.snmp_credential for each in devices.values() if each.snmp_credential), None)
    if known is None:
        return
    sweep = ask_for_sweep(
        session, network=_RANGE, port=161, credential_ids=[known.id], agreed=_ADDRESSES, now=now, by=by
    )
    sweep.state, sweep.finished_at = "done", now + timedelta(seconds=41)
    for address, answers, name, description, platform in _FINDS:
        session.add(
            SweepFind(
                sweep_id=sweep.id,
                address=address,
                credential_name=known.name if answers else "",
                name=name,
                description=description,
                platform=platform,
            )
        )
    session.flush()
    record(
        session,
        "sweep_finished",
        at=sweep.finished_at,
        sweep_id=sweep.id,
        network=sweep.network,
        state=sweep.state,
        answered=len(_FINDS),
    )
