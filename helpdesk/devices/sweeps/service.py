"""Use cases of sweeps: asked for by a person, carried out by the scheduler, its finds kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from helpdesk import clock, leases
from helpdesk.accounts.models import Person
from helpdesk.database import transaction
from helpdesk.devices import queries as device_queries
from helpdesk.devices import reading
from helpdesk.devices.errors import CredentialNotFound
from helpdesk.devices.models import Credential
from helpdesk.devices.rules import SNMP_KINDS
from helpdesk.devices.sweeps import queries
from helpdesk.devices.sweeps.models import Sweep, SweepFind
from helpdesk.devices.sweeps.rules import (
    ATTEMPTS,
    MAXIMUM_CREDENTIALS,
    SweepRefused,
    addresses_of,
    lease_seconds,
    parse_range,
)
from helpdesk.events import record
from helpdesk.sealing import KeyRing


class KeySettings(Protocol):
    """What of the settings a sweep needs."""

    def key_ring(self) -> dict[str, bytes]:
        """The credential keys by id."""


def plan_sweep(
    session: Session, network: str, credential_ids: Sequence[int]
) -> tuple[str, list[str], list[Credential]]:
    """Return the range in its one spelling, exactly the addresses and the credentials, or raise."""
    parsed = parse_range(network)
    wanted = list(dict.fromkeys(credential_ids))
    if not wanted:
        raise SweepRefused(field="credentials", reason="Choose at least one credential.")
    if len(wanted) > MAXIMUM_CREDENTIALS:
        raise SweepRefused(field="credentials", reason="At most 5 credentials at a time.")
    chosen = [device_queries.get_credential(session, each) for each in wanted]
    if any(each.kind not in SNMP_KINDS for each in chosen):
        raise SweepRefused(field="credentials", reason="Only SNMP credentials are tried.")
    return str(parsed), addresses_of(parsed), chosen


def ask_for_sweep(
    session: Session,
    *,
    network: str,
    port: int,
    credential_ids: Sequence[int],
    agreed: int,
    now: datetime,
    by: Person,
) -> Sweep:
    """Have the range asked that the person confirmed; `agreed` is how many addresses they were shown."""
    spelled, addresses, chosen = plan_sweep(session, network, credential_ids)
    if len(addresses) != agreed:
        raise SweepRefused(field="network", reason="Confirm the range again: it has changed.")
    if queries.has_open_sweep(session):
        raise SweepRefused(
            field="network", reason="Another sweep is still under way. Wait until it has ended."
        )
    sweep = Sweep(
        network=spelled,
        port=port,
        addresses=len(addresses),
        credential_ids=[each.id for each in chosen],
        asked_at=now,
        asked_by_id=by.id,
        state="due",
        attempts=0,
    )
    session.add(sweep)
    session.flush()
    record(
        session,
        "sweep_asked",
        at=now,
        by=by,
        sweep_id=sweep.id,
        network=spelled,
        port=port,
        addresses=len(addresses),
        credentials=[each.name for each in chosen],
    )
    return sweep


def carry_out_sweep(
    sessions: sessionmaker[Session],
    sweep_id: int,
    settings: KeySettings,
    owner: str,
    *,
    now: Callable[[], datetime] = clock.now,
) -> bool:
    """Ask the range of a sweep; False where it is not ours to take. No transaction is open meanwhile."""
    with sessions() as session, transaction(session):
        if not _lease(session, sweep_id, owner=owner, now=now()):
            return False
        sweep = queries.get_sweep(session, sweep_id)
        if sweep.attempts > ATTEMPTS:
            _finish(session, sweep, "failed", now=now())
            return True
        opened = _open_credentials(session, sweep, settings.key_ring())
        addresses, port = addresses_of(parse_range(sweep.network)), sweep.port
    answers = reading.sweep_addresses(addresses, [each for _, each in opened], port=port)
    with sessions() as session, transaction(session):
        sweep = queries.get_sweep(session, sweep_id)
        # Where the lease ran out, somebody else's result stands.
        if sweep.state == "leased" and sweep.lease_owner == owner:
            _keep(session, sweep, answers, [name for name, _ in opened])
            _finish(session, sweep, "done", now=now())
    return True


def _lease(session: Session, sweep_id: int, *, owner: str, now: datetime) -> bool:
    sweep = queries.get_sweep(session, sweep_id)
    seconds = lease_seconds(
        sweep.addresses,
        len(sweep.credential_ids),
        concurrency=reading.SWEEP_CONCURRENCY,
        seconds_of_silence=reading.SECONDS_OF_SILENCE,
    )
    until = now + timedelta(seconds=seconds)
    is_ours = leases.take(session, Sweep, sweep_id, owner=owner, now=now, until=until)
    session.expire_all()
    return is_ours


def _open_credentials(
    session: Session, sweep: Sweep, ring: KeyRing
) -> list[tuple[str, reading.SnmpCredentials]]:
    """Return name and opened secret of each credential that is still there and opens."""
    opened = []
    for credential_id in sweep.credential_ids:
        try:
            row = device_queries.get_credential(session, credential_id)
        except CredentialNotFound:
            continue
        found = reading.snmp_credentials_or_none(row, ring)
        if found is not None:
            opened.append((row.name, found))
    return opened


def _keep(
    session: Session, sweep: Sweep, answers: Sequence[reading.SweepAnswer], names: Sequence[str]
) -> None:
    for answer in answers:
        name = "" if answer.credential is None else names[answer.credential]
        session.add(
            SweepFind(
                sweep_id=sweep.id,
                address=answer.address,
                credential_name=name,
                name=_storable(answer.name, 255),
                description=_storable(answer.description, 500),
                platform=answer.platform,
            )
        )


def _storable(text: str | None, length: int) -> str:
    """Return what a device said of itself without NUL and broken letters, which PostgreSQL refuses."""
    return (text or "").encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:length]


def _finish(session: Session, sweep: Sweep, state: str, *, now: datetime) -> None:
    sweep.state, sweep.lease_until, sweep.finished_at = state, None, now
    session.flush()
    session.expire(sweep, ["finds"])
    answered = len(sweep.finds)
    record(
        session,
        "sweep_finished",
        at=now,
        sweep_id=sweep.id,
        network=sweep.network,
        state=state,
        answered=answered,
    )
