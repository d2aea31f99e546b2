"""A snapshot as plain JSON and back: nothing is lost, whatever its fields hold."""

import dataclasses
import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network import Snapshot, UnreadableSnapshot
from network.observations import SCHEMA_VERSION


def storable(value):
    """Make what was drawn at random as a reading has it: moments in UTC, milliseconds, finite numbers."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: storable(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC, microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, float) and not math.isfinite(value):
        return 1.5
    return tuple(map(storable, value)) if isinstance(value, tuple) else value


def spelled(value):
    """The obvious way: look at each value and not at what its field should hold."""
    if dataclasses.is_dataclass(value):
        return {field.name: spelled(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return [spelled(item) for item in value] if isinstance(value, tuple) else value


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.from_type(Snapshot))
def test_every_field_is_spelled_as_its_value_says_and_read_again(drawn):
    snapshot = dataclasses.replace(storable(drawn), schema_version=SCHEMA_VERSION)
    plain = snapshot.to_dict()
    assert plain == spelled(snapshot)
    assert list(plain) == [field.name for field in dataclasses.fields(Snapshot)]
    assert Snapshot.from_dict(json.loads(json.dumps(plain))) == snapshot


@pytest.mark.parametrize(
    "spoilt",
    [{"system": None}, {"interfaces": [5]}, {"interfaces": None}, {"taken_at": 7}, {"interfaces": [{}]}],
    ids=str,
)
def test_what_is_no_snapshot_is_refused_by_name(spoilt):
    plain = {
        **{"target": {"name": "sw", "address": "10.0.0.1", "snmp_port": 161, "ssh_port": None}},
        **{"taken_at": "2026-11-28T01:00:00.000Z", "duration_ms": 1, "complete": True, "platform": None},
        **{"system": {}, "schema_version": SCHEMA_VERSION, "later": "a field of a later version"},
    }
    assert Snapshot.from_dict(plain).target.name == "sw"
    with pytest.raises(UnreadableSnapshot):
        Snapshot.from_dict({**plain, **spoilt})
