from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk.evidence import queries, service
from helpdesk.evidence.models import Snapshot, SnapshotRun
from network import Failure, Interface, Item, SystemFacts, TargetSummary
from network import Snapshot as Facts
from network.facts import Alarm, PowerSupply
from tests.factories.network import make_device
from tests.factories.people import Office


def _facts(taken_at: datetime, **fields: Any) -> Facts:
    values: dict[str, Any] = {
        "target": TargetSummary(name="sw", address="192.0.2.1", snmp_port=161, ssh_port=None),
        "taken_at": taken_at,
        "duration_ms": 1234,
        "complete": True,
        "platform": "cisco_ios",
        "system": SystemFacts(name="sw", description="Cisco IOS <b>bold</b>", uptime_seconds=90061.0),
        "interfaces": (Interface(index=1, name="Gi1/0/1", admin_status="up", oper_status="up"),),
    }
    return Facts(**{**values, **fields})


def _store(session: Session, device: Any, facts: Facts) -> Snapshot:
    run = SnapshotRun(device_id=device.id, due_at=facts.taken_at, reason="schedule", attempts=1, state="done")
    session.add(run)
    session.flush()
    snapshot = service.store_snapshot(session, run, facts, now=facts.taken_at)
    session.commit()
    return snapshot


@pytest.fixture
def reader(client: FlaskClient, sign_in: Any, office: Office) -> FlaskClient:
    """Return the auditor's browser."""
    sign_in(client, office.auditor)
    return client


def test_the_downloaded_file_has_the_hash_that_the_page_shows(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    snapshot = _store(session, make_device(session), _facts(now))
    answer = reader.get(f"/snapshots/{snapshot.id}.json")
    assert hashlib.sha256(answer.data).hexdigest() == snapshot.sha256
    assert json.loads(answer.data)["interfaces"][0]["name"] == "Gi1/0/1"
    assert answer.headers["Content-Disposition"].endswith('.json"')


def test_what_a_device_says_is_text_and_never_markup(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    snapshot = _store(session, make_device(session), _facts(now))
    page = reader.get(f"/snapshots/{snapshot.id}").text
    assert "Cisco IOS &lt;b&gt;bold&lt;/b&gt;" in page


def test_power_supplies_and_alarms_stand_on_the_page_and_among_what_changed(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    device = make_device(session)
    _store(session, device, _facts(now, power=(PowerSupply(name="PSU 2", status="ok"),)))
    later = _facts(
        now + timedelta(minutes=5),
        power=(PowerSupply(name="PSU 2", status="failed"),),
        alarms=(Alarm(name="Power lost", severity="major", detail="slot 2"),),
    )
    page = reader.get(f"/snapshots/{_store(session, device, later).id}").text
    for words in (
        "Power supplies",
        "Failed",
        "Active alarms",
        "Power lost",
        "slot 2",
        "state of the power supply",
    ):
        assert words in page
    assert "in order" in page, "what it was before"


def test_a_page_says_how_each_part_was_read(reader: FlaskClient, session: Session, now: datetime) -> None:
    read = {"protocol": "snmp", "started_at": now, "duration_ms": 4321}
    ports = Item(name="interfaces", asked=("1.3.6.1.2.1.2.2.1.2",), complete=True, rows=48, **read)
    macs = Item(
        name="mac_table", asked=("1.3.6.1.2.1.17.4.3.1.2",), complete=False, stopped_by="row_cap", **read
    )
    snapshot = _store(session, make_device(session), _facts(now, items=(ports, macs)))
    page = reader.get(f"/snapshots/{snapshot.id}", headers={"Accept-Language": "en"}).text
    assert "1.3.6.1.2.1.2.2.1.2" in page
    assert page.count('id="how-it-was-read"') == 1
    assert ("row_cap" in page, "1.3.6.1.2.1.17.4.3.1.2" in page) == (False, True)


def test_a_snapshot_of_an_older_version_shows_no_list_of_parts(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    snapshot = _store(session, make_device(session), _facts(now))
    page = reader.get(f"/snapshots/{snapshot.id}")
    assert (page.status_code, "how-it-was-read" in page.text) == (200, False)


def test_a_page_says_what_changed_since_the_snapshot_before(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    device = make_device(session)
    _store(session, device, _facts(now))
    down = (Interface(index=1, name="Gi1/0/1", admin_status="up", oper_status="down"),)
    snapshot = _store(session, device, _facts(now + timedelta(minutes=15), interfaces=down))
    page = reader.get(f"/snapshots/{snapshot.id}").text
    assert "<strong>Gi1/0/1</strong>: state" in page
    assert "1 change since the previous snapshot" in reader.get(f"/devices/{device.id}").text


def test_what_could_not_be_read_is_said_in_the_reader_s_language(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    silent = _facts(
        now,
        complete=False,
        system=SystemFacts(),
        interfaces=(),
        failures=(Failure.of("unreachable", "snmp"),),
    )
    device = make_device(session)
    snapshot = _store(session, device, silent)
    assert "No answer from the device" in reader.get(f"/snapshots/{snapshot.id}").text
    with reader.session_transaction() as cookie:
        cookie["language"] = "id"
    assert "Tidak ada jawaban dari perangkat" in reader.get(f"/devices/{device.id}").text


def test_broken_evidence_is_shown_as_broken_and_cannot_be_downloaded(
    reader: FlaskClient, session: Session, now: datetime
) -> None:
    device = make_device(session)
    snapshot = _store(session, device, _facts(now))
    snapshot.content = snapshot.content[:-1] + bytes([snapshot.content[-1] ^ 1])
    session.commit()
    page = reader.get(f"/snapshots/{snapshot.id}").text
    assert "Broken evidence" in page
    assert "Gi1/0/1" not in page
    assert reader.get(f"/snapshots/{snapshot.id}.json").status_code == 409
    assert "Broken evidence" in reader.get(f"/devices/{device.id}").text


def test_a_visitor_sees_no_snapshot(client: FlaskClient, session: Session, now: datetime) -> None:
    snapshot = _store(session, make_device(session), _facts(now))
    for path in (f"/snapshots/{snapshot.id}", f"/snapshots/{snapshot.id}.json", "/devices"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/sign-in" in answer.location


def test_a_snapshot_without_answer_is_compared_by_the_next_with_the_last_readable_one(
    session: Session, now: datetime
) -> None:
    device = make_device(session)
    first = _store(session, device, _facts(now))
    _store(session, device, _facts(now + timedelta(minutes=1), system=SystemFacts(), interfaces=()))
    third = _store(session, device, _facts(now + timedelta(minutes=2)))
    assert third.previous_id == first.id
    assert queries.changes_since_previous(session, third) == []
