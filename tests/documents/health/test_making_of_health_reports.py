"""A health report is made once: by two at once, after a maker that was killed, after some that failed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from config import ROOT, HelpdeskSettings
from helpdesk.documents.health import queries, service
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.health.service import ReportDesk, Scope
from helpdesk.notifications.models import OutboxMessage
from tests.factories.health_desk import (
    BEGIN,
    MONDAY,
    ask_for_report,
    fill,
    make_beside,
    make_now,
    plan_weekly,
)
from tests.factories.network import make_device
from tests.factories.people import make_person
from tests.factories.processes import environment_of
from tests.factories.waiting import beside


def test_a_report_is_made_once_whoever_asks_and_however_often(session: Session, desk: ReportDesk) -> None:
    device = make_device(session)
    fill(session, device)
    session.commit()
    first = ask_for_report(session, desk, Scope(site_id=device.site_id))
    assert ask_for_report(session, desk, Scope(site_id=device.site_id)) == first
    assert make_now(session, desk, first)
    assert not make_now(session, desk, first)
    assert ask_for_report(session, desk, Scope(site_id=device.site_id)) == first
    assert session.scalar(select(func.count()).select_from(HealthReport)) == 1


def test_two_makers_at_once_make_one_report(engine: Engine, session: Session, desk: ReportDesk) -> None:
    person = make_person(session, email="kabag@instansi.example")
    device = make_device(session)
    fill(session, device)
    plan_weekly(session, person, now=MONDAY, site_id=device.site_id)
    report_id = ask_for_report(session, desk, Scope(site_id=device.site_id))
    session.commit()
    start, made = threading.Barrier(2), list[bool]()

    def make(owner: str) -> None:
        start.wait()
        made.append(make_beside(engine, desk, report_id, owner))

    threads = [threading.Thread(target=make, args=(f"scheduler:{number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, True]
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_a_maker_that_was_killed_leaves_a_report_that_the_next_one_makes(
    session: Session, desk: ReportDesk
) -> None:
    device = make_device(session)
    session.commit()
    report_id = ask_for_report(session, desk, Scope(site_id=device.site_id))
    assert service.lease_report(session, report_id, owner="scheduler:dead", now=MONDAY)
    session.commit()
    assert not make_now(session, desk, report_id), "somebody may still be at it"
    assert service.release_reports(session, owner_prefix="scheduler:") == 1
    session.commit()
    assert make_now(session, desk, report_id)


# Draws the report and is killed in the middle of it, by nobody it could answer.
KILLED = """
import os, signal, sys
from sqlalchemy.orm import sessionmaker
from config import load_settings
from helpdesk import clock
from helpdesk.database import make_engine
from helpdesk.documents.health import service
from helpdesk.documents.health.desk import report_desk

service.render_document = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
settings = load_settings()
sessions = sessionmaker(make_engine(settings.database_url))
service.make_report(sessions, int(sys.argv[1]), report_desk(settings), "scheduler:dead", now=clock.now)
"""


def test_a_maker_killed_in_the_middle_of_drawing_loses_no_report_and_tells_nobody_twice(
    session: Session, desk: ReportDesk, settings: HelpdeskSettings
) -> None:
    person = make_person(session, email="kabag@instansi.example")
    plan_weekly(session, person, now=BEGIN)
    report_id = ask_for_report(session, desk, Scope())
    command = [sys.executable, "-c", KILLED, str(report_id)]
    killed = subprocess.run(command, env=environment_of(settings), cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert queries.get_report(session, report_id).state == "leased"
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    service.release_reports(session, owner_prefix="scheduler:")
    assert make_now(session, desk, report_id)
    assert not make_now(session, desk, report_id)
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_a_report_that_ends_its_makers_time_and_again_is_given_up(session: Session, desk: ReportDesk) -> None:
    report_id = ask_for_report(session, desk, Scope())
    for _ in range(2 * service.ATTEMPTS):
        assert service.lease_report(session, report_id, owner="scheduler:dead", now=MONDAY)
        service.release_reports(session, owner_prefix="scheduler:")
    session.commit()
    assert queries.get_report(session, report_id).state == "failed"


def test_a_maker_that_fails_after_another_took_over_spoils_nothing(
    session: Session, desk: ReportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = ask_for_report(session, desk, Scope())
    draw = service.render_document

    def lose_the_lead(*given: Any) -> bytes:
        monkeypatch.setattr(service, "render_document", draw)
        service.release_reports(session, owner_prefix="scheduler:old")
        assert make_now(session, desk, report_id, "scheduler:new")
        raise OSError("late")

    monkeypatch.setattr(service, "render_document", lose_the_lead)
    with pytest.raises(OSError, match="late"):
        make_now(session, desk, report_id, "scheduler:old")
    session.expire_all()
    report = queries.get_report(session, report_id)
    assert (report.state, report.last_error) == ("done", None)


def test_a_maker_that_fails_while_another_stores_the_report_takes_nothing_back(
    engine: Engine, session: Session, desk: ReportDesk
) -> None:
    report_id = ask_for_report(session, desk, Scope())
    assert service.lease_report(session, report_id, owner="scheduler:old", now=MONDAY)
    session.commit()

    def fail(_own: Session) -> None:
        with service._FailureNoted(sessionmaker(engine), report_id, "scheduler:old"):
            raise OSError("late")

    with beside(engine, session, fail) as start:
        service.make_at_once(session, queries.get_report(session, report_id), desk, now=MONDAY)
        session.flush()
        failing = start()
        session.commit()
    with pytest.raises(OSError, match="late"):
        failing.result()
    session.expire_all()
    report = queries.get_report(session, report_id)
    assert (report.state, report.last_error) == ("done", None)


def test_a_lease_that_ran_out_is_taken_by_the_next_round(session: Session, desk: ReportDesk) -> None:
    report_id = ask_for_report(session, desk, Scope())
    service.lease_report(
        session, report_id, owner="elsewhere", now=MONDAY - service.LEASE - timedelta(seconds=1)
    )
    session.commit()
    assert list(queries.list_open_reports(session, now=MONDAY)) == [report_id]
    assert make_now(session, desk, report_id)


def test_a_report_that_cannot_be_drawn_is_tried_a_few_times_and_then_told(
    session: Session, desk: ReportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = ask_for_report(session, desk, Scope())

    def fail(*_given: Any) -> bytes:
        raise OSError("disk of 10.1.2.3 is full")

    with monkeypatch.context() as patched:
        patched.setattr(service, "render_document", fail)
        for _ in range(service.ATTEMPTS):
            with pytest.raises(OSError, match="full"):
                make_now(session, desk, report_id)
    report = queries.get_report(session, report_id)
    assert (report.state, report.last_error) == ("failed", "OSError")
    assert list(queries.list_open_reports(session, now=MONDAY)) == []
    session.rollback()
    assert ask_for_report(session, desk, Scope()) == report_id
    assert make_now(session, desk, report_id), "whoever asks again gets it"
