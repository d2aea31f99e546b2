from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from helpdesk.devices.models import Device
from helpdesk.evidence.inventory.queries import list_unknown_neighbours
from helpdesk.evidence.inventory.rules import Known, Sighting, short_name, unknown_neighbours
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.rules import freeze, summarise
from helpdesk.evidence.service import request_snapshot
from tests.factories.network import make_device
from tests.factories.people import Office

HERE = Sighting(1, "sw-inti", 1, "Gi0/1")


def _neighbour(**fields: Any) -> dict[str, Any]:
    return {
        "protocol": "lldp",
        "local_interface": "Gi0/1",
        "remote_name": None,
        "remote_port": "1",
        "remote_chassis": None,
        "remote_description": None,
        "remote_platform": None,
        "remote_address": None,
        **fields,
    }


def _known(**facts: Any) -> Known:
    known = Known()
    known.add_device("SW-Inti", "192.0.2.1")
    known.add_facts(facts)
    return known


@pytest.mark.parametrize(
    "neighbour",
    [
        {"remote_name": "sw-inti.instansi.example"},
        {"remote_name": "SW-INTI"},
        {"remote_name": "lain", "remote_address": "192.0.2.1"},
        {"remote_name": "lain", "remote_address": "10.9.9.9"},
        {"remote_name": "router-jkt"},
        {"remote_chassis": "AA:BB:CC:00:11:22"},
    ],
    ids=["domain", "case", "address", "another address of it", "its own name", "hardware address"],
)
def test_a_registered_device_is_recognised_however_it_is_seen(neighbour: dict[str, Any]) -> None:
    known = _known(
        system={"name": "router-jkt.instansi.example"},
        addresses=[{"address": "10.9.9.9"}],
        interfaces=[{"mac": "aa:bb:cc:00:11:22"}, {"mac": None}],
    )
    assert unknown_neighbours([(HERE, _neighbour(**neighbour))], known) == []


def test_what_is_missing_makes_nobody_known() -> None:
    known = _known(system={"name": None}, addresses=[{"address": None}], interfaces=[{"mac": None}])
    (found,) = unknown_neighbours([(HERE, _neighbour(remote_name="ap-lobi"))], known)
    assert (found.name, found.address) == ("ap-lobi", "")


def test_one_machine_seen_often_stands_once_with_all_that_was_said_of_it() -> None:
    there = Sighting(2, "sw-lt2", 1, "Gi0/9")
    seen = [
        (HERE, _neighbour(remote_name="sw-gudang")),
        (HERE, _neighbour(remote_name="SW-Gudang.instansi.example", remote_address="192.0.2.9")),
        (there, _neighbour(remote_name="sw-gudang", remote_platform="cisco C2960")),
        (there, _neighbour(remote_name="ap-lobi")),
        (there, _neighbour()),
    ]
    first, second = unknown_neighbours(seen, _known())
    assert (first.name, first.address, first.platform) == ("sw-gudang", "192.0.2.9", "cisco C2960")
    assert first.sightings == (HERE, there)
    assert second.name == "ap-lobi"


def test_an_address_is_not_cut_at_its_dots() -> None:
    assert short_name("192.0.2.9") == "192.0.2.9"
    assert short_name("Sw-1.kantor.example") == "sw-1"


@given(st.lists(st.sampled_from(["a", "b.x", "B", "c", ""]), max_size=12))
def test_every_unknown_name_stands_exactly_once(names: list[str]) -> None:
    seen = [(HERE, _neighbour(remote_name=name)) for name in names]
    found = [short_name(each.name) for each in unknown_neighbours(seen, Known(names={"c"}))]
    assert sorted(found) == sorted({short_name(name) for name in names if name} - {"c"})


def _take(session: Session, device: Device, neighbours: list[dict[str, Any]], now: datetime) -> None:
    run = request_snapshot(session, device, reason="manual", now=now)
    facts = {"system": {"name": device.name}, "neighbours": neighbours}
    frozen = freeze(facts)
    session.add(
        Snapshot(
            device_id=device.id,
            run_id=run.id,
            taken_at=now,
            duration_ms=5,
            reason="manual",
            complete=True,
            reachable=True,
            failures=[],
            summary=summarise(facts),
            sha256=frozen.sha256,
            size_bytes=frozen.size_bytes,
            content=frozen.content,
        )
    )
    session.flush()


def test_the_latest_snapshots_tell_who_is_not_known(session: Session, now: datetime) -> None:
    device = make_device(session, name="sw-inti")
    make_device(session, name="sw-mati", is_active=False)
    _take(
        session,
        device,
        [
            _neighbour(remote_name="sw-mati"),
            _neighbour(remote_name="ap-lobi", remote_address="192.0.2.44"),
        ],
        now,
    )
    (found,) = list_unknown_neighbours(session)
    assert (found.name, found.address, found.sightings[0].device_id) == ("ap-lobi", "192.0.2.44", device.id)


def test_one_click_takes_a_neighbour_to_the_form_filled_in(
    client: FlaskClient, session: Session, office: Office, sign_in: Callable[..., None], now: datetime
) -> None:
    sign_in(client, office.pelaksana)
    assert "Every neighbour is known" in client.get("/devices/neighbours").text
    device = make_device(session, name="sw-inti")
    hostile = '"><script>alert(1)</script>'
    _take(
        session,
        device,
        [_neighbour(remote_name="ap-lobi.x", remote_address="192.0.2.44", remote_description=hostile)],
        now,
    )
    page = client.get("/devices/neighbours").text
    assert "<script>alert" not in page
    link = page.partition('href="/devices/new?')[2].partition('"')[0].replace("&amp;", "&")
    form = client.get(f"/devices/new?{link}").text
    assert 'value="ap-lobi"' in form
    assert 'value="192.0.2.44"' in form
    assert f'<option selected value="{device.site_id}"' in form
    assert "<script>alert" not in form
