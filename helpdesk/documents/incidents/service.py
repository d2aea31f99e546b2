"""Use cases of evidence sets: those that are due are gathered, drawn, packed and frozen."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from helpdesk.database import transaction
from helpdesk.devices import reading
from helpdesk.documents.incidents.drawing import draw_picture
from helpdesk.documents.incidents.gathering import Gathered, Reached, gather
from helpdesk.documents.incidents.rules import ROWS_HEADER, WINDOWS, Course, panels, rows_of
from helpdesk.documents.incidents.tables import to_csv
from helpdesk.documents.rules import formats
from helpdesk.documents.rules.incidents import window_title
from helpdesk.evidence.rules import canonical_json
from helpdesk.findings.wording import sentence_in
from helpdesk.tickets.incidents import queries
from helpdesk.tickets.incidents.models import EvidenceSet
from helpdesk.tickets.incidents.rules import GRAPHS, Part, pack
from helpdesk.tickets.incidents.service import keep_set, lease_set

logger = logging.getLogger(__name__)

# Asking a silent device takes a few seconds: a site that goes dark must not make the sets late.
AT_ONCE = 4
LANGUAGE = "id"


class FreezingSettings(Protocol):
    """What of the settings the freezing needs."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the office."""

    def key_ring(self) -> dict[str, bytes]:
        """The credential keys by id."""


def freeze_due_sets(
    sessions: sessionmaker[Session],
    settings: FreezingSettings,
    rules: reading.RuleBook,
    *,
    now: Callable[[], datetime],
) -> int:
    """Freeze the sets whose moment has come, and return how many were."""
    with sessions() as session:
        session.connection(execution_options={"reads_only": True})
        due = queries.list_due_set_ids(session, now=now())
    if not due:
        return 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="evidence-set") as threads:
        running = {
            set_id: threads.submit(freeze_set, sessions, set_id, settings, rules, now=now) for set_id in due
        }
    frozen = 0
    for set_id, done in running.items():
        problem = done.exception()
        if problem is not None:
            # The kind only: the words of an error may hold an address or a secret. The lease runs out.
            logger.error("evidence set %d was not frozen: %s", set_id, type(problem).__name__)
        else:
            frozen += done.result()
    return frozen


def freeze_set(
    sessions: sessionmaker[Session],
    set_id: int,
    settings: FreezingSettings,
    rules: reading.RuleBook,
    *,
    now: Callable[[], datetime],
) -> bool:
    """Freeze one set; False where it is not ours, or no longer wanted.

    Lease (a short transaction), ask the device and draw (none at all), keep (a short transaction).
    """
    with sessions() as session, transaction(session):
        leased = lease_set(session, set_id, now=now())
        if leased is None:
            return False
        target = reading.target_or_failure(leased.device, settings.key_ring())
        address = leased.device.address
    reached = _reach(target, address)
    with sessions() as session:
        session.connection(execution_options={"reads_only": True})
        material = _gathered(session, set_id, rules, reached, now=now())
    packed = _packed(material, settings.zone)
    with sessions() as session, transaction(session):
        return _keep(session, set_id, material, packed, now=now())


def freeze_at_once(
    session: Session, set_id: int, settings: FreezingSettings, rules: reading.RuleBook, *, now: datetime
) -> bool:
    """Freeze the set within the caller's transaction: where nobody else can be at it."""
    leased = lease_set(session, set_id, now=now)
    if leased is None:
        return False
    target = reading.target_or_failure(leased.device, settings.key_ring())
    reached = _reach(target, leased.device.address)
    material = _gathered(session, set_id, rules, reached, now=now)
    return _keep(session, set_id, material, _packed(material, settings.zone), now=now)


def _reach(target: reading.Target | str, address: str) -> Reached:
    """Ask the device, where its credentials open, and the routers on the way to it."""
    round_trips = () if isinstance(target, str) else reading.measure_round_trips(target)
    return Reached(round_trips=round_trips, hops=reading.trace_route(address))


@dataclass(frozen=True)
class _Material:
    """What was gathered at a moment and is not yet packed."""

    head: dict[str, Any]
    gathered: Gathered
    frozen_at: datetime


def _gathered(
    session: Session,
    set_id: int,
    rules: reading.RuleBook,
    reached: Reached,
    *,
    now: datetime,
) -> _Material:
    asked = queries.get_set(session, set_id)
    return _Material(_head(asked, rules, now), gather(session, asked, rules, reached, now=now), now)


def _packed(material: _Material, zone: ZoneInfo) -> bytes:
    graphs = _graphs(material.gathered, material.head["device"], material.frozen_at, zone)
    return pack(material.head, [*material.gathered.parts, *graphs])


def _keep(session: Session, set_id: int, material: _Material, packed: bytes, *, now: datetime) -> bool:
    device = material.head["device"]
    kept = keep_set(
        session,
        set_id,
        name=f"bahan-kejadian-{set_id}-{_safe(device)}.zip",
        title=f"Bahan kejadian {device}",
        packed=packed,
        now=now,
    )
    return kept is not None


def _head(asked: EvidenceSet, rules: reading.RuleBook, frozen_at: datetime) -> dict[str, Any]:
    """Return what the list of contents says of the whole."""
    finding = asked.finding
    return {
        "ticket": asked.ticket.number,
        "device": asked.device.name,
        "address": asked.device.address,
        "rule": finding.rule,
        "object": finding.object,
        "finding": sentence_in(finding, rules, LANGUAGE),
        "event_at": asked.event_at.isoformat(),
        "frozen_at": frozen_at.isoformat(),
    }


def _graphs(gathered: Gathered, device: str, end: datetime, zone: ZoneInfo) -> Sequence[Part]:
    """Return each window as a picture and as numbers, and all of them as the papers draw them."""
    parts, drawn = [], {}
    for name, length in WINDOWS:
        courses, begin = gathered.courses[name], end - length
        title = f"Grafik {window_title(name)}"
        drawn[name] = panels(courses, begin, end, zone.key)
        moments = (formats.format_moment(moment, zone.key) for moment in (begin, end))
        picture = draw_picture(
            {"title": f"{device}: {title.lower()}", "said": " sampai ".join(moments), "panels": drawn[name]}
        )
        parts += [
            Part(name=f"grafik-{name}.png", title=title, content=picture, at=end),
            Part(
                name=f"grafik-{name}.csv",
                title=f"{title}, angka",
                content=to_csv(ROWS_HEADER, rows_of(courses)),
                at=end,
                remark="" if _any(courses) else "Tidak ada hasil ukur dalam rentang waktu ini",
            ),
        ]
    return [*parts, Part(name=GRAPHS, title="Grafik untuk laporan", content=canonical_json(drawn), at=end)]


def _any(courses: Sequence[Course]) -> bool:
    return any(one.has_values for one in courses)


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-")[:60] or "perangkat"
