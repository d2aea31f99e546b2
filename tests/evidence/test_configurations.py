"""The history of configurations: whole ones only, one row a version, a person for what shrank."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from helpdesk.devices import credentials, reading
from helpdesk.devices.models import Device
from helpdesk.devices.queries import lock_device
from helpdesk.events import Event
from helpdesk.evidence import service as evidence_service
from helpdesk.evidence.configurations import queries, service
from helpdesk.evidence.configurations.errors import NothingToConfirm
from helpdesk.evidence.configurations.models import Configuration
from helpdesk.evidence.configurations.rules import SHRUNK, UNFINISHED, problem_of
from helpdesk.evidence.models import SnapshotRun
from network import CommandOutput, SystemFacts, TargetSummary
from network import Snapshot as Facts
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.waiting import beside

RING = {"k1": bytes(32)}
HOUR = timedelta(hours=1)
TEXT = "hostname sw\n" + "".join(f"vlan {number}\n name ruang-{number}\n" for number in range(2, 12)) + "end"


def _output(text: str = TEXT, **fields: Any) -> CommandOutput:
    values = {"command": "show running-config", "output": text, "complete": True, "duration_ms": 5}
    return CommandOutput(**{**values, **fields})


def _keep(session: Session, device: Device, at: datetime, text: str = TEXT, **fields: Any) -> Configuration:
    kept = service.keep_output(session, device.id, _output(text, **fields), platform="cisco_ios", taken_at=at)
    session.commit()
    return kept


def _kinds(session: Session) -> list[str]:
    return list(
        session.scalars(select(Event.kind).where(Event.kind.startswith("configuration")).order_by(Event.id))
    )


@pytest.mark.parametrize(
    ("complete", "size", "previous", "problem"),
    [
        (True, 100, None, ""),
        (True, 100, 200, ""),
        (True, 99, 200, SHRUNK),
        (False, 500, 200, UNFINISHED),
        (False, 10, 200, UNFINISHED),
        (True, 0, None, UNFINISHED),
    ],
)
def test_what_ended_early_or_lost_half_of_itself_is_not_yet_evidence(
    complete: bool, size: int, previous: int | None, problem: str
) -> None:
    assert problem_of(complete=complete, size_bytes=size, previous_bytes=previous) == problem


def test_the_same_configuration_again_makes_no_new_row(session: Session, now: datetime) -> None:
    device = make_device(session)
    first = _keep(session, device, now, f"Current configuration : 10 bytes\n{TEXT}")
    again = _keep(session, device, now + HOUR, f"Current configuration : 99 bytes\n{TEXT}")
    assert again.id == first.id
    assert first.last_seen_at == now + HOUR
    assert session.scalar(select(func.count()).select_from(Configuration)) == 1
    assert _kinds(session) == ["configuration_kept"]


def test_a_change_is_a_new_version_and_an_act_of_the_record(session: Session, now: datetime) -> None:
    device, other = make_device(session), make_device(session)
    first = _keep(session, device, now)
    changed = _keep(session, device, now + HOUR, TEXT.replace("ruang-5", "rapat"))
    _keep(session, other, now)
    assert changed.previous_id == first.id
    assert queries.find_head(session, device.id) is changed
    assert _kinds(session) == ["configuration_kept", "configuration_changed", "configuration_kept"]
    assert queries.configuration_change_since(session, device.id, now) is changed
    assert queries.configuration_change_since(session, device.id, now + HOUR) is None
    assert queries.configuration_change_since(session, other.id, now - HOUR) is None
    assert [(each.sign, each.path) for each in queries.changes_between(first, changed).changed] == [
        ("-", ("vlan 5",)),
        ("+", ("vlan 5",)),
    ]


def test_an_unfinished_reading_is_kept_marked_and_never_in_force(session: Session, now: datetime) -> None:
    device = make_device(session)
    first = _keep(session, device, now)
    cut = _keep(session, device, now + HOUR, TEXT[:-3], complete=False, error="incomplete_output")
    assert cut.problem == UNFINISHED
    assert queries.find_head(session, device.id) is first
    assert queries.text_of(cut) == TEXT[:-3]
    assert queries.configuration_change_since(session, device.id, now - HOUR) is None
    assert _keep(session, device, now + 2 * HOUR).id == first.id


def test_a_configuration_that_shrank_waits_for_a_person(
    session: Session, now: datetime, office: Office
) -> None:
    device = make_device(session)
    first = _keep(session, device, now)
    short = _keep(session, device, now + HOUR, "hostname sw\nend")
    assert short.problem == SHRUNK
    assert _keep(session, device, now + 2 * HOUR, "hostname sw\nend").id == short.id
    assert queries.find_head(session, device.id) is first
    service.confirm_configuration(session, short, by=office.pelaksana, now=now + 3 * HOUR)
    assert queries.find_head(session, device.id) is short
    assert queries.configuration_change_since(session, device.id, now + 2 * HOUR) is short
    event = session.scalars(select(Event).where(Event.kind == "configuration_changed")).one()
    assert event.actor_name == office.pelaksana.name
    assert _keep(session, device, now + 4 * HOUR, "hostname sw\nend").id == short.id
    with pytest.raises(NothingToConfirm):
        service.confirm_configuration(session, short, by=office.pelaksana, now=now + 5 * HOUR)


def test_what_was_seen_whole_again_leaves_nothing_to_confirm(
    session: Session, now: datetime, office: Office
) -> None:
    device = make_device(session)
    _keep(session, device, now)
    short = _keep(session, device, now + HOUR, "hostname sw\nend")
    cut = _keep(session, device, now + HOUR, "hostname", complete=False)
    _keep(session, device, now + 2 * HOUR)
    for refused in (short, cut):
        with pytest.raises(NothingToConfirm):
            service.confirm_configuration(session, refused, by=office.pelaksana, now=now + 3 * HOUR)


def test_a_configuration_among_the_outputs_of_a_snapshot_is_kept(session: Session, now: datetime) -> None:
    device = make_device(session)
    run = SnapshotRun(device_id=device.id, due_at=now, reason="manual", attempts=1, state="done")
    session.add(run)
    session.flush()
    facts = Facts(
        target=TargetSummary(name="sw", address="192.0.2.1", snmp_port=None, ssh_port=22),
        taken_at=now,
        duration_ms=5,
        complete=True,
        platform="cisco_ios",
        system=SystemFacts(),
        commands=(_output("version 15", command="show version"), _output()),
    )
    evidence_service.store_snapshot(session, run, facts, now=now)
    head = queries.find_head(session, device.id)
    assert head is not None
    assert queries.text_of(head) == TEXT


@pytest.fixture
def ssh_device(session: Session, now: datetime) -> Device:
    """A device with a credential; what it answers is the test's affair."""
    credential = credentials.add_credential(
        session,
        name="ssh",
        kind="ssh",
        public={"username": "baca"},
        secret={"password": "x"},
        ring=RING,
        now=now,
    )
    device = make_device(session, address="127.0.0.1", platform="cisco_ios", ssh_credential_id=credential.id)
    session.commit()
    return device


def _read(engine: Engine, device_id: int, at: datetime) -> tuple[int | None, str]:
    return service.read_configuration(engine, device_id, RING, hours=24, budget_seconds=5.0, now=lambda: at)


def test_a_device_is_read_once_a_turn_whatever_comes_of_it(
    engine: Engine, session: Session, ssh_device: Device, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_device(session)
    device_id = ssh_device.id
    session.commit()
    answers: list[CommandOutput | str] = ["authentication_failed", _output()]
    monkeypatch.setattr(reading, "collect_configuration", lambda *_args, **_options: answers.pop(0))
    assert queries.list_due_device_ids(session, now=now, limit=9) == [device_id]
    session.commit()
    assert _read(engine, device_id, now) == (None, "authentication_failed")
    session.expire_all()
    assert queries.list_due_device_ids(session, now=now + 23 * HOUR, limit=9) == []
    assert queries.list_due_device_ids(session, now=now + 24 * HOUR, limit=9) == [device_id]
    session.commit()
    kept, failure = _read(engine, device_id, now + 24 * HOUR)
    assert kept is not None
    assert failure == ""


def test_two_readers_of_a_device_read_it_once(
    engine: Engine, session: Session, ssh_device: Device, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner: list[tuple[int | None, str]] = []

    def slow(*_args: Any, **_options: Any) -> CommandOutput:
        inner.append(_read(engine, device_id, now))
        return _output()

    device_id = ssh_device.id
    session.commit()
    monkeypatch.setattr(reading, "collect_configuration", slow)
    kept, _ = service.read_configuration(
        engine, device_id, RING, hours=24, budget_seconds=5.0, now=lambda: now
    )
    assert kept is not None
    assert inner == [(None, "")]


def test_what_a_device_says_instead_of_its_configuration_is_not_kept(
    engine: Engine, session: Session, ssh_device: Device, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    device_id = ssh_device.id
    session.commit()
    refusal = _output("% Invalid input", complete=False, error="rejected_by_device")
    monkeypatch.setattr(reading, "collect_configuration", lambda *_args, **_options: refusal)
    assert _read(engine, device_id, now) == (None, "rejected_by_device")
    assert session.scalar(select(func.count()).select_from(Configuration)) == 0


def test_the_pages_show_the_text_its_history_and_the_differences(
    client: FlaskClient, session: Session, sign_in: Any, office: Office, now: datetime
) -> None:
    device = make_device(session)
    first = _keep(session, device, now)
    second = _keep(session, device, now + HOUR, TEXT.replace("ruang-5", "<b>rapat</b>"))
    sign_in(client, office.auditor)
    base = f"/devices/{device.id}/configurations"
    assert "In force" in client.get(base).text
    assert "name &lt;b&gt;rapat&lt;/b&gt;" in client.get(f"{base}/{second.id}").text
    page = client.get(f"{base}/compare?before={first.id}&after={second.id}").text
    assert "vlan 5 ›" in page
    assert "name ruang-5" in page
    same = client.get(f"{base}/compare?before={first.id}&after={first.id}").text
    assert "No difference" in same
    answer = client.get(f"{base}/{first.id}.txt")
    assert answer.text == TEXT + "\n"
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(("added", "shown"), [("vlan 9\n!", 1), ("!", 1)])
def test_a_line_that_only_parts_sections_is_listed_where_nothing_else_changed(
    client: FlaskClient,
    session: Session,
    sign_in: Any,
    office: Office,
    now: datetime,
    added: str,
    shown: int,
) -> None:
    device = make_device(session)
    first = _keep(session, device, now)
    second = _keep(session, device, now + HOUR, TEXT.replace("\nend", f"\n{added}\nend"))
    sign_in(client, office.auditor)
    base = f"/devices/{device.id}/configurations"
    page = client.get(f"{base}/compare?before={first.id}&after={second.id}").text
    assert page.count("changed-lines__item--added") == shown


def test_a_configuration_is_found_under_its_own_device_only(
    client: FlaskClient, session: Session, sign_in: Any, office: Office, now: datetime
) -> None:
    device, other = make_device(session), make_device(session)
    kept = _keep(session, device, now)
    sign_in(client, office.auditor)
    assert client.get(f"/devices/{other.id}/configurations/{kept.id}").status_code == 404
    assert client.get(f"/devices/{device.id}/configurations/compare?before={kept.id}").status_code == 404


def test_a_person_confirms_on_the_page_what_shrank(
    client: FlaskClient, session: Session, sign_in: Any, office: Office, now: datetime
) -> None:
    device = make_device(session)
    _keep(session, device, now)
    short = _keep(session, device, now + HOUR, "hostname sw\nend")
    page = f"/devices/{device.id}/configurations/{short.id}"
    sign_in(client, office.auditor)
    assert "It is whole" not in client.get(page).text
    assert client.post(f"{page}/confirm").status_code == 403
    sign_in(client, office.pelaksana)
    assert "It is whole" in client.get(page).text
    assert "In force" in client.post(f"{page}/confirm", follow_redirects=True).text


def test_a_reading_that_ends_late_and_one_that_begins_wait_for_each_other_in_one_order(
    engine: Engine, session: Session, now: datetime
) -> None:
    device_id = make_device(session).id
    assert service.lease_reading(session, device_id, hours=24, now=now, seconds=60)
    session.commit()

    def end(own: Session) -> object:
        return service._finish(own, device_id, "cisco_ios", _output(), by_id=None, now=now + HOUR)

    with beside(engine, session, end) as start:
        lock_device(session, device_id)
        ending = start()
        assert service.lease_reading(session, device_id, hours=24, now=now + HOUR, seconds=60)
        session.commit()
    ending.result()
    assert session.scalar(select(func.count()).select_from(Configuration)) == 1
