"""Later snapshots are kept on an earlier one: short, and exactly what was frozen."""

from __future__ import annotations

import dataclasses
import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.evidence import queries, service
from helpdesk.evidence.deltas import apply_difference, pack_difference
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.rules import canonical_json, freeze, thaw
from network import Snapshot as Facts
from tests.factories.network import make_device
from tests.factories.readings import moved_on, switch_facts

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "mac", "a", "", "="]) | st.text(max_size=3), inner, max_size=4
        )
    ),
    max_leaves=20,
)
FACTS = st.dictionaries(st.sampled_from(["a", "b", "name", ""]), VALUES, max_size=4)


@given(FACTS, FACTS)
def test_any_facts_come_back_from_any_base_to_the_byte(
    before: dict[str, object], after: dict[str, object]
) -> None:
    base, frozen = canonical_json(before), freeze(after, canonical_json(before))
    assert thaw(frozen.content, frozen.sha256, base if frozen.needs_base else None) == canonical_json(after)


@given(VALUES, VALUES)
def test_a_difference_turns_the_old_value_into_the_new_one_in_its_spelling(before: Any, after: Any) -> None:
    old, new = ({"it": json_value(value)} for value in (before, after))
    assert canonical_json(apply_difference(old, pack_difference(old, new))) == canonical_json(new)


def json_value(value: Any) -> Any:
    """Return the value as it comes back from canonical JSON."""
    return json.loads(canonical_json(value))


def test_a_switch_of_48_ports_whose_counters_all_moved_is_kept_in_under_6_kb() -> None:
    chance = random.Random(48)
    first = switch_facts(48, chance)
    base, now = canonical_json(first.to_dict()), first
    for _hour in range(3):
        now = moved_on(now, chance, seconds=3600)
        frozen = freeze(now.to_dict(), base)
        assert frozen.needs_base
        assert len(frozen.content) < 6 * 1024
        assert thaw(frozen.content, frozen.sha256, base) == canonical_json(now.to_dict())


def test_a_switch_of_500_ports_is_kept_in_under_62_kb() -> None:
    chance = random.Random(500)
    first = switch_facts(500, chance)
    frozen = freeze(moved_on(first, chance, seconds=900).to_dict(), canonical_json(first.to_dict()))
    assert frozen.needs_base
    assert len(frozen.content) < 62 * 1024


def test_a_port_that_got_another_number_and_place_costs_no_more_than_the_change() -> None:
    first = switch_facts(48, random.Random(1))
    turned = tuple(dataclasses.replace(port, index=port.index + 7) for port in reversed(first.interfaces))
    frozen = freeze(dataclasses.replace(first, interfaces=turned).to_dict(), canonical_json(first.to_dict()))
    assert frozen.needs_base
    assert len(frozen.content) < 1024


def test_facts_that_have_nothing_of_the_base_are_kept_whole() -> None:
    assert not freeze({"b": "x"}, canonical_json({"a": list(range(50))})).needs_base


def test_every_flipped_byte_of_a_difference_is_noticed() -> None:
    first = switch_facts(4, random.Random(2))
    base = canonical_json(first.to_dict())
    frozen = freeze(moved_on(first, random.Random(3), seconds=60).to_dict(), base)
    assert frozen.needs_base
    for place in range(len(frozen.content)):
        broken = bytearray(frozen.content)
        broken[place] ^= 1
        assert thaw(bytes(broken), frozen.sha256, base) is None


def _stored(session: Session, now: datetime, count: int) -> list[Snapshot]:
    device, chance = make_device(session), random.Random(9)
    facts, kept = dataclasses.replace(switch_facts(48, chance), taken_at=now), []
    for _each in range(count):
        kept.append(_keep(session, device, facts))
        facts = moved_on(facts, chance, seconds=900)
    session.commit()
    session.expire_all()
    return kept


def _keep(session: Session, device: Any, facts: Facts) -> Snapshot:
    run = service.request_snapshot(session, device, reason="schedule", now=facts.taken_at)
    return service.store_snapshot(session, run, facts, now=facts.taken_at)


def test_all_snapshots_of_a_device_lean_on_one_that_is_whole(session: Session, now: datetime) -> None:
    first, *later = _stored(session, now, 4)
    assert first.base_id is None
    assert {each.base_id for each in later} == {first.id}
    assert all(queries.is_intact(each) for each in (first, *later))
    assert queries.load_content(later[-1])["taken_at"].startswith(f"{now + timedelta(seconds=2700):%Y-%m-%d}")


def test_what_drifted_away_from_its_base_becomes_a_base(session: Session, now: datetime) -> None:
    device = make_device(session)
    for hours, seed in enumerate((1, 2, 2)):
        facts = switch_facts(48, random.Random(seed), prefix=f"unit{seed}/")
        _keep(session, device, dataclasses.replace(facts, taken_at=now + timedelta(hours=hours)))
    first, second, third = queries.list_snapshots(session, device.id)[::-1]
    assert (first.base_id, second.base_id, third.base_id) == (None, None, second.id)


def test_a_base_cannot_be_deleted_as_long_as_something_is_kept_on_it(session: Session, now: datetime) -> None:
    first, second = _stored(session, now, 2)
    # The row before is referred to as well: that reference is cut, so that the base alone is what holds.
    second.previous_id = None
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(delete(Snapshot).where(Snapshot.id == first.id))


def test_a_changed_byte_in_the_base_breaks_what_is_kept_on_it(session: Session, now: datetime) -> None:
    first, second = _stored(session, now, 2)
    broken = bytearray(first.content)
    broken[len(broken) // 2] ^= 1
    first.content = bytes(broken)
    session.commit()
    assert not queries.is_intact(second)
    with pytest.raises(EvidenceBroken):
        queries.load_canonical(second)


def test_nothing_is_kept_on_a_base_that_is_broken(session: Session, now: datetime) -> None:
    first, second = _stored(session, now, 2)
    first.content = first.content[:-1]
    session.commit()
    later = dataclasses.replace(switch_facts(48, random.Random(9)), taken_at=now + timedelta(hours=5))
    third = _keep(session, second.device, later)
    assert third.base_id is None
    assert queries.is_intact(third)
