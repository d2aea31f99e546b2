"""A group of devices, or one device, may have other figures than the office's rules; the closest decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices import grouping, reading
from helpdesk.devices.models import Device
from helpdesk.events import Event
from helpdesk.findings import scoping, service
from helpdesk.findings.errors import OverrideRefused
from helpdesk.findings.models import FindingRecord, RuleOverride
from helpdesk.findings.scoping import Scope, merged, rules_of_device
from network import Sensor
from network.health import shipped_rules
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import make_person
from tests.factories.snapshots import make_facts, store

RULES = shipped_rules()


@pytest.fixture
def device(session: Session) -> Device:
    service.listen_to_snapshots(reading.load_rules())
    return make_device(session, name="sw-gudang")


@pytest.fixture
def admin(session: Session) -> Person:
    return make_person(session, "admin")


def group_of(session: Session, name: str, *devices: Device, by: Person) -> Scope:
    made = grouping.add_group(session, name=name, description="", now=MORNING, by=by)
    made.devices.extend(devices)
    session.flush()
    return Scope(group=made)


def put(
    session: Session, scope: Scope, by: Person, rule: str = "temperature", **values: object
) -> RuleOverride:
    return scoping.set_override(session, RULES, rule, scope, values, now=MORNING, by=by)


def look(session: Session, device: Device, number: int, celsius: float) -> None:
    at = MORNING + timedelta(minutes=10) * number
    sensor = Sensor(name="Inlet", kind="temperature", value=celsius, unit="celsius")
    store(session, device, make_facts(device, at, sensors=(sensor,)))


def found(session: Session) -> list[str]:
    return list(session.scalars(select(FindingRecord.state).where(FindingRecord.rule == "temperature")))


def test_a_device_of_the_group_is_judged_by_its_figures_and_others_by_the_offices(
    session: Session, device: Device, admin: Person
) -> None:
    other = make_device(session)
    put(session, group_of(session, "Gudang", device, by=admin), admin, threshold=80.0, clear=75.0)
    for number in range(2):
        look(session, device, number, 70)
    assert found(session) == []
    for number in range(2):
        look(session, other, number, 70)
    assert found(session) == ["open"]


def test_the_device_has_the_last_word_and_groups_decide_by_their_names(
    session: Session, device: Device, admin: Person
) -> None:
    put(session, group_of(session, "B", device, by=admin), admin, threshold=80.0, hold_for=600)
    put(session, group_of(session, "A", device, by=admin), admin, threshold=70.0)
    rule = rules_of_device(session, device.id, RULES)["temperature"]
    assert (rule.threshold, rule.hold_for, rule.clear) == (70.0, 600, 60.0)
    put(session, Scope(device=device), admin, threshold=90.0)
    assert rules_of_device(session, device.id, RULES)["temperature"].threshold == 90.0
    assert rules_of_device(session, device.id, RULES)["memory"] is RULES["memory"]


def test_a_rule_may_be_off_for_a_group(session: Session, device: Device, admin: Person) -> None:
    put(session, group_of(session, "Uji", device, by=admin), admin, enabled=False)
    for number in range(3):
        look(session, device, number, 95)
    assert found(session) == []


def test_what_is_set_again_takes_the_place_of_what_was_and_is_recorded(
    session: Session, device: Device, admin: Person
) -> None:
    put(session, Scope(device=device), admin, threshold=80.0)
    row = put(session, Scope(device=device), admin, threshold=85.0)
    assert [one.values for one in scoping.list_overrides(session)] == [{"threshold": 85.0}]
    scoping.drop_override(session, row, now=MORNING, by=admin)
    assert rules_of_device(session, device.id, RULES) is RULES
    kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("rule_")).order_by(Event.id)).all()
    assert kinds == ["rule_override_set", "rule_override_set", "rule_override_dropped"]


@pytest.mark.parametrize(
    ("rule", "values", "field"),
    [
        ("no_such_rule", {"threshold": 1.0}, "rule"),
        ("temperature", {}, "threshold"),
        ("temperature", {"clear": 99.0}, "clear"),
        ("temperature", {"hold_for": 40 * 86_400}, "clear"),
    ],
)
def test_figures_that_do_not_go_together_are_refused(
    session: Session, device: Device, admin: Person, rule: str, values: dict[str, object], field: str
) -> None:
    with pytest.raises(OverrideRefused) as refused:
        put(session, Scope(device=device), admin, rule, **values)
    assert refused.value.field == field


FIGURES = st.fixed_dictionaries(
    {},
    optional={
        "threshold": st.floats(60, 100),
        "hold_for": st.integers(0, 3600),
        "severity": st.sampled_from(["information", "warning", "critical"]),
        "opens_ticket": st.booleans(),
    },
)


@given(st.lists(FIGURES, max_size=4))
def test_of_each_figure_the_last_word_counts(layers: list[dict[str, object]]) -> None:
    rule = merged(RULES, [("temperature", layer) for layer in layers])["temperature"]
    for name in ("threshold", "hold_for", "severity", "opens_ticket"):
        said = [layer[name] for layer in layers if name in layer]
        assert getattr(rule, name) == (said[-1] if said else getattr(RULES["temperature"], name))


def test_a_group_that_is_deleted_takes_its_figures_along(session: Session, admin: Person) -> None:
    scope = group_of(session, "Lama", by=admin)
    put(session, scope, admin, threshold=80.0)
    assert scope.group is not None
    grouping.delete_group(session, scope.group, now=MORNING, by=admin)
    session.expire_all()
    assert list(scoping.list_overrides(session)) == []
