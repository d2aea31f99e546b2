"""Rates between two snapshots of one device: what went through its ports. Pure.

A rate is shown only where both counters can be trusted: the device was not restarted in between, and the
counter did not run backwards (a 32-bit counter that wrapped once is reckoned with).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpdesk.documents.rules.graphs import Bar, Graph, in_percent, number_of, on_own_scale

WRAP_32 = 2**32
_BEYOND_32_BITS = WRAP_32 - 1  # a port that says no more than "faster than can be told here"
UNITS = (("b/s", 1), ("kb/s", 10**3), ("Mb/s", 10**6), ("Gb/s", 10**9), ("Tb/s", 10**12))


def traffic_in(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Graph:
    """Return what came in through each port between the two snapshots."""
    return _traffic("Lalu lintas masuk per antarmuka", "in_octets", before, after)


def traffic_out(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Graph:
    """Return what went out through each port between the two snapshots."""
    return _traffic("Lalu lintas keluar per antarmuka", "out_octets", before, after)


def utilisation(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Graph:
    """Return the share of each port's speed that was used, by the busier of its two directions."""
    ways = [rates(name, before, after) for name in ("in_octets", "out_octets")]
    speeds = {
        str(row.get("name")): speed
        for row in after.get("interfaces") or ()
        if (speed := number_of(row.get("speed_bps"))) and speed != _BEYOND_32_BITS
    }
    bars = [
        Bar(name, 100 * max(way[name] for way in ways if name in way) / speed)
        for name, speed in speeds.items()
        if any(name in way for way in ways)
    ]
    return in_percent("Pemakaian kapasitas antarmuka", bars)


def rates(counter: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, float]:
    """Return the bits a second of every port whose counter can be trusted, by the port's name."""
    seconds = _seconds_between(before, after)
    if before is None or seconds is None:
        return {}
    earlier = {str(row.get("name")): row for row in before.get("interfaces") or ()}
    found: dict[str, float] = {}
    for row in after.get("interfaces") or ():
        name = str(row.get("name"))
        rate = _rate(earlier.get(name), row, counter, seconds)
        if rate is not None:
            found[name] = rate
    return found


def _traffic(title: str, counter: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Graph:
    found = rates(counter, before, after)
    greatest = max(found.values(), default=0.0)
    unit, size = next(((name, size) for name, size in reversed(UNITS) if greatest >= size), UNITS[0])
    return on_own_scale(title, unit, [Bar(name, rate / size) for name, rate in found.items()])


def _rate(
    earlier: Mapping[str, Any] | None, later: Mapping[str, Any], counter: str, seconds: float
) -> float | None:
    if earlier is None or earlier.get("discontinuity_seconds") != later.get("discontinuity_seconds"):
        return None
    first, second = number_of(earlier.get(counter)), number_of(later.get(counter))
    if first is None or second is None:
        return None
    octets = second - first
    if octets < 0 and later.get("counter_bits") == 32:
        octets += WRAP_32
    return octets * 8 / seconds if octets >= 0 else None


def _seconds_between(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> float | None:
    """Return the time between the readings, or None where the counters began anew in between."""
    if before is None or not before.get("taken_at") or not after.get("taken_at"):
        return None
    seconds = (
        datetime.fromisoformat(str(after["taken_at"])) - datetime.fromisoformat(str(before["taken_at"]))
    ).total_seconds()
    uptime = number_of((after.get("system") or {}).get("uptime_seconds"))
    was_restarted = uptime is not None and uptime < seconds
    return None if seconds <= 0 or was_restarted else seconds
