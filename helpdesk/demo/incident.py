"""Trouble in the demo network a while ago: a trap, the finding, its own ticket, the frozen set, and "pulih".

Nothing here writes what the product would write by itself: the past network answers as the device would have,
and the ticket, its evidence and its notes follow from the readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from config import HelpdeskSettings
from helpdesk.demo.history import carry_out, take_scheduled
from helpdesk.demo.stories import Requester, Story
from helpdesk.demo.walk import Act, Stage, Walk
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.documents.incidents.service import freeze_at_once
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.traps.service import keep_traps
from helpdesk.tickets.automatic.models import FindingTicket
from helpdesk.tickets.incidents.queries import list_unfrozen
from network import Trap, TrapVarbind
from network.lab.definition import LabDeviceFile, Spell

DEVICE: Final = "sw-inti-jkt"
BEGAN: Final = timedelta(minutes=95)
LASTED: Final = timedelta(minutes=15)
# The second power supply, as CISCO-ENVMON-MIB counts it: its state, what it is called, and what it says.
_SUPPLY: Final = "1.3.6.1.4.1.9.9.13.1.5.1.3.1010"
_SUPPLY_NAME: Final = "1.3.6.1.4.1.9.9.13.1.5.1.2.1010"
_CRITICAL: Final = 3
_SYS_NAME: Final = "1.3.6.1.2.1.1.5.0"
_TRAP: Final = "1.3.6.1.4.1.9.9.13.3.0.5"
# After the beginning: when the fresh look came, when the set was frozen, and when the schedule looked again.
_FRESH_LOOK: Final = timedelta(seconds=6)
_FROZEN: Final = timedelta(seconds=14)
_LOOKS: Final = tuple(timedelta(minutes=minutes) for minutes in (9, 19, 24))
# When the two officials passed it on, so that it waits for the technician.
_STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (12, 31))
# What people wrote on the ticket; the request itself is the work of the desk.
_STORY: Final = Story(
    subject="(oleh pemantauan)",
    kind="technical_cooperation",
    description="Catu daya cadangan sakelar inti gagal; layanan tetap berjalan dari catu daya utama.",
    requester=Requester(name="Pemantauan jaringan", agency="", unit="", email="", phone=""),
    began=1,
    programme="PK-01",
    technician="dewi",
    pace=(),
    sensitivity="segera",
    devices=(DEVICE,),
    instructions=(
        "Pastikan sakelar inti tetap mendapat daya dan telusuri penyebabnya.",
        "Periksa temuan pembacaan perangkat, lalu periksa kabel dan modul catu daya di ruang server.",
    ),
    note="Bahan kejadian dibekukan oleh sistem; cuplikan sebelum dan sesudahnya terlampir.",
)


def with_trouble(files: Sequence[LabDeviceFile], now: datetime) -> list[LabDeviceFile]:
    """Return the devices of the lab as they were: one of them lost a power supply for a while."""
    return [_failing(file, now - BEGAN) if file.name == DEVICE else file for file in files]


def _failing(file: LabDeviceFile, began: datetime) -> LabDeviceFile:
    spell = Spell(begin=began.timestamp(), end=(began + LASTED).timestamp(), integer=_CRITICAL)
    failing = file.readings[_SUPPLY].model_copy(update={"spells": (spell,)})
    return file.model_copy(update={"readings": {**file.readings, _SUPPLY: failing}})


def incident_acts(stage: Stage, settings: HelpdeskSettings, rules: reading.RuleBook) -> Iterator[Act]:
    """Yield what happened, unless there is no network to read or the office wants no tickets of its own."""
    device = stage.devices.get(DEVICE)
    if stage.network is not None and device is not None and settings.automatic_tickets:
        story = Walk(stage, _STORY, number=0)
        yield from _Incident(stage, settings, rules, device, story).acts()


@dataclass
class _Incident:
    """One trouble of one device, from its trap to the technician's desk."""

    stage: Stage
    settings: HelpdeskSettings
    rules: reading.RuleBook
    device: Device
    walk: Walk

    def acts(self) -> Iterator[Act]:
        """Yield everything that happened, each at its moment."""
        began = self.stage.now - BEGAN
        yield Act(began, self._send_trap)
        yield Act(began + timedelta(seconds=1), self._read_what_waits)
        yield Act(began + _FRESH_LOOK, self._read_what_waits)
        yield Act(began + _FROZEN, self._freeze)
        for after in _LOOKS:
            yield Act(began + after, self._look)
        for after in _STEPS:
            yield Act(began + after, self._do_step)

    def _send_trap(self, at: datetime) -> None:
        told = {_SYS_NAME: ("OctetString", DEVICE), _SUPPLY_NAME: ("OctetString", "SW#1, RPS")}
        told[_SUPPLY] = ("Integer", str(_CRITICAL))
        trap = Trap(
            received_at=at,
            source=self.device.address,
            version="v2c",
            oid=_TRAP,
            uptime_seconds=None,
            varbinds=tuple(TrapVarbind(oid, kind, value) for oid, (kind, value) in told.items()),
        )
        keep_traps(self.stage.session, [trap], now=at)

    def _read_what_waits(self, at: datetime) -> None:
        """Do what the scheduler would: the reading of the trap first, then the fresh look of the ticket."""
        assert self.stage.network is not None, "there are no acts without one"
        waiting = select(SnapshotRun).where(
            SnapshotRun.device_id == self.device.id, SnapshotRun.state == "due", SnapshotRun.due_at <= at
        )
        for run in self.stage.session.scalars(waiting).all():
            run.due_at = at
            carry_out(self.stage.session, self.stage.network, run)

    def _freeze(self, at: datetime) -> None:
        opened = self.stage.session.scalars(
            select(FindingTicket).where(FindingTicket.device_id == self.device.id)
        ).one()
        self.walk.ticket = opened.ticket
        for asked in list_unfrozen(self.stage.session, opened.ticket_id):
            freeze_at_once(self.stage.session, asked.id, self.settings, self.rules, now=at)

    def _look(self, at: datetime) -> None:
        assert self.stage.network is not None, "there are no acts without one"
        take_scheduled(self.stage.session, self.stage.network, self.device, at)

    def _do_step(self, at: datetime) -> None:
        self.walk.do_step(at)
