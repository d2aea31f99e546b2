"""Figures for Prometheus: readable by its rules, only with the token, and about nobody."""

from __future__ import annotations

import dataclasses
import random
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import event
from sqlalchemy.orm import Session

from helpdesk.evidence import service as evidence
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.traps import service as traps
from helpdesk.findings.models import FindingRecord
from helpdesk.metrics.queries import SEVERITIES, list_gauges
from helpdesk.metrics.rules import Gauge, expose, is_bearer
from helpdesk.notifications.models import OutboxMessage
from helpdesk.schedules import heartbeat
from tests.factories.network import make_device
from tests.factories.readings import switch_facts
from tests.factories.tickets import make_ticket

TOKEN = "a-token-of-the-tests"
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
ESCAPES = {"\\n": "\n", "\\\\": "\\", '\\"': '"'}
Read = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parse(text: str) -> Read:
    """Read the format as its specification says, and refuse what it does not allow."""
    assert text.endswith("\n")
    read: Read = {}
    typed: set[str] = set()
    for line in text.split("\n")[:-1]:
        if line.startswith("# TYPE "):
            _hash, _type, name, kind = line.split(" ")
            assert kind == "gauge"
            assert name not in typed
            typed.add(name)
        elif not line.startswith("# HELP "):
            found = SAMPLE.fullmatch(line)
            assert found is not None, line
            name, inside, value = found.groups()
            assert name in typed
            labels, rest = [], inside or ""
            while rest:
                label = LABEL.match(rest)
                assert label is not None, rest
                said = re.sub(r"\\.", lambda escape: ESCAPES[escape[0]], label[2])
                labels.append((label[1], said))
                rest = rest[label.end() :]
            key = (name, frozenset(labels))
            assert key not in read
            read[key] = float(value)
    return read


def figure(read: Read, name: str, **labels: str) -> float | None:
    """Return one value."""
    return read.get((name, frozenset(labels.items())))


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text()), st.floats(allow_nan=False))
def test_any_label_and_any_number_is_read_back(labels: dict[str, str], value: float) -> None:
    text = expose([Gauge("x", "One\nline \\ only.", ((labels, value),))])
    assert parse(text) == {("x", frozenset(labels.items())): value}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_only_the_token_opens(header: str) -> None:
    assert is_bearer(f"bearer {TOKEN}", TOKEN)
    assert not is_bearer(header, TOKEN)
    assert not is_bearer("Bearer ", "")


def test_the_figures_say_what_waits_and_how_late_it_is(session: Session, now: datetime) -> None:
    first = make_ticket(session, now=now).run.steps[0]
    office, step = first.role, first.step_id
    ok, hot, silent, unread = (make_device(session) for _each in range(4))
    make_device(session, is_active=False)
    facts = switch_facts(1, random.Random(1))
    hot_facts = dataclasses.replace(facts, sensors=(dataclasses.replace(facts.sensors[0], value=90.0),))
    nothing = dataclasses.replace(
        facts, interfaces=(), system=dataclasses.replace(facts.system, description=None, object_id=None)
    )
    for device, said in ((hot, facts), (ok, facts), (hot, hot_facts), (silent, nothing)):
        run = evidence.request_snapshot(session, device, reason="manual", now=now)
        run.state = "done"
        evidence.store_snapshot(session, run, said, now=now)
    for minutes, state in ((5, "due"), (9, "leased")):
        due_at = now - timedelta(minutes=minutes)
        session.add(SnapshotRun(device_id=unread.id, due_at=due_at, reason="schedule", state=state))
    session.flush()
    read = parse(expose(list_gauges(session, now=now + timedelta(days=30))))
    assert figure(read, "disposisi_tickets", state="open") == 1
    assert figure(read, "disposisi_steps_current", office=office) == 1
    assert figure(read, "disposisi_steps_overdue", office=office) == 1
    assert figure(read, "disposisi_tickets_open", office=office, step=step) == 1
    assert figure(read, "disposisi_tickets_late", office=office, step=step) == 1
    assert figure(read, "disposisi_tickets_past_promise") == 1
    days = timedelta(days=30)
    assert figure(read, "disposisi_snapshot_runs", state="due") == 1
    assert figure(read, "disposisi_snapshot_runs", state="leased") == 1
    late = (days + timedelta(minutes=9)).total_seconds()
    assert figure(read, "disposisi_snapshot_runs_oldest_seconds") == late
    health = {"ok": 1, "critical": 1, "unreachable": 1, "unknown": 1, "warning": 0}
    assert {each: figure(read, "disposisi_devices", health=each) for each in health} == health


def test_an_e_mail_that_waits_and_one_given_up_are_counted_apart(session: Session, now: datetime) -> None:
    for number, next_try_at in enumerate((now, now, None)):
        session.add(
            OutboxMessage(
                kind="test",
                recipient="rina@badan.example",
                subject="Perihal",
                body="",
                message_id=f"<{number}@test>",
                created_at=now - timedelta(minutes=number),
                next_try_at=next_try_at,
            )
        )
    session.flush()
    text = expose(list_gauges(session, now=now))
    assert "badan.example" not in text
    read = parse(text)
    assert figure(read, "disposisi_outbox_messages", state="waiting") == 2
    assert figure(read, "disposisi_outbox_messages", state="given_up") == 1
    assert figure(read, "disposisi_outbox_oldest_seconds") == 60


def test_a_ticket_within_its_time_is_open_and_not_late(session: Session, now: datetime) -> None:
    first = make_ticket(session, now=now).run.steps[0]
    session.flush()
    read = parse(expose(list_gauges(session, now=now)))
    labels = {"office": first.role, "step": first.step_id}
    assert figure(read, "disposisi_tickets_open", **labels) == 1
    assert figure(read, "disposisi_tickets_late", **labels) == 0
    assert figure(read, "disposisi_tickets_past_promise") == 0
    assert figure(read, "disposisi_steps_overdue", office=first.role) is None


def test_the_scheduler_and_the_receiver_of_traps_give_a_sign_of_life(session: Session, now: datetime) -> None:
    silent = parse(expose(list_gauges(session, now=now)))
    # Where none ever ran, no age is told: 0 would say that it is alive.
    assert figure(silent, "disposisi_scheduler_heartbeat_seconds") is None
    assert figure(silent, "disposisi_traps", outcome="accepted") is None
    for minutes in (9, 2):
        heartbeat.note_alive(
            session, started_at=now - timedelta(hours=1), now=now - timedelta(minutes=minutes)
        )
    traps.note_state(
        session,
        listens_on="127.0.0.1:1162",
        started_at=now,
        counts={"accepted": 7, "malformed": 1},
        now=now - timedelta(seconds=30),
    )
    session.flush()
    read = parse(expose(list_gauges(session, now=now)))
    assert figure(read, "disposisi_scheduler_heartbeat_seconds") == 120
    seen = now.timestamp() - 120
    assert figure(read, "disposisi_scheduler_heartbeat_timestamp_seconds") == seen
    assert figure(read, "disposisi_scheduler_start_timestamp_seconds") == now.timestamp() - 3600
    assert figure(read, "disposisi_traps", outcome="accepted") == 7
    assert figure(read, "disposisi_traps", outcome="flood") == 0
    assert figure(read, "disposisi_trap_receiver_heartbeat_seconds") == 30


def test_open_findings_are_counted_by_severity_and_old_ones_are_not(session: Session, now: datetime) -> None:
    device = make_device(session)
    run = evidence.request_snapshot(session, device, reason="manual", now=now)
    snapshot = evidence.store_snapshot(session, run, switch_facts(1, random.Random(1)), now=now)
    states = (("critical", "open"), ("critical", "recovering"), ("warning", "pending"), ("warning", "over"))
    for number, (severity, state) in enumerate(states):
        session.add(
            FindingRecord(
                device_id=device.id,
                rule="port_down",
                object=str(number),
                object_key=str(number),
                severity=severity,
                values={},
                state=state,
                streak=1,
                swings=[],
                first_seen_at=now,
                last_seen_at=now,
                first_snapshot_id=snapshot.id,
                last_snapshot_id=snapshot.id,
            )
        )
    session.flush()
    read = parse(expose(list_gauges(session, now=now)))
    counts = {each: figure(read, "disposisi_findings", severity=each) for each in SEVERITIES}
    assert counts == {"critical": 2, "warning": 0, "information": 0}


def test_counting_asks_as_often_for_many_devices_as_for_none(session: Session, now: datetime) -> None:
    def statements() -> int:
        counted = 0

        def count(_connection: object, _cursor: object, statement: str, *_args: object) -> None:
            nonlocal counted
            counted += statement.startswith("SELECT")

        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", count)
        list_gauges(session, now=now)
        event.remove(bind, "before_cursor_execute", count)
        return counted

    before = statements()
    for _each in range(5):
        make_device(session)
    assert statements() == before <= 11


def test_without_a_token_in_the_settings_there_is_no_such_page(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_the_page_opens_by_the_token_and_says_nothing_of_people(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(
        update={"metrics_token": SecretStr(TOKEN)}
    )
    make_ticket(session, requester_name="Rina Kusuma", requester_email="rina@badan.example")
    refused = client.get("/metrics", headers={"Authorization": "Bearer other"})
    assert (refused.status_code, refused.data) == (401, b"")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert figure(parse(answer.text), "disposisi_tickets", state="open") == 1
    assert "Rina" not in answer.text
    assert "badan.example" not in answer.text
