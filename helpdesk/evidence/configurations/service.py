"""Use cases of configurations: read one, keep what is new, confirm what shrank."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.database import transaction
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.devices.queries import lock_device
from helpdesk.events import record
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.configurations import queries
from helpdesk.evidence.configurations.errors import NothingToConfirm
from helpdesk.evidence.configurations.models import Configuration, ConfigurationReading
from helpdesk.evidence.configurations.rules import SHRUNK, pack, problem_of
from helpdesk.sealing import KeyRing

LEASE_MARGIN = timedelta(seconds=30)
# What the device printed is its refusal, not a configuration.
REFUSED = "rejected_by_device"


def read_configuration(
    sessions: Engine | sessionmaker[Session],
    device_id: int,
    ring: KeyRing,
    *,
    hours: int,
    budget_seconds: float,
    by_id: int | None = None,
    now: Callable[[], datetime] = clock.now,
) -> tuple[int | None, str]:
    """Read the device's configuration now; return the version it is, or the code of why there is none.

    Three parts: lease (a short transaction), collect (no transaction at all), store (a short transaction).
    A second reader of the same device gets (None, "").
    """
    make_session = sessionmaker(sessions) if isinstance(sessions, Engine) else sessions
    with make_session() as session, transaction(session):
        if not lease_reading(session, device_id, hours=hours, now=now(), seconds=budget_seconds):
            return None, ""
        device = session.get_one(Device, device_id)
        platform = _platform_of(session, device)
        target = reading.configuration_target(device, ring, platform)
    output = (
        target
        if isinstance(target, str)
        else reading.collect_configuration(target, budget_seconds=budget_seconds)
    )
    with make_session() as session, transaction(session):
        return _finish(session, device_id, platform, output, by_id=by_id, now=now())


def lease_reading(session: Session, device_id: int, *, hours: int, now: datetime, seconds: float) -> bool:
    """Take the reading of a device and plan the next; False where somebody is reading or it is out of use."""
    lock_device(session, device_id)
    device = session.get_one(Device, device_id)
    if not device.is_active:
        return False
    row = queries.find_reading(session, device_id)
    if row is None:
        row = ConfigurationReading(device_id=device_id, failure="")
        session.add(row)
    elif row.lease_until is not None and row.lease_until > now:
        return False
    # One try a turn, whatever comes of it: a wrong password tried again and again locks an account.
    row.next_due_at = now + timedelta(hours=hours or 24)
    row.lease_until = now + timedelta(seconds=seconds) + LEASE_MARGIN
    row.tried_at = now
    session.flush()
    return True


def _finish(
    session: Session,
    device_id: int,
    platform: str | None,
    output: reading.CommandOutput | str,
    *,
    by_id: int | None,
    now: datetime,
) -> tuple[int | None, str]:
    # Before the row: so do those who ask for a reading.
    lock_device(session, device_id)
    row = session.get_one(ConfigurationReading, device_id)
    row.lease_until = None
    failure = output if isinstance(output, str) else (output.error or "")
    row.failure = failure
    if isinstance(output, str) or failure == REFUSED or not output.output.strip():
        return None, failure
    person = session.get(Person, by_id) if by_id is not None else None
    kept = keep_output(session, device_id, output, platform=platform, taken_at=now, by=person)
    return kept.id, failure


def keep_outputs(
    session: Session,
    device_id: int,
    outputs: Iterable[reading.CommandOutput],
    *,
    platform: str | None,
    taken_at: datetime,
) -> None:
    """Keep the running configuration that stands among the outputs of a snapshot, if one does."""
    for output in outputs:
        printed = output.error != REFUSED and output.output.strip()
        if printed and reading.is_configuration_command(output.command):
            keep_output(session, device_id, output, platform=platform, taken_at=taken_at)


def keep_output(
    session: Session,
    device_id: int,
    output: reading.CommandOutput,
    *,
    platform: str | None,
    taken_at: datetime,
    by: Person | None = None,
) -> Configuration:
    """Keep the text where it differs from the version in force; else note that this one was seen again."""
    lock_device(session, device_id)
    head = queries.find_head(session, device_id)
    size = len(output.output.encode("utf-8", "surrogatepass"))
    problem = problem_of(
        complete=output.complete, size_bytes=size, previous_bytes=head.size_bytes if head else None
    )
    normalised = output.normalised_sha256 or reading.hash_text(
        reading.normalise_configuration(output.output, platform)
    )
    same = _same_version(session, device_id, normalised, problem, head)
    if same is not None:
        same.last_seen_at = max(same.last_seen_at, taken_at)
        return same
    kept = Configuration(
        device_id=device_id,
        previous_id=head.id if head else None,
        taken_at=taken_at,
        last_seen_at=taken_at,
        platform=platform,
        command=output.command,
        raw_sha256=output.raw_sha256 or reading.hash_text(output.output),
        normalised_sha256=normalised,
        size_bytes=size,
        line_count=len(output.output.splitlines()),
        problem=problem,
        content=pack(output.output),
    )
    session.add(kept)
    session.flush()
    if not problem:
        _record_change(session, kept, by=by, at=taken_at)
    return kept


def _same_version(
    session: Session, device_id: int, normalised: str, problem: str, head: Configuration | None
) -> Configuration | None:
    """Return the row that says this already: the version in force, or the same doubtful reading."""
    candidate = queries.find_latest(session, device_id) if problem else head
    if candidate is None or candidate.normalised_sha256 != normalised:
        return None
    return candidate if not problem or candidate.problem == problem else None


def awaits_confirmation(session: Session, configuration: Configuration) -> bool:
    """Whether a person may still accept the version: it shrank, and no whole one was read since."""
    if configuration.problem != SHRUNK or configuration.confirmed_at is not None:
        return False
    head = queries.find_head(session, configuration.device_id)
    if head is None or head.id != configuration.previous_id:
        return False
    return head.last_seen_at <= configuration.last_seen_at


def confirm_configuration(
    session: Session, configuration: Configuration, *, by: Person, now: datetime
) -> None:
    """Accept a version that shrank: a person says that it is whole."""
    lock_device(session, configuration.device_id)
    if not awaits_confirmation(session, configuration):
        raise NothingToConfirm
    configuration.confirmed_at, configuration.confirmed_by_id = now, by.id
    session.flush()
    _record_change(session, configuration, by=by, at=now)


def _record_change(session: Session, kept: Configuration, *, by: Person | None, at: datetime) -> None:
    record(
        session,
        "configuration_kept" if kept.previous_id is None else "configuration_changed",
        at=at,
        by=by,
        configuration_id=kept.id,
        previous_id=kept.previous_id,
        device_id=kept.device_id,
        raw_sha256=kept.raw_sha256,
        normalised_sha256=kept.normalised_sha256,
    )


def _platform_of(session: Session, device: Device) -> str | None:
    """Return the platform that a person set, or that the last snapshot recognised."""
    if device.platform:
        return device.platform
    latest = evidence_queries.find_latest_snapshot(session, device.id)
    return str(evidence_queries.load_content(latest).get("platform") or "") or None if latest else None
