"""Counting what waits: a few aggregates, nobody's name, no subject and no address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.evidence.rules import health_of
from helpdesk.evidence.traps import queries as traps
from helpdesk.findings.models import FindingRecord
from helpdesk.metrics.rules import Gauge
from helpdesk.notifications.models import OutboxMessage
from helpdesk.schedules import heartbeat
from helpdesk.sop.models import ProcedureRun, StepRun
from helpdesk.tickets.models import Ticket

SEVERITIES = ("critical", "warning", "information")
# What comes of a datagram (network/traps.py), and of a trap that the database did not take.
TRAP_OUTCOMES = ("accepted", "flood", "malformed", "unauthorised", "other", "not_written")
HEALTH = ("ok", "warning", "critical", "unreachable", "unknown")


def list_gauges(session: Session, *, now: datetime) -> list[Gauge]:
    """Return all figures of this moment."""
    return [
        *_of_tickets(session, now),
        *_of_outbox(session, now),
        *_of_runs(session, now),
        _of_devices(session),
        _of_findings(session),
        *_of_scheduler(session, now),
        *_of_traps(session, now),
    ]


def _of_tickets(session: Session, now: datetime) -> Iterator[Gauge]:
    by_state = session.execute(select(Ticket.status, func.count()).group_by(Ticket.status)).all()
    yield _by("disposisi_tickets", "Tickets by state", "state", by_state)
    # Only of runs that go on: what a cancelled ticket left open waits for nobody.
    is_late = (StepRun.due_at < now) & StepRun.paused_at.is_(None)
    rows = session.execute(
        select(StepRun.role, StepRun.step_id, func.count(), func.sum(case((is_late, 1), else_=0)))
        .join(ProcedureRun)
        .join(Ticket, Ticket.run_id == ProcedureRun.id)
        .where(StepRun.state == "current", Ticket.status == "open")
        .group_by(StepRun.role, StepRun.step_id)
        .order_by(StepRun.role, StepRun.step_id)
    ).all()
    offices: dict[str, tuple[int, int]] = {}
    for office, _step, count, late in rows:
        of_office = offices.get(office, (0, 0))
        offices[office] = (of_office[0] + count, of_office[1] + int(late))
    yield _by(
        "disposisi_steps_current",
        "Steps that wait for an office",
        "office",
        ((office, count) for office, (count, _late) in offices.items()),
    )
    yield _by(
        "disposisi_steps_overdue",
        "Steps whose time is used up, by office",
        "office",
        ((office, late) for office, (_count, late) in offices.items() if late),
    )
    steps = [({"office": office, "step": step}, count, int(late)) for office, step, count, late in rows]
    yield Gauge(
        "disposisi_tickets_open",
        "Open tickets by the office they wait for and the step they are at",
        tuple((labels, float(count)) for labels, count, _late in steps),
    )
    yield Gauge(
        "disposisi_tickets_late",
        "Open tickets whose step has used up its time, by office and step",
        tuple((labels, float(late)) for labels, _count, late in steps),
    )
    beyond = select(func.count()).where(Ticket.status == "open", Ticket.promised_at < now)
    yield _plain(
        "disposisi_tickets_past_promise", "Open tickets past the promised day", session.scalar(beyond) or 0
    )


def _of_outbox(session: Session, now: datetime) -> Iterator[Gauge]:
    given_up = OutboxMessage.next_try_at.is_(None)
    rows = session.execute(
        select(given_up, func.count(), func.min(OutboxMessage.created_at))
        .where(OutboxMessage.sent_at.is_(None))
        .group_by(given_up)
    ).all()
    counts = {"waiting": 0, "given_up": 0}
    oldest = None
    for is_given_up, count, since in rows:
        counts["given_up" if is_given_up else "waiting"] = count
        oldest = oldest if is_given_up else since
    yield _by("disposisi_outbox_messages", "E-mails not sent, by state", "state", counts.items())
    yield _age("disposisi_outbox_oldest_seconds", "Age of the oldest e-mail that waits", oldest, now)


def _of_runs(session: Session, now: datetime) -> Iterator[Gauge]:
    rows = session.execute(
        select(SnapshotRun.state, func.count(), func.min(SnapshotRun.due_at))
        .where(SnapshotRun.state.in_(("due", "leased")))
        .group_by(SnapshotRun.state)
    ).all()
    counts = {"due": 0, "leased": 0} | {state: count for state, count, _since in rows}
    oldest = min((since for _state, _count, since in rows), default=None)
    yield _by("disposisi_snapshot_runs", "Readings not finished, by state", "state", counts.items())
    yield _age("disposisi_snapshot_runs_oldest_seconds", "How late the oldest of them is", oldest, now)
    latest = session.scalar(select(func.max(Snapshot.taken_at)))
    yield _age("disposisi_snapshot_latest_seconds", "Time since the latest snapshot", latest, now)


def _of_devices(session: Session) -> Gauge:
    # A look into the index for each device: the history behind it is never read.
    latest = (
        select(Snapshot.id)
        .where(Snapshot.device_id == Device.id)
        .order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
        .limit(1)
        .correlate(Device)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Snapshot.summary, Snapshot.reachable, Snapshot.complete)
        .select_from(Device)
        .outerjoin(Snapshot, Snapshot.id == latest)
        .where(Device.is_active)
    )
    counts = Counter(dict.fromkeys(HEALTH, 0))
    for summary, reachable, complete in rows:
        counts["unknown" if summary is None else health_of(summary, reachable, complete)] += 1
    return _by(
        "disposisi_devices",
        "Devices in use by the health of their latest snapshot",
        "health",
        counts.items(),
    )


def _of_findings(session: Session) -> Gauge:
    rows = session.execute(
        select(FindingRecord.severity, func.count())
        .where(FindingRecord.state.in_(("open", "recovering")))
        .group_by(FindingRecord.severity)
    ).all()
    counts = dict.fromkeys(SEVERITIES, 0) | dict(rows)
    return _by("disposisi_findings", "Findings that are open, by severity", "severity", counts.items())


def _of_scheduler(session: Session, now: datetime) -> Iterator[Gauge]:
    state = heartbeat.find_state(session)
    seen_at, started_at = (state.seen_at, state.started_at) if state else (None, None)
    yield _age(
        "disposisi_scheduler_heartbeat_seconds", "Time since the scheduler was last alive", seen_at, now
    )
    yield _moment("disposisi_scheduler_heartbeat_timestamp_seconds", "When it was last alive", seen_at)
    yield _moment("disposisi_scheduler_start_timestamp_seconds", "When it began to lead", started_at)


def _of_traps(session: Session, now: datetime) -> Iterator[Gauge]:
    state = traps.find_state(session)
    counts = Counter(dict.fromkeys(TRAP_OUTCOMES, 0)) if state else Counter[str]()
    counts.update({str(outcome): int(count) for outcome, count in (state.counts if state else {}).items()})
    yield _by(
        "disposisi_traps",
        "Traps since their receiver started, by what came of them",
        "outcome",
        counts.items(),
    )
    seen_at = state.seen_at if state else None
    yield _age("disposisi_trap_receiver_heartbeat_seconds", "Time since it was last alive", seen_at, now)


def _by(name: str, meaning: str, label: str, rows: Iterable[tuple[str, int]]) -> Gauge:
    return Gauge(name, meaning, tuple(({label: str(key)}, float(count)) for key, count in sorted(rows)))


def _age(name: str, meaning: str, since: datetime | None, now: datetime) -> Gauge:
    """Return how long ago the moment was; no sample where there is none: 0 would say something else."""
    return Gauge(name, meaning, (({}, max(0.0, (now - since).total_seconds())),) if since else ())


def _moment(name: str, meaning: str, at: datetime | None) -> Gauge:
    return Gauge(name, meaning, (({}, at.timestamp()),) if at else ())


def _plain(name: str, meaning: str, value: float) -> Gauge:
    return Gauge(name, meaning, (({}, float(value)),))
