"""A row that is work is held by one owner until the lease runs out; the same for every table of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import leases
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.service import request_snapshot
from tests.factories.moments import MORNING as NOW
from tests.factories.network import make_device

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def run(session: Session) -> SnapshotRun:
    return request_snapshot(session, make_device(session), reason="manual", now=NOW)


def take(session: Session, run: SnapshotRun, owner: str, at=NOW) -> bool:
    until = at + timedelta(minutes=5)
    taken = leases.take(session, SnapshotRun, run.id, owner=owner, now=at, until=until)
    session.expire_all()
    return taken


def free(session: Session, at) -> list[int]:
    return list(session.scalars(select(SnapshotRun.id).where(leases.is_free(SnapshotRun, at))))


def test_a_row_is_taken_once_and_each_taking_counts(session: Session, run: SnapshotRun) -> None:
    assert free(session, NOW) == [run.id]
    assert take(session, run, "a")
    assert not take(session, run, "b")
    assert (run.state, run.lease_owner, run.lease_until, run.attempts) == ("leased", "a", LATER, 1)
    assert free(session, NOW) == []


def test_a_lease_holds_to_its_last_moment_and_is_then_anybodys(session: Session, run: SnapshotRun) -> None:
    take(session, run, "a")
    assert free(session, LATER) == []
    assert not take(session, run, "b", LATER)
    assert take(session, run, "b", LATER + timedelta(microseconds=1))
    assert (run.lease_owner, run.attempts) == ("b", 2)


def test_what_is_done_is_taken_by_nobody(session: Session, run: SnapshotRun) -> None:
    take(session, run, "a")
    run.state = "done"
    session.flush()
    assert not take(session, run, "b", LATER + timedelta(days=1))


def test_the_rows_of_the_dead_are_given_back_and_those_of_the_living_are_not(
    session: Session, run: SnapshotRun
) -> None:
    take(session, run, "clock:desk1:7")
    # In a pattern of the database the underscore would stand for any letter.
    assert leases.release(session, SnapshotRun, owner_prefix="clock:desk_:") == 0
    assert leases.release(session, SnapshotRun, owner_prefix="clock:desk1:") == 1
    assert leases.release(session, SnapshotRun, owner_prefix="clock:desk1:") == 0
    session.expire_all()
    assert (run.state, run.lease_owner, run.lease_until, run.attempts) == ("due", None, None, 1)
