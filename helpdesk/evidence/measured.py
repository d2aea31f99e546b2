"""What was measured of two snapshots, item by item by its name; what only wavers is not told. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from helpdesk.evidence.changes import Change

# So many differences of one part are told, the greatest first: 48 processors are no list to read.
MOST_OF_A_PART = 10


class Measure(NamedTuple):
    """A value with its unit, as network/observations.py names units."""

    value: float
    unit: str


@dataclass(frozen=True)
class Tolerance:
    """From which difference on a value has changed: in its unit, or as a share of the greater one."""

    least: float = 0.0
    share: float = 0.0

    def excess(self, before: float, after: float) -> float:
        """Return how many times the tolerance the difference is; up to 1 nothing has changed."""
        difference = abs(after - before)
        allowed = max(self.least, self.share * max(abs(before), abs(after)))
        return difference / allowed if allowed else (2.0 if difference else 0.0)


@dataclass(frozen=True)
class Field:
    """A value of an item: its unit (empty: the item says it), and what of it wavers."""

    name: str
    unit: str
    tolerance: Tolerance


# By unit, for sensors: what a room, a mains and a fan do by themselves.
SENSOR_TOLERANCES: dict[str, Tolerance] = {
    "celsius": Tolerance(least=5),
    "volts": Tolerance(least=0.2, share=0.05),
    "amperes": Tolerance(least=0.2, share=0.2),
    "watts": Tolerance(least=5, share=0.2),
    "percent": Tolerance(least=10),
    "rpm": Tolerance(least=200, share=0.2),
    "minutes": Tolerance(least=5, share=0.2),
    "seconds": Tolerance(least=300, share=0.2),
}
_OTHER_UNIT = Tolerance(share=0.2)
_SIZE = Field("total_bytes", "bytes", Tolerance(share=0.01))
# Part → what its items are known by, what is compared word by word, and what with tolerance.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[Field, ...]]] = {
    "processors": (("name",), (), (Field("usage_percent", "percent", Tolerance(least=20)),)),
    "memory": (("name",), (), (Field("usage_percent", "percent", Tolerance(least=10)), _SIZE)),
    "storage": (("name",), (), (Field("usage_percent", "percent", Tolerance(least=5)), _SIZE)),
    "sensors": (("name", "kind"), (), ()),
    "power": (("name",), ("status",), ()),
    "alarms": (("name", "detail"), ("severity",), ()),
}
UPS_WORDS = ("source", "battery_status", "last_transfer_cause")
UPS_FIELDS = (
    Field("battery_charge_percent", "percent", Tolerance(least=5)),
    Field("battery_runtime_minutes", "minutes", Tolerance(least=5, share=0.2)),
    Field("battery_temperature_celsius", "celsius", Tolerance(least=5)),
    Field("load_percent", "percent", Tolerance(least=15)),
    Field("input_volts", "volts", Tolerance(least=5, share=0.05)),
)


@dataclass(frozen=True)
class MeasuredChanges:
    """The differences that are more than wavering, and how many smaller ones of a long part are left out."""

    changes: tuple[Change, ...]
    left_out: int


def compare_measured(
    before: Mapping[str, Any], after: Mapping[str, Any], parts: Sequence[str] = (*PARTS, "ups")
) -> MeasuredChanges:
    """Compare the parts, each by the names of its items, the greatest difference of a part first."""
    told: list[Change] = []
    left_out = 0
    for part in parts:
        found = sorted(_of_part(part, before, after), key=lambda pair: -pair[0])
        told += [change for _excess, change in found[:MOST_OF_A_PART]]
        left_out += len(found[MOST_OF_A_PART:])
    return MeasuredChanges(tuple(told), left_out)


def _of_part(
    part: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[float, Change]]:
    if part == "ups":
        yield from _of_ups(before.get("ups"), after.get("ups"))
        return
    old, new = (_by_name(part, facts.get(part) or []) for facts in (before, after))
    # What came and went is told before whatever only has another value.
    for key, item in old.items():
        name = _name(part, key)
        if key in new:
            yield from _of_item(part, name, item, new[key])
        else:
            gone = Change(object=name, what=f"{part}_removed", before=_told(part, item), after=None)
            yield float("inf"), gone
    for key, item in new.items():
        if key not in old:
            came = Change(object=_name(part, key), what=f"{part}_added", before=None, after=_told(part, item))
            yield float("inf"), came


def _by_name(part: str, items: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return the items by what they are known by; where that stands twice, by its place among its like too.

    The index of an item is not asked: it is a place in a table of the agent, and moves at a restart.
    """
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for item in items:
        known = tuple(item.get(key) for key in PARTS[part][0])
        seen[known] += 1
        found[*known, seen[known]] = item
    return found


def _name(part: str, key: tuple[Any, ...]) -> str:
    # The kind of a sensor is told with its value.
    words = key[:1] if part == "sensors" else key[:-1]
    name = " · ".join(str(word) for word in words if word is not None)
    return name if key[-1] == 1 else f"{name} ({key[-1]})"


def _of_item(
    part: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[float, Change]]:
    _keys, words, fields = PARTS[part]
    yield from _words(part, name, words, old, new)
    if part == "sensors":
        unit = str(new.get("unit") or "")
        fields = (Field("value", unit, SENSOR_TOLERANCES.get(unit, _OTHER_UNIT)),)
        if old.get("unit") != new.get("unit"):
            return
    yield from _fields(part, name, fields, old, new)


def _of_ups(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[tuple[float, Change]]:
    # A part that one of the two does not have was not read: a UPS does not come and go.
    if old and new:
        yield from _words("ups", "UPS", UPS_WORDS, old, new)
        yield from _fields("ups", "UPS", UPS_FIELDS, old, new)


def _words(
    part: str, name: str, words: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[float, Change]]:
    for word in words:
        was, now = old.get(word), new.get(word)
        # A value that was not read has not changed.
        if was is not None and now is not None and was != now:
            yield float("inf"), Change(object=name, what=f"{part}_{word}", before=was, after=now)


def _fields(
    part: str, name: str, fields: Sequence[Field], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[float, Change]]:
    for field in fields:
        was, now = old.get(field.name), new.get(field.name)
        if was is None or now is None:
            continue
        excess = field.tolerance.excess(float(was), float(now))
        if excess > 1:
            measures = (Measure(float(value), field.unit) for value in (was, now))
            what = f"sensors_{new.get('kind')}" if part == "sensors" else f"{part}_{field.name}"
            yield excess, Change(object=name, what=what, before=next(measures), after=next(measures))


def _told(part: str, item: Mapping[str, Any]) -> Any:
    """Return what of an item that came or went is worth telling."""
    if part == "sensors":
        value = item.get("value")
        return None if value is None else Measure(float(value), str(item.get("unit") or ""))
    words = PARTS[part][1]
    return " · ".join(str(item[word]) for word in words if item.get(word)) or None
