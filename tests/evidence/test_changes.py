from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from helpdesk.evidence.changes import list_changes
from network import Failure, Interface, Neighbour, Snapshot, SystemFacts, TargetSummary


def _facts(
    uptime: float = 100.0, *, failures: tuple[Failure, ...] = (), neighbour: str = "", **ports: str | None
) -> dict[str, Any]:
    """Freeze a device whose ports are in the states given."""
    interfaces = tuple(
        Interface(index=number, name=name, admin_status="up", oper_status=state)
        for number, (name, state) in enumerate(ports.items())
    )
    seen = Neighbour(protocol="lldp", local_interface="a", remote_name=neighbour, remote_port="1")
    return Snapshot(
        target=TargetSummary(name="sw", address="192.0.2.1", snmp_port=161, ssh_port=None),
        taken_at=datetime(2026, 11, 23, tzinfo=UTC),
        duration_ms=1,
        complete=not failures,
        platform=None,
        system=SystemFacts(name="sw", uptime_seconds=uptime, agent_uptime_seconds=uptime),
        interfaces=interfaces,
        neighbours=(seen,) if neighbour else (),
        failures=failures,
    ).to_dict()


def test_a_port_that_went_down_came_or_went_is_a_change() -> None:
    changes = list_changes(_facts(a="up", b="up"), _facts(200.0, a="down", c="up"), reachable=True)
    assert changes == [
        {"object": "a", "what": "oper_status", "before": "up", "after": "down"},
        {"object": "b", "what": "removed", "before": "up", "after": None},
        {"object": "c", "what": "added", "before": None, "after": "up"},
    ]


def test_a_table_that_was_not_read_to_its_end_takes_no_port_away() -> None:
    cut = (Failure.of("truncated", "interfaces"),)
    assert list_changes(_facts(a="up", b="up"), _facts(200.0, a="up", failures=cut), reachable=True) == []


def test_a_state_that_was_not_read_has_not_changed() -> None:
    assert list_changes(_facts(a="up"), _facts(200.0, a=None), reachable=True) == []


def test_a_restart_is_a_change_and_time_passing_is_none() -> None:
    assert list_changes(_facts(100.0), _facts(200.0), reachable=True) == []
    (change,) = list_changes(_facts(100.0), _facts(5.0), reachable=True)
    assert change == {"object": "device", "what": "restarted", "before": 100.0, "after": 5.0}


def test_a_port_that_only_moved_in_the_agent_s_table_has_not_changed() -> None:
    assert list_changes(_facts(a="up", b="up"), _facts(200.0, b="up", a="up"), reachable=True) == []


def test_another_neighbour_is_a_change() -> None:
    before, after = _facts(a="up", neighbour="lama"), _facts(200.0, a="up", neighbour="baru")
    changes = list_changes(before, after, reachable=True)
    assert [change["what"] for change in changes] == ["neighbour_removed", "neighbour_added"]


def test_a_device_that_falls_silent_has_changed_in_that_alone() -> None:
    changes = list_changes(_facts(a="up"), {"system": {}, "interfaces": []}, reachable=False)
    assert changes == [{"object": "device", "what": "reachable", "before": True, "after": False}]
