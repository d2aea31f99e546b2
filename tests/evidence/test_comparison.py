"""Any two snapshots of a device: what came and went, and rates that are honest or say why not."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk.evidence import service
from helpdesk.evidence.comparison import compare
from helpdesk.evidence.models import Snapshot
from network import Snapshot as Facts
from network.facts import AddressFact, BgpPeer, OspfNeighbour, Vlan
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.readings import moved_on, switch_facts

FIRST = switch_facts(2, random.Random(1))
LATER = moved_on(FIRST, random.Random(2), seconds=900)


def differences(before: Facts, after: Facts) -> set[tuple[str, str, Any, Any]]:
    """Return what the comparison says."""
    found = compare(before.to_dict(), after.to_dict())
    return {(each["object"], each["what"], each["before"], each["after"]) for each in found.changes}


@pytest.mark.parametrize(
    ("part", "before", "after", "expected"),
    [
        ("vlans", Vlan(number=9, name="A"), Vlan(number=9, name="B"), {("9", "vlans_name", "A", "B")}),
        (
            "vlans",
            Vlan(number=9, name="A"),
            Vlan(number=7),
            {("9", "vlans_removed", "A", None), ("7", "vlans_added", None, None)},
        ),
        (
            "addresses",
            AddressFact(address="192.0.2.9", prefix_length=24),
            AddressFact(address="192.0.2.9", prefix_length=25),
            {("192.0.2.9", "addresses_prefix_length", 24, 25)},
        ),
        (
            "bgp_peers",
            BgpPeer(address="192.0.2.1", state="established", established_seconds=1),
            BgpPeer(address="192.0.2.1", state="idle", established_seconds=9),
            {("192.0.2.1", "bgp_peers_state", "established", "idle")},
        ),
        (
            "ospf_neighbours",
            OspfNeighbour(address="192.0.2.1", router_id="1.1.1.1", state="full"),
            OspfNeighbour(address="192.0.2.1", router_id="1.1.1.1"),
            set(),
        ),
    ],
)
def test_parts_are_compared_by_what_their_items_are_known_by(
    part: str, before: Any, after: Any, expected: set[Any]
) -> None:
    old, new = (dataclasses.replace(LATER, **{part: (item,)}) for item in (before, after))
    assert differences(old, new) == expected


def test_a_part_that_was_not_read_is_not_gone() -> None:
    old_form = LATER.to_dict() | {"schema_version": 1, "vlans": []}
    found = compare(FIRST.to_dict(), old_form)
    assert "vlans" in found.not_read
    assert not [each for each in found.changes if each["what"].startswith("vlans")]


def _with_ports(facts: Facts, **fields: Any) -> Facts:
    return dataclasses.replace(
        facts, interfaces=tuple(dataclasses.replace(port, **fields) for port in facts.interfaces)
    )


def _running(facts: Facts, seconds: float | None) -> Facts:
    system = dataclasses.replace(facts.system, uptime_seconds=seconds, agent_uptime_seconds=seconds)
    return dataclasses.replace(facts, system=system)


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        (LATER, ""),
        (_running(LATER, 60.0), "restarted"),
        # It ran longer than at the first reading, but not as much longer as time passed.
        (dataclasses.replace(LATER, taken_at=FIRST.taken_at + timedelta(days=30)), "restarted"),
        (_running(LATER, None), "no_clock"),
        (_with_ports(LATER, discontinuity_seconds=5.0), "discontinuity"),
        (_with_ports(LATER, counter_bits=32), "other_width"),
        (_with_ports(LATER, in_octets=0), "implausible"),
        (_with_ports(LATER, in_octets=None), "not_read"),
        (_with_ports(LATER, index=77), ""),
    ],
)
def test_a_rate_is_honest_or_says_why_there_is_none(after: Facts, missing: str) -> None:
    rates = compare(FIRST.to_dict(), after.to_dict()).rates
    assert {each.missing for each in rates} == {missing}
    assert all((each.in_bps is None) == bool(missing) for each in rates)


def _store(session: Session, device: Any, facts: Facts) -> Snapshot:
    run = service.request_snapshot(session, device, reason="manual", now=facts.taken_at)
    return service.store_snapshot(session, run, facts, now=facts.taken_at)


def test_the_page_shows_two_snapshots_whichever_is_named_first_and_refuses_what_makes_no_sense(
    client: FlaskClient, session: Session, sign_in: Any, office: Office
) -> None:
    device, other = make_device(session), make_device(session)
    first, later = (_store(session, device, facts) for facts in (FIRST, dataclasses.replace(LATER, vlans=())))
    foreign = _store(session, other, FIRST)
    address, ids = f"/devices/{device.id}/compare", (first.id, later.id, foreign.id)
    sign_in(client, office.auditor)
    assert 'name="before"' in client.get(address).text
    pages = [client.get(f"{address}?before={one}&after={two}") for one, two in (ids[:2], ids[1::-1])]
    for page in pages:
        assert page.status_code == 200
        assert "<strong>1</strong>: VLAN is gone" in page.text
        assert "GigabitEthernet1/0/1" in page.text
        assert "b/s" in page.text
    for one, two in ((ids[0], ids[0]), (ids[0], ids[2]), (ids[0], ""), (ids[0], "x")):
        assert client.get(f"{address}?before={one}&after={two}").status_code == 409


def test_a_link_that_names_one_snapshot_lets_the_person_choose_the_other(
    client: FlaskClient, session: Session, sign_in: Any, office: Office
) -> None:
    device, other = make_device(session), make_device(session)
    hot = dataclasses.replace(
        LATER, sensors=tuple(dataclasses.replace(each, value=71.0) for each in LATER.sensors)
    )
    first, later = (_store(session, device, facts) for facts in (FIRST, hot))
    foreign = _store(session, other, FIRST)
    sign_in(client, office.auditor)
    address = f"/devices/{device.id}/compare"
    page = client.get(f"{address}?after={first.id}")
    assert page.status_code == 200
    assert page.text.count(f'<option value="{first.id}" selected') == 1
    assert 'id="changes"' not in page.text
    assert f'value="{foreign.id}"' not in client.get(f"{address}?after={foreign.id}").text
    whole = client.get(
        f"{address}?before={first.id}&after={later.id}", headers={"Accept-Language": "en"}
    ).text
    assert "41 °C" in whole
    assert "71 °C" in whole
