from __future__ import annotations

import json
import math
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.evidence.rules import canonical_json, freeze, health_of, is_port_down, storable, summarise, thaw

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=5))
def test_the_same_facts_in_another_order_have_the_same_hash(facts: dict[str, object]) -> None:
    turned = dict(reversed(facts.items()))
    assert freeze(facts).sha256 == freeze(turned).sha256


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=5))
def test_frozen_facts_thaw_to_the_same_bytes_and_freeze_to_the_same_hash(facts: dict[str, object]) -> None:
    frozen = freeze(facts)
    plain = thaw(frozen.content, frozen.sha256)
    assert plain is not None
    assert freeze(json.loads(plain)).sha256 == frozen.sha256


def test_the_hash_of_known_facts_never_changes() -> None:
    # A release that spells facts differently would make every stored hash look wrong.
    facts = {"b": [1, 2.5, None, True], "a": {"é": "ü/\u2028", "z": -0.0}}
    assert canonical_json(facts) == '{"a":{"z":0.0,"é":"ü/\u2028"},"b":[1,2.5,null,true]}'.encode()
    assert freeze(facts).sha256 == "7c2ad14e99c668939eee90dd3bf65b2c5cfea14253beeedd942f39f0555952fd"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_know_is_null(value: float) -> None:
    assert canonical_json({"a": value}) == b'{"a":null}'


def test_a_byte_that_was_no_letter_is_marked_and_does_not_stop_the_freezing() -> None:
    broken = b"port \xff".decode("utf-8", "surrogateescape")
    assert canonical_json([broken]) == '["port \ufffd"]'.encode()


def test_every_flipped_byte_is_noticed() -> None:
    frozen = freeze({"interfaces": [{"name": "Gi1/0/1", "oper_status": "up"}]})
    for place in range(len(frozen.content)):
        broken = bytearray(frozen.content)
        broken[place] ^= 1
        assert thaw(bytes(broken), frozen.sha256) is None


def test_other_facts_under_the_same_hash_are_noticed() -> None:
    frozen = freeze({"oper_status": "up"})
    other = zlib.compress(canonical_json({"oper_status": "down"}))
    assert thaw(other, frozen.sha256) is None


def test_columns_beside_the_evidence_hold_no_nul() -> None:
    assert storable({"a\0": ["b\0c", 1, None]}) == {"a": ["bc", 1, None]}


def test_a_summary_holds_the_highest_figures_and_counts_ports() -> None:
    facts = {
        "platform": "cisco_ios",
        "system": {"name": "sw", "vendor": "Cisco", "uptime_seconds": 12.5},
        "interfaces": [
            {"name": "1", "admin_status": "up", "oper_status": "up"},
            {"name": "2", "admin_status": "up", "oper_status": "down"},
            {"name": "3", "admin_status": "down", "oper_status": "down"},
        ],
        "processors": [{"usage_percent": 10.0}, {"usage_percent": 90.0}, {"usage_percent": None}],
        "memory": [],
        "sensors": [{"kind": "voltage", "value": 230.0}, {"kind": "temperature", "value": 41.0}],
    }
    summary = summarise(facts)
    assert (summary["interfaces"], summary["interfaces_up"], summary["interfaces_down"]) == (3, 1, 1)
    assert (summary["processor_percent"], summary["memory_percent"]) == (90.0, None)
    assert summary["temperature_celsius"] == 41.0


def test_a_port_that_is_switched_off_is_not_down() -> None:
    assert not is_port_down({"admin_status": "down", "oper_status": "down"})
    assert is_port_down({"admin_status": "up", "oper_status": "lowerLayerDown"})


@pytest.mark.parametrize(
    ("summary", "reachable", "complete", "health"),
    [
        ({}, False, False, "unreachable"),
        ({}, True, True, "ok"),
        ({}, True, False, "warning"),
        ({"processor_percent": 80}, True, True, "warning"),
        ({"memory_percent": 97}, True, False, "critical"),
        ({"processor_percent": None}, True, True, "ok"),
    ],
)
def test_health_follows_the_worst_figure(
    summary: dict[str, float], reachable: bool, complete: bool, health: str
) -> None:
    assert health_of(summary, reachable, complete) == health
