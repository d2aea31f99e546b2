"""The real `helpdesk scheduler`, killed and started again."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.devices import credentials
from helpdesk.evidence.models import Snapshot, SnapshotRun
from tests.factories.lab import LabAgent, running_agents
from tests.factories.network import make_device, make_site
from tests.factories.postgresql import Server
from tests.factories.processes import environment_of, running

DEVICES = 8


def _register(session: Session, settings: HelpdeskSettings, agents: list[LabAgent]) -> None:
    now = clock.now()
    credential = credentials.add_credential(
        session,
        name="umum",
        kind="snmp_v2c",
        public={},
        secret={"community": agents[0].community},
        ring=settings.key_ring(),
        now=now,
    )
    site = make_site(session, snapshot_minutes=60)
    for agent in agents:
        make_device(
            session,
            site=site,
            name=agent.name,
            address="127.0.0.1",
            snmp_port=agent.port,
            snmp_credential_id=credential.id,
        )
    session.commit()


def _states(engine: Engine) -> Counter[str]:
    with Session(engine) as session:
        session.connection(execution_options={"reads_only": True})
        return Counter(session.scalars(select(SnapshotRun.state)))


def _snapshots(engine: Engine) -> int:
    with Session(engine) as session:
        session.connection(execution_options={"reads_only": True})
        return session.scalar(select(func.count()).select_from(Snapshot)) or 0


def _wait(condition: object, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_sweep_that_is_killed_is_finished_after_the_restart_with_no_snapshot_twice(
    engine: Engine, session: Session, settings: HelpdeskSettings
) -> None:
    environment = environment_of(settings) | {"HELPDESK_SNAPSHOT_CONCURRENCY": "2"}
    with running_agents(DEVICES, delay_seconds=0.1) as agents:
        _register(session, settings, agents)
        with running("scheduler", environment=environment) as first:
            first.wait_for_line("scheduler: leader")
            _wait(lambda: _snapshots(engine) >= 2 and _states(engine)["leased"], 200, "no sweep began")
            first.kill()
        killed = _states(engine)
        assert killed["leased"] >= 1, "the kill must leave a run that somebody held"
        assert killed["due"] >= 1, "the kill must come in the middle of the sweep"
        with running("scheduler", environment=environment) as second:
            second.wait_for_line("scheduler: leader")
            _wait(lambda: set(_states(engine)) == {"done"}, 200, "the sweep was not finished")
            assert second.stop() == 0
    assert _states(engine)["done"] >= DEVICES
    per_run = select(SnapshotRun.id, func.count(Snapshot.id)).outerjoin(Snapshot).group_by(SnapshotRun.id)
    assert {count for _, count in session.execute(per_run)} == {1}
    assert session.scalars(select(Snapshot.reachable)).all() == [True] * _states(engine)["done"]


def test_of_two_schedulers_one_leads_and_the_other_takes_over(
    engine: Engine, settings: HelpdeskSettings
) -> None:
    environment = environment_of(settings)
    with (
        running("scheduler", environment=environment) as first,
        running("scheduler", environment=environment) as second,
    ):
        said = [first.wait_for_line("scheduler:"), second.wait_for_line("scheduler:")]
        assert sorted("leader" in line for line in said) == [False, True]
        assert sorted("waiting" in line for line in said) == [False, True]
        leader, other = (first, second) if "leader" in said[0] else (second, first)
        leader.kill()
        other.wait_for_line("scheduler: leader")
        assert other.stop() == 0


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_database_that_goes_away_for_a_while_ends_no_scheduler(
    postgresql_server: Server, database_url: str, settings: HelpdeskSettings
) -> None:
    with running("scheduler", environment=environment_of(settings)) as scheduler:
        scheduler.wait_for_line("scheduler: leader")
        postgresql_server.set_reachable(database_url, False)
        scheduler.wait_for_line("waiting")
        postgresql_server.set_reachable(database_url, True)
        scheduler.wait_for_line("scheduler: leader")
        assert scheduler.stop() == 0
        assert not any("Traceback" in line for line in scheduler.printed)


def test_one_round_takes_what_is_due_and_ends(
    engine: Engine, session: Session, settings: HelpdeskSettings
) -> None:
    with running_agents(2) as agents:
        _register(session, settings, agents)
        with running("scheduler", "--once", environment=environment_of(settings)) as once:
            once.wait_for_line("2 planned, 2 taken, 0 e-mails sent")
            assert once.process.wait(120) == 0
    assert _snapshots(engine) == 2


def test_a_database_without_tables_is_refused_with_a_sentence(
    empty_database_url: str, settings: HelpdeskSettings
) -> None:
    environment = environment_of(settings) | {"HELPDESK_DATABASE_URL": empty_database_url}
    with running("scheduler", environment=environment) as command:
        command.wait_for_line("Run: helpdesk database upgrade")
        assert command.process.wait(120) == 1
        assert not any("Traceback" in line for line in command.printed)
