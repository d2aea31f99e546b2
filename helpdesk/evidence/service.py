"""Use cases of evidence: files kept once, snapshots asked for, taken and frozen."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from helpdesk import clock, leases
from helpdesk.accounts.models import Person
from helpdesk.database import transaction
from helpdesk.devices import host_keys, reading
from helpdesk.devices.logins import note_refusal
from helpdesk.devices.models import Device
from helpdesk.devices.queries import lock_device, lock_family
from helpdesk.events import record
from helpdesk.evidence import attempts, queries
from helpdesk.evidence.attempts import Attempt
from helpdesk.evidence.configurations.service import keep_outputs
from helpdesk.evidence.facts import remember_frozen
from helpdesk.evidence.models import Snapshot, SnapshotRun, StoredFile
from helpdesk.evidence.rules import freeze, storable, summarise, thaw
from helpdesk.evidence.series import service as series

# Beyond the budget of the reading itself: time to connect, to store, to be slow.
LEASE_MARGIN = timedelta(seconds=30)
ATTEMPTS = 5
# So many snapshots rest on one that is kept whole; the next one is whole again.
SNAPSHOTS_A_BASE = 96
REASONS = ("schedule", "ticket", "manual", "trap")


class CollectingSettings(Protocol):
    """What of the settings a reading needs."""

    @property
    def snapshot_budget_seconds(self) -> int:
        """How long one device may take."""

    def key_ring(self) -> dict[str, bytes]:
        """The credential keys by id."""


def store_file(session: Session, content: bytes, content_type: str, *, now: datetime) -> StoredFile:
    """Keep the bytes, once per content, and return their row."""
    sha256 = hashlib.sha256(content).hexdigest()
    same = select(StoredFile).where(StoredFile.sha256 == sha256)
    found = session.scalar(same)
    if found is not None:
        return found
    file = StoredFile(
        sha256=sha256, size_bytes=len(content), content_type=content_type, content=content, created_at=now
    )
    try:
        with session.begin_nested():
            session.add(file)
    except IntegrityError:
        # Somebody stored the same bytes in this very moment: theirs are ours.
        return session.scalars(same).one()
    return file


def request_snapshot(
    session: Session,
    device: Device,
    *,
    reason: str,
    now: datetime,
    by: Person | None = None,
    ticket_id: int | None = None,
) -> SnapshotRun:
    """Ask for a snapshot of the device, due now."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is not one of {REASONS}")
    taken = set(
        session.scalars(
            select(SnapshotRun.due_at).where(
                SnapshotRun.device_id == device.id,
                SnapshotRun.due_at >= now,
                SnapshotRun.due_at < now + timedelta(milliseconds=1),
            )
        )
    )
    due_at = now
    while due_at in taken:
        due_at += timedelta(microseconds=1)
    run = SnapshotRun(
        device_id=device.id,
        due_at=due_at,
        reason=reason,
        state="due",
        attempts=0,
        requested_by_id=by.id if by else None,
        ticket_id=ticket_id,
    )
    session.add(run)
    session.flush()
    return run


def lease_run(session: Session, run_id: int, *, owner: str, now: datetime, seconds: float) -> bool:
    """Take the run for this owner; False where it is done or somebody else's."""
    until = now + timedelta(seconds=seconds) + LEASE_MARGIN
    return leases.take(session, SnapshotRun, run_id, owner=owner, now=now, until=until)


def release_leases(session: Session, *, owner_prefix: str) -> int:
    """Make the runs of owners that are known to be dead due again, and return how many."""
    return leases.release(session, SnapshotRun, owner_prefix=owner_prefix)


def owner_name(kind: str) -> str:
    """Return a name for a taker of runs that no other process or life of it has."""
    return f"{kind}:{socket.gethostname()[:24]}:{os.getpid()}:{secrets.token_hex(4)}"


def carry_out_run(
    sessions: Engine | sessionmaker[Session],
    run_id: int,
    settings: CollectingSettings,
    owner: str,
    *,
    budget_seconds: float | None = None,
    now: Callable[[], datetime] = clock.now,
) -> int | None:
    """Take the snapshot of a run and return its id; None where the run is not ours to take.

    Three parts: lease (a short transaction), collect (no transaction at all), store (a short transaction).
    """
    make_session = sessionmaker(sessions) if isinstance(sessions, Engine) else sessions
    budget = float(budget_seconds or settings.snapshot_budget_seconds)
    with make_session() as session, transaction(session):
        if not lease_run(session, run_id, owner=owner, now=now(), seconds=budget):
            return None
        begun = _begin(session, run_id, settings, now=now())
        picked = session.get_one(SnapshotRun, run_id).commands or ()
    attempt = begun if isinstance(begun, Attempt) else None
    facts = (
        attempts.collect(begun, budget_seconds=budget, also=picked) if isinstance(begun, Attempt) else begun
    )
    with make_session() as session, transaction(session):
        snapshot = _finish(session, run_id, facts, attempt, now=now())
        return snapshot.id if snapshot is not None else None


def _begin(
    session: Session, run_id: int, settings: CollectingSettings, *, now: datetime
) -> Attempt | reading.Snapshot | None:
    """Return what to collect; the record of why nothing can be; or None for a device out of use."""
    run = session.get_one(SnapshotRun, run_id)
    if not run.device.is_active:
        return None
    if run.attempts > ATTEMPTS:
        return reading.unread_snapshot(run.device, "collector_stopped", now=now)
    attempt = attempts.prepare(run, settings.key_ring())
    return reading.unread_snapshot(run.device, attempt, now=now) if isinstance(attempt, str) else attempt


def _finish(
    session: Session, run_id: int, facts: reading.Snapshot | None, attempt: Attempt | None, *, now: datetime
) -> Snapshot | None:
    """Store what the run yielded; a second result of the same run is discarded quietly."""
    run = session.scalars(select(SnapshotRun).where(SnapshotRun.id == run_id).with_for_update()).one()
    if run.state == "done":
        return queries.find_snapshot_of_run(session, run_id)
    # What another reading of the device noted on it a moment ago is counted on from there.
    lock_family(session, run.device_id)
    run.state, run.lease_until, run.finished_at = "done", None, now
    if facts is not None and attempt is not None:
        attempts.note_outcome(run.device, facts, attempt.memory, slot=run.due_at)
    return store_snapshot(session, run, facts, now=now) if facts is not None else None


def store_snapshot(session: Session, run: SnapshotRun, facts: reading.Snapshot, *, now: datetime) -> Snapshot:
    """Freeze what the device said and write it down, for good."""
    # Two that come at once are stored one after the other: the second is compared with the first.
    lock_device(session, run.device_id)
    base = queries.find_base(session, run.device_id, most=SNAPSHOTS_A_BASE)
    whole = thaw(base.content, base.sha256) if base is not None else None
    plain = facts.to_dict()
    frozen = freeze(plain, whole)
    previous = queries.find_latest_snapshot(session, run.device_id, before=facts.taken_at)
    snapshot = Snapshot(
        device_id=run.device_id,
        run_id=run.id,
        previous_id=previous.id if previous else None,
        taken_at=facts.taken_at,
        duration_ms=facts.duration_ms,
        reason=run.reason,
        complete=facts.complete,
        reachable=facts.has_data,
        failures=storable([dataclasses.asdict(each) for each in facts.failures]),
        summary=summarise(plain),
        sha256=frozen.sha256,
        size_bytes=frozen.size_bytes,
        content=frozen.content,
        base_id=base.id if base is not None and frozen.needs_base else None,
    )
    session.add(snapshot)
    session.flush()
    remember_frozen(session, frozen.sha256, frozen.plain)
    series.add_snapshot(session, snapshot)
    keep_outputs(session, run.device_id, facts.commands, platform=facts.platform, taken_at=facts.taken_at)
    note_refusal(session, run.device, facts.failures, asked_at=facts.taken_at, now=now)
    host_keys.note_shown(session, run.device, facts.ssh_host_key_sha256, facts.failures, now=now)
    person = session.get(Person, run.requested_by_id) if run.requested_by_id is not None else None
    record(
        session,
        "snapshot_taken",
        at=now,
        ticket_id=run.ticket_id,
        by=person,
        snapshot_id=snapshot.id,
        device_id=run.device_id,
        reason=run.reason,
        sha256=snapshot.sha256,
    )
    return snapshot
