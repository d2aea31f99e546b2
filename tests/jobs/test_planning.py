from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import SignInAttempt, SignInSession
from helpdesk.evidence import service as evidence
from helpdesk.evidence.models import SnapshotRun
from helpdesk.jobs import tasks
from helpdesk.jobs.rules import latest_slot
from tests.factories.network import make_device, make_site
from tests.factories.people import make_person

QUARTER = timedelta(minutes=15)


def _plan(session: Session, now: datetime) -> int:
    planned = tasks.plan_due_snapshots(session, default_minutes=15, now=now)
    session.commit()
    return planned


def _runs(session: Session) -> list[SnapshotRun]:
    return list(session.scalars(select(SnapshotRun).order_by(SnapshotRun.id)))


def _finish_all(session: Session) -> None:
    for run in _runs(session):
        run.state = "done"
    session.commit()


def test_a_new_device_is_due_at_once_and_once(session: Session, now: datetime) -> None:
    device = make_device(session)
    assert _plan(session, now) == 1
    assert _plan(session, now + timedelta(seconds=2)) == 0
    (run,) = _runs(session)
    assert (run.due_at, run.state, run.reason) == (latest_slot(device.id, QUARTER, now), "due", "schedule")
    assert device.next_due_at == run.due_at + QUARTER


def test_the_next_slot_is_due_when_it_comes_and_not_before(session: Session, now: datetime) -> None:
    device = make_device(session)
    _plan(session, now)
    _finish_all(session)
    next_slot = device.next_due_at
    assert next_slot is not None
    assert _plan(session, next_slot - timedelta(seconds=1)) == 0
    assert _plan(session, next_slot) == 1


def test_slots_missed_while_nobody_was_there_are_one_run(session: Session, now: datetime) -> None:
    make_device(session)
    _plan(session, now)
    _finish_all(session)
    assert _plan(session, now + timedelta(hours=9)) == 1


def test_a_slot_is_not_planned_on_top_of_one_that_still_waits(session: Session, now: datetime) -> None:
    make_device(session)
    _plan(session, now)
    assert _plan(session, now + QUARTER) == 0
    _finish_all(session)
    assert _plan(session, now + 2 * QUARTER) == 1


def test_a_slot_that_was_planned_before_is_not_planned_again(session: Session, now: datetime) -> None:
    device = make_device(session)
    _plan(session, now)
    _finish_all(session)
    device.next_due_at = None
    assert _plan(session, now) == 0


@pytest.mark.parametrize(("minutes", "planned"), [(0, 0), (None, 1), (5, 1)])
def test_a_site_decides_whether_it_is_read_by_schedule(
    session: Session, now: datetime, minutes: int | None, planned: int
) -> None:
    make_device(session, site=make_site(session, snapshot_minutes=minutes))
    assert _plan(session, now) == planned


def test_a_shorter_interval_does_not_wait_for_the_end_of_the_longer_one(
    session: Session, now: datetime
) -> None:
    site = make_site(session, snapshot_minutes=1440)
    make_device(session, site=site)
    _plan(session, now)
    _finish_all(session)
    site.snapshot_minutes = 5
    assert _plan(session, now + timedelta(minutes=6)) == 1


def test_a_device_out_of_use_is_never_due(session: Session, now: datetime) -> None:
    make_device(session, is_active=False)
    assert _plan(session, now) == 0


def test_a_new_leader_frees_what_dead_schedulers_held_and_leaves_the_web_alone(
    session: Session, now: datetime
) -> None:
    owners = ("scheduler:a:1:x", "web:a:2:y")
    ids = []
    for owner in owners:
        run = evidence.request_snapshot(session, make_device(session), reason="manual", now=now)
        evidence.lease_run(session, run.id, owner=owner, now=now, seconds=30)
        ids.append(run.id)
    assert evidence.release_leases(session, owner_prefix="scheduler:") == 1
    session.expire_all()
    assert [session.get_one(SnapshotRun, run_id).state for run_id in ids] == ["due", "leased"]


def test_old_sign_in_tries_and_ended_sessions_are_forgotten(session: Session, now: datetime) -> None:
    person = make_person(session)
    for age in (timedelta(days=1), timedelta(days=31)):
        session.add(SignInAttempt(username="x", address="::1", at=now - age, succeeded=False))
    for number, age in enumerate((timedelta(days=1), timedelta(days=91))):
        moment = now - age
        session.add(
            SignInSession(
                token_sha256=str(number),
                person_id=person.id,
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment,
                address="::1",
                user_agent="tests",
            )
        )
    session.flush()
    tasks.purge(session, now=now)
    assert len(session.scalars(select(SignInAttempt)).all()) == 1
    assert len(session.scalars(select(SignInSession)).all()) == 1
