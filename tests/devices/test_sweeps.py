from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.audit.models import Event
from helpdesk.devices import credentials
from helpdesk.devices.models import Credential, Device
from helpdesk.devices.sweeps import queries, service
from helpdesk.devices.sweeps.models import Sweep, SweepFind
from helpdesk.devices.sweeps.rules import SweepRefused, addresses_of, lease_seconds, parse_range
from helpdesk.jobs.tasks import Tasks
from network.snmp import pysnmp_engine
from tests.factories.lab import COMMUNITY, agents_at
from tests.factories.network import make_credential, make_device, make_site
from tests.factories.people import Office

OWNER = "scheduler:test"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Two agents in 127.0.9.0/29, and the port of both."""
    with agents_at("127.0.9.2", "127.0.9.5") as port:
        yield port


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for silent addresses as long as a real network needs."""
    monkeypatch.setattr(pysnmp_engine, "REQUEST_TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(pysnmp_engine, "REQUEST_RETRIES", 0)


def _credential(session: Session, settings: HelpdeskSettings, name: str, community: str) -> Credential:
    return credentials.add_credential(
        session,
        name=name,
        kind="snmp_v2c",
        public={},
        secret={"community": community},
        ring=settings.key_ring(),
        now=clock.now(),
    )


def _ask(session: Session, office: Office, now: datetime, **fields: object) -> Sweep:
    values: dict[str, object] = {"network": "127.0.9.0/29", "port": 161, "agreed": 6, **fields}
    return service.ask_for_sweep(session, now=now, by=office.admin, **values)  # type: ignore[arg-type]


# Rules


@pytest.mark.parametrize(
    ("text", "first", "last", "count"),
    [
        ("192.168.10.0/24", "192.168.10.1", "192.168.10.254", 254),
        (" 192.168.8.0/22 ", "192.168.8.1", "192.168.11.254", 1022),
        ("192.168.10.77/30", "192.168.10.77", "192.168.10.78", 2),
        ("192.168.10.0/31", "192.168.10.0", "192.168.10.1", 2),
        ("192.0.2.5", "192.0.2.5", "192.0.2.5", 1),
        ("2001:db8::/126", "2001:db8::1", "2001:db8::3", 3),
    ],
)
def test_a_range_is_counted_exactly(text: str, first: str, last: str, count: int) -> None:
    addresses = addresses_of(parse_range(text))
    assert (addresses[0], addresses[-1], len(addresses)) == (first, last, count)


@pytest.mark.parametrize(
    "text", ["", "sw-1", "10.0.0.0/8", "192.168.0.0/21", "2001:db8::/64", "224.0.0.0/28", "169.254.169.254"]
)
def test_a_range_that_is_none_too_large_or_no_place_for_devices_is_refused(text: str) -> None:
    with pytest.raises(SweepRefused) as refused:
        parse_range(text)
    assert refused.value.field == "network"


def test_a_lease_outlasts_a_range_in_which_nobody_answers() -> None:
    silent = 16 * 3 * 2
    assert lease_seconds(1022, 2, concurrency=64, seconds_of_silence=3.0) > silent


# Service


def test_a_sweep_is_asked_for_by_a_person_and_recorded(
    session: Session, office: Office, now: datetime
) -> None:
    chosen = make_credential(session, name="umum")
    sweep = _ask(session, office, now, credential_ids=[chosen.id, chosen.id])
    act = session.scalars(select(Event).where(Event.kind == "sweep_asked")).one()
    assert act.actor_id == office.admin.id
    assert act.data == {
        "sweep_id": sweep.id,
        "network": "127.0.9.0/29",
        "port": 161,
        "addresses": 6,
        "credentials": ["umum"],
    }


def test_what_was_not_confirmed_is_not_asked(session: Session, office: Office, now: datetime) -> None:
    snmp, ssh = make_credential(session), make_credential(session, kind="ssh")
    for fields in (
        {"credential_ids": [snmp.id], "agreed": 5},
        {"credential_ids": []},
        {"credential_ids": [ssh.id]},
        {"credential_ids": [make_credential(session).id for _ in range(6)]},
    ):
        with pytest.raises(SweepRefused):
            _ask(session, office, now, **fields)
    _ask(session, office, now, credential_ids=[snmp.id])
    with pytest.raises(SweepRefused, match="still under way"):
        _ask(session, office, now, credential_ids=[snmp.id])


def test_a_sweep_finds_who_answers_and_with_which_credential(
    session: Session, settings: HelpdeskSettings, office: Office, now: datetime, port: int, quick: None
) -> None:
    wrong = _credential(session, settings, "lain", "bukan-ini")
    right = _credential(session, settings, "umum", COMMUNITY)
    sweep = _ask(session, office, now, port=port, credential_ids=[wrong.id, right.id])
    sweep_id, sessions = sweep.id, sessionmaker(session.get_bind())
    session.commit()
    assert service.carry_out_sweep(sessions, sweep_id, settings, OWNER, now=lambda: now)
    assert (sweep.state, sweep.finished_at) == ("done", now)
    assert [(find.address, find.credential_name) for find in sweep.finds] == [
        ("127.0.9.2", "umum"),
        ("127.0.9.5", "umum"),
    ]
    assert all(find.name and find.description and find.platform for find in sweep.finds)
    session.rollback()
    assert not service.carry_out_sweep(sessions, sweep_id, settings, OWNER, now=lambda: now), "it is done"
    ended = session.scalars(select(Event).where(Event.kind == "sweep_finished")).one()
    assert ended.data["answered"] == 2


def test_a_sweep_that_was_interrupted_is_taken_again_after_its_lease_and_not_for_ever(
    session: Session, settings: HelpdeskSettings, office: Office, now: datetime
) -> None:
    sweep = _ask(session, office, now, credential_ids=[make_credential(session).id])
    sweep.state, sweep.lease_until, sweep.attempts = "leased", now + timedelta(seconds=60), 3
    sweep_id, sessions = sweep.id, sessionmaker(session.get_bind())
    session.commit()
    later = now + timedelta(seconds=61)
    assert queries.list_free_sweep_ids(session, now=now) == []
    assert queries.list_free_sweep_ids(session, now=later) == [sweep_id]
    session.rollback()
    assert not service.carry_out_sweep(sessions, sweep_id, settings, OWNER, now=lambda: now)
    assert service.carry_out_sweep(sessions, sweep_id, settings, OWNER, now=lambda: later)
    assert sweep.state == "failed"


def test_the_scheduler_carries_out_what_was_confirmed(
    app: Flask,
    session: Session,
    settings: HelpdeskSettings,
    office: Office,
    port: int,
    quick: None,
    now: datetime,
) -> None:
    chosen = _credential(session, settings, "umum", COMMUNITY)
    sweep = _ask(session, office, now, network="127.0.9.2", agreed=1, port=port, credential_ids=[chosen.id])
    session.commit()
    Tasks(app, sessionmaker(session.get_bind()), settings).work_sweeps()
    assert (sweep.state, len(sweep.finds)) == ("done", 1)


# Pages


@pytest.fixture
def admin(client: FlaskClient, sign_in: Callable[..., None], office: Office) -> FlaskClient:
    """The admin's browser."""
    sign_in(client, office.admin)
    return client


def test_the_confirmation_shows_exactly_what_would_be_asked_and_sends_nothing(
    admin: FlaskClient, session: Session
) -> None:
    chosen = make_credential(session, name="umum")
    session.commit()
    described = {"network": "192.168.8.0/22", "port": "161", "credentials": [str(chosen.id)]}
    page = admin.post("/devices/sweeps/new", data=described).text
    for words in ("1022 addresses", "192.168.8.1", "192.168.11.254", "umum", "Ask 1022 addresses"):
        assert words in page
    assert session.scalars(select(Sweep)).all() == []
    assert admin.post("/devices/sweeps", data={**described, "agreed": "254"}).status_code == 200
    assert session.scalars(select(Sweep)).all() == []
    answer = admin.post("/devices/sweeps", data={**described, "agreed": "1022"})
    sweep = session.scalars(select(Sweep)).one()
    assert answer.location == f"/devices/sweeps/{sweep.id}"
    assert "being asked" in admin.get(answer.location).text
    too_large = admin.post("/devices/sweeps/new", data={**described, "network": "10.0.0.0/8"}).text
    assert "too large" in too_large


def test_only_who_keeps_the_credentials_begins_a_sweep(
    client: FlaskClient, session: Session, office: Office, sign_in: Callable[..., None]
) -> None:
    sign_in(client, office.pelaksana)
    for path in ("/devices/sweeps/new", "/devices/sweeps"):
        assert client.post(path, data={}).status_code == 403
    assert "the admin begins it" in client.get("/devices/find").text


def test_a_find_is_added_only_after_its_preview_was_confirmed(
    admin: FlaskClient, session: Session, office: Office, now: datetime
) -> None:
    site = make_site(session, code="JKT")
    chosen = make_credential(session, name="umum")
    sweep = _ask(session, office, now, port=16161, credential_ids=[chosen.id])
    sweep.state, sweep.finished_at = "done", now
    make_device(session, site=site, name="sudah-ada", address="127.0.9.5", snmp_port=16161)
    for number, (name, credential) in enumerate((("sw-baru", "umum"), ("x", "umum"), ("tertutup", "")), 4):
        session.add(
            SweepFind(
                sweep_id=sweep.id,
                address=f"127.0.9.{number}",
                name=name,
                description="",
                credential_name=credential,
            )
        )
    session.commit()
    page = admin.get(f"/devices/sweeps/{sweep.id}").text
    assert page.count('type="checkbox" name="find"') == 1, "neither the registered nor the one that refuses"
    assert "sudah-ada" in page
    find_id = sweep.finds[0].id
    preview = admin.post(f"/devices/sweeps/{sweep.id}/take", data={"find": find_id, "site": "JKT"}).text
    assert len(session.scalars(select(Device)).all()) == 1
    payload = preview.partition('name="payload" value="')[2].partition('"')[0]
    admin.post("/devices/import/confirm", data={"payload": payload, "choosing": "1", "line": "1"})
    added = session.scalars(select(Device).where(Device.name == "sw-baru")).one()
    assert (added.address, added.snmp_port, added.snmp_credential_id) == ("127.0.9.4", 16161, chosen.id)
    assert "127.0.9.0/29" in admin.get("/devices/sweeps").text


def test_nothing_ticked_adds_nothing(
    admin: FlaskClient, session: Session, office: Office, now: datetime
) -> None:
    make_site(session, code="JKT")
    sweep = _ask(session, office, now, credential_ids=[make_credential(session).id])
    session.commit()
    page = admin.post(f"/devices/sweeps/{sweep.id}/take", data={"site": "JKT"}).text
    assert "Tick at least one find" in page
