"""Measured values of two snapshots: by name, told where they changed and silent where they only waver."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.evidence.comparison import compare, list_changed_states
from helpdesk.evidence.measured import MOST_OF_A_PART, Measure, Tolerance, compare_measured
from helpdesk.evidence.presentation import PARTS, WHAT
from network import Failure
from network import Snapshot as Facts
from network.facts import Alarm, PowerSupply, UpsStatus
from network.observations import MemoryPool, Processor, Sensor, StorageVolume
from tests.factories.readings import moved_on, switch_facts

FIRST = switch_facts(2, random.Random(1))
LATER = moved_on(FIRST, random.Random(2), seconds=900)


FAILURE = Failure(probe="sensors", code="timeout", message="No answer.")


def heat(value: float, name: str = "Inlet", **fields: Any) -> Sensor:
    return Sensor(name=name, kind="temperature", value=value, unit="celsius", **fields)


def differences(part: str, before: Any, after: Any) -> set[tuple[str, str, Any, Any]]:
    """Return what the comparison says of the part alone."""
    old, new = (
        dataclasses.replace(facts, **{part: value}) for facts, value in ((FIRST, before), (LATER, after))
    )
    found = compare(old.to_dict(), new.to_dict()).measured
    return {
        (each["object"], each["what"], each["before"], each["after"])
        for each in found.changes
        if each["what"].startswith(f"{part}_")
    }


@pytest.mark.parametrize(
    ("part", "before", "after", "expected"),
    [
        ("sensors", (heat(41),), (heat(45),), set()),
        (
            "sensors",
            (heat(41),),
            (heat(52),),
            {("Inlet", "sensors_temperature", Measure(41, "celsius"), Measure(52, "celsius"))},
        ),
        ("sensors", (heat(41),), (), {("Inlet", "sensors_removed", Measure(41, "celsius"), None)}),
        # A renumbered table is the same table, and other order means nothing.
        (
            "sensors",
            (heat(41, "A", index="7"), heat(60, "B", index="8")),
            (heat(60, "B", index="1"), heat(41, "A", index="2")),
            set(),
        ),
        # Two of one name are told apart by their place among their like.
        (
            "sensors",
            (heat(20), heat(20)),
            (heat(20), heat(40)),
            {("Inlet (2)", "sensors_temperature", Measure(20, "celsius"), Measure(40, "celsius"))},
        ),
        # Another unit is another measure: 41 °C and 106 °F are no change of 65.
        ("sensors", (heat(41),), (dataclasses.replace(heat(106), unit="fahrenheit"),), set()),
        ("sensors", (heat(41),), (dataclasses.replace(heat(41), value=None),), set()),
        (
            "processors",
            (Processor(name="CPU 1", usage_percent=12.0),),
            (Processor(name="CPU 1", usage_percent=31.0),),
            set(),
        ),
        (
            "processors",
            (Processor(name="CPU 1", usage_percent=12.0),),
            (Processor(name="CPU 1", usage_percent=93.0),),
            {("CPU 1", "processors_usage_percent", Measure(12, "percent"), Measure(93, "percent"))},
        ),
        (
            "memory",
            (MemoryPool(name="RAM", total_bytes=4_000_000_000, usage_percent=50.0),),
            (MemoryPool(name="RAM", total_bytes=8_000_000_000, usage_percent=45.0),),
            {("RAM", "memory_total_bytes", Measure(4e9, "bytes"), Measure(8e9, "bytes"))},
        ),
        (
            "storage",
            (StorageVolume(name="/var", usage_percent=70.0),),
            (StorageVolume(name="/var", usage_percent=91.0),),
            {("/var", "storage_usage_percent", Measure(70, "percent"), Measure(91, "percent"))},
        ),
        (
            "power",
            (PowerSupply(name="PS-A", status="ok"),),
            (PowerSupply(name="PS-A", status="failed"),),
            {("PS-A", "power_status", "ok", "failed")},
        ),
        (
            "alarms",
            (),
            (Alarm(name="On battery", severity="critical"),),
            {("On battery", "alarms_added", None, "critical")},
        ),
        (
            "ups",
            UpsStatus(
                source="normal", battery_charge_percent=100, battery_runtime_minutes=41, input_volts=229
            ),
            UpsStatus(source="battery", battery_charge_percent=62, battery_runtime_minutes=38, input_volts=0),
            {
                ("UPS", "ups_source", "normal", "battery"),
                ("UPS", "ups_battery_charge_percent", Measure(100, "percent"), Measure(62, "percent")),
                ("UPS", "ups_input_volts", Measure(229, "volts"), Measure(0, "volts")),
            },
        ),
    ],
)
def test_measured_parts_are_compared_by_name_and_told_beyond_what_wavers(
    part: str, before: Any, after: Any, expected: set[Any]
) -> None:
    assert differences(part, before, after) == expected


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 100), st.floats(0, 0.9))
def test_a_difference_is_judged_alike_in_both_directions(
    one: float, other: float, least: float, share: float
) -> None:
    tolerance = Tolerance(least, share)
    assert tolerance.excess(one, other) == tolerance.excess(other, one)
    assert tolerance.excess(one, one) == 0
    if abs(one - other) > max(least, share * max(one, other)):
        assert tolerance.excess(one, other) > 1


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=30), st.lists(st.floats(0, 100), min_size=1, max_size=30)
)
def test_a_comparison_with_the_same_says_nothing_and_the_other_way_round_says_as_much(
    old: list[float], new: list[float]
) -> None:
    before, after = (
        {"processors": [{"name": f"CPU {n}", "usage_percent": value} for n, value in enumerate(values)]}
        for values in (old, new)
    )
    assert compare_measured(before, before).changes == ()
    there, back = compare_measured(before, after), compare_measured(after, before)
    assert len(there.changes) == len(back.changes) <= MOST_OF_A_PART
    assert there.left_out == back.left_out


def test_a_long_part_tells_its_greatest_differences_and_counts_the_rest() -> None:
    before, after = (
        {"processors": [{"name": f"CPU {n}", "usage_percent": factor * n} for n in range(30, 70)]}
        for factor in (0.0, 1.0)
    )
    found = compare_measured(before, after)
    assert found.changes[0]["object"] == "CPU 69"
    assert (len(found.changes), found.left_out) == (MOST_OF_A_PART, 40 - MOST_OF_A_PART)


def test_a_part_that_was_not_read_is_not_gone_and_one_that_no_device_has_is_no_lack() -> None:
    broken = LATER.to_dict() | {"sensors": [], "failures": [dataclasses.asdict(FAILURE)]}
    found = compare(FIRST.to_dict(), broken)
    assert "sensors" in found.not_read
    assert not [each for each in found.measured.changes if each["what"].startswith("sensors")]
    assert "ups" not in found.not_read
    bare: Facts = dataclasses.replace(LATER, ups=UpsStatus(source="normal"))
    assert "ups" in compare(FIRST.to_dict(), bare.to_dict()).not_read


def test_every_difference_has_its_words() -> None:
    pairs = [
        ("processors", Processor(name="a", usage_percent=0.0), Processor(name="a", usage_percent=90.0)),
        ("power", PowerSupply(name="a", status="ok"), PowerSupply(name="b", status="ok")),
        ("alarms", Alarm(name="a", severity="x"), Alarm(name="a", severity="y")),
        ("storage", StorageVolume(name="a", total_bytes=1), StorageVolume(name="a", total_bytes=9)),
        *(
            ("sensors", heat(1), dataclasses.replace(heat(1), kind=kind))
            for kind in ("voltage", "current", "power", "humidity", "fan", "charge", "runtime", "load")
        ),
    ]
    for part, before, after in pairs:
        assert part in PARTS
        told = differences(part, (before,), (after,))
        assert told
        assert {what for _object, what, _before, _after in told} <= set(WHAT)
    kinds = ("temperature", "voltage", "current", "power", "humidity", "fan", "charge", "runtime", "load")
    assert {f"sensors_{kind}" for kind in kinds} <= set(WHAT)


def test_states_are_told_wherever_changes_are_and_measured_values_only_side_by_side() -> None:
    supply = PowerSupply(name="PSU 2", status="ok")
    before = dataclasses.replace(FIRST, power=(supply,), alarms=(), sensors=(heat(20),))
    failed = dataclasses.replace(supply, status="failed")
    alarm = Alarm(name="Power", severity="major")
    after = dataclasses.replace(before, power=(failed,), alarms=(alarm,), sensors=(heat(60),))
    told = list_changed_states(before.to_dict(), after.to_dict(), reachable=True)
    assert [(each["object"], each["what"], each["before"], each["after"]) for each in told] == [
        ("PSU 2", "power_status", "ok", "failed"),
        ("Power", "alarms_added", None, "major"),
    ]
    unread = dataclasses.replace(before, power=(), failures=(FAILURE,))
    assert list_changed_states(before.to_dict(), unread.to_dict(), reachable=True) == []
    silent = list_changed_states(before.to_dict(), after.to_dict(), reachable=False)
    assert [each["what"] for each in silent] == ["reachable"]
