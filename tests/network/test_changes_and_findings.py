"""What changed between two snapshots, and what of it is a problem."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from network import compare_snapshots, find_problems, shipped_rules
from network.messages import MESSAGES, describe_failure
from network.observations import (
    Failure,
    Interface,
    MemoryPool,
    Neighbour,
    Processor,
    Sensor,
    Snapshot,
    SystemFacts,
    TargetSummary,
)

GIGABIT = 1_000_000_000


def port(name: str = "Gi1", index: int = 1, **values) -> Interface:
    defaults = {
        "oper_status": "up",
        "admin_status": "up",
        "speed_bps": GIGABIT,
        "counter_bits": 64,
        "in_octets": 0,
        "out_octets": 0,
        "in_errors": 0,
        "out_errors": 0,
        "discontinuity_seconds": 0.0,
    }
    return Interface(name=name, index=index, **(defaults | values))


def snapshot(*ports: Interface, uptime: float = 1000, **values) -> Snapshot:
    longest = values.pop("longest", uptime)
    return Snapshot(
        target=TargetSummary(name="sw1", address="10.0.0.1", snmp_port=161, ssh_port=None),
        taken_at=datetime(2026, 11, 23, tzinfo=UTC),
        duration_ms=10,
        complete=not values.get("failures"),
        platform="cisco_ios",
        system=SystemFacts(
            name="sw1", description="IOS", uptime_seconds=longest, agent_uptime_seconds=uptime
        ),
        interfaces=ports,
        **values,
    )


def rules(findings) -> set[tuple[str, str]]:
    return {(finding.rule, finding.object) for finding in findings}


def test_a_rate_is_the_difference_over_the_clock_of_the_device():
    changes = compare_snapshots(snapshot(port(in_octets=0)), snapshot(port(in_octets=1_250_000), uptime=1010))
    assert changes.interval_seconds == 10
    assert changes.rates[0].in_bps == 1_000_000


@pytest.mark.parametrize(
    ("before", "after", "uptime"),
    [
        (port(in_octets=5_000), port(in_octets=100), 1010),
        (port(in_octets=0), port(in_octets=100), 5),
        (port(in_octets=0), port(in_octets=100, discontinuity_seconds=990.0), 1010),
        (port(in_octets=0), port(in_octets=GIGABIT * 10), 1010),
        (port(in_octets=0, counter_bits=32), port(in_octets=100), 1010),
        (port(in_octets=None), port(in_octets=100), 1010),
    ],
    ids=["ran back", "restarted", "discontinuity", "faster than the line", "other width", "was not read"],
)
def test_no_rate_is_given_where_the_counters_are_not_one_series(before, after, uptime):
    changes = compare_snapshots(snapshot(before), snapshot(after, uptime=uptime))
    assert changes.rates[0].in_bps is None


def test_one_wrap_of_a_32_bit_counter_is_believed_where_the_line_is_slow_enough():
    old = port(in_octets=2**32 - 500, counter_bits=32, speed_bps=10_000_000)
    new = port(in_octets=500, counter_bits=32, speed_bps=10_000_000)
    assert compare_snapshots(snapshot(old), snapshot(new, uptime=1010)).rates[0].in_bps == 800
    fast_old, fast_new = replace(old, speed_bps=GIGABIT * 10), replace(new, speed_bps=GIGABIT * 10)
    assert compare_snapshots(snapshot(fast_old), snapshot(fast_new, uptime=1010)).rates[0].in_bps is None


def test_the_wrap_of_the_uptime_after_497_days_is_no_restart():
    before = snapshot(port(in_octets=0), uptime=2**32 / 100 - 5, longest=50_000_000)
    after = snapshot(port(in_octets=1_250_000), uptime=5, longest=50_000_010)
    changes = compare_snapshots(before, after)
    assert not changes.restarted
    assert changes.interval_seconds == pytest.approx(10)


def test_a_port_keeps_its_identity_when_its_index_changes():
    changes = compare_snapshots(snapshot(port(index=1)), snapshot(port(index=77), uptime=1010))
    assert (changes.added_interfaces, changes.removed_interfaces) == ((), ())
    assert [(c.field, c.before, c.after) for c in changes.changed_interfaces[0].changes] == [("index", 1, 77)]


def test_ports_added_removed_and_changed_are_told():
    before = snapshot(port("Gi1"), port("Gi2", 2))
    after = snapshot(port("Gi1", oper_status="down"), port("Gi3", 3), uptime=1010)
    changes = compare_snapshots(before, after)
    assert (changes.added_interfaces, changes.removed_interfaces) == (("Gi3",), ("Gi2",))
    assert changes.changed_interfaces[0].changes[0].after == "down"
    assert not changes.is_empty
    assert compare_snapshots(before, replace(before)).is_empty


def test_a_partial_snapshot_makes_no_port_vanish():
    broken = Failure.of("truncated", "interfaces", stopped_by="deadline")
    changes = compare_snapshots(
        snapshot(port("Gi1"), port("Gi2", 2)), snapshot(port("Gi1"), uptime=1010, failures=(broken,))
    )
    assert changes.removed_interfaces == ()


def test_a_port_that_was_up_and_fell_is_a_finding_unless_someone_shut_it():
    before = snapshot(port("Gi1"), port("Gi2", 2))
    after = snapshot(
        port("Gi1", oper_status="down"), port("Gi2", 2, oper_status="down", admin_status="down"), uptime=1010
    )
    assert rules(find_problems(after, before)) == {("port_went_down", "Gi1")}


def test_levels_past_their_limits_are_findings_and_missing_values_are_not():
    sick = snapshot(
        processors=(Processor(name="CPU", usage_percent=97), Processor(name="other", usage_percent=None)),
        memory=(MemoryPool(name="RAM", usage_percent=95),),
        sensors=(
            Sensor(name="outlet", kind="temperature", value=71.5, unit="celsius"),
            Sensor(name="battery", kind="charge", value=20, unit="percent"),
        ),
    )
    assert rules(find_problems(sick)) == {
        ("processor", "CPU"),
        ("memory", "RAM"),
        ("temperature", "outlet"),
        ("battery", "battery"),
    }


def test_errors_and_load_are_judged_by_their_rate():
    before = snapshot(port(), port("Gi2", 2, in_errors=5_000_000))
    after = snapshot(
        port(in_errors=100, in_octets=1_200_000_000), port("Gi2", 2, in_errors=5_000_000), uptime=1010
    )
    assert rules(find_problems(after, before)) == {("errors", "Gi1"), ("utilisation", "Gi1")}


def test_a_lost_neighbour_and_a_restart_are_findings():
    seen = Neighbour(protocol="lldp", local_interface="Gi1", remote_name="rt", remote_port="1")
    before = snapshot(port(), neighbours=(seen,))
    assert rules(find_problems(snapshot(port(), uptime=10), before)) == {
        ("neighbour_lost", "Gi1 → rt"),
        ("restarted", "sw1"),
    }


def test_an_unreachable_device_is_one_finding():
    silent = replace(snapshot(failures=(Failure.of("unreachable", "snmp"),)), system=SystemFacts())
    (finding,) = find_problems(silent, snapshot(port()))
    assert (finding.rule, finding.severity) == ("unreachable", "critical")
    assert "unreachable" in finding.describe("en")


def test_every_message_and_finding_has_words_in_both_languages():
    pairs = [*MESSAGES.values(), *((rule.text.id, rule.text.en) for rule in shipped_rules().values())]
    for indonesian, english in pairs:
        assert indonesian
        assert english
        assert indonesian != english
    assert describe_failure("unreachable", "id") != describe_failure("unreachable", "en")
